# The installed library as another project finds it: by find_package and by pkg-config.

setup() {
    [ -z "$GRID_SANITIZE" ] || skip "the library is built with a sanitizer"
}

setup_file() {
    export PREFIX="$BATS_FILE_TMPDIR/prefix"
    cmake --install "$GRID_BUILD" --prefix "$PREFIX" >/dev/null
    export LIBDIR=$(dirname "$(find "$PREFIX" -name grid.pc)")/..
}

expected="libgrid 0.1.0: area 6, EPSG:4547"

@test "find_package(grid)" {
    cmake -S "$GRID_SOURCE/tests/consumer/cmake" -B "$BATS_TEST_TMPDIR" -DCMAKE_PREFIX_PATH="$PREFIX" >/dev/null
    cmake --build "$BATS_TEST_TMPDIR" >/dev/null
    [ "$("$BATS_TEST_TMPDIR/consumer")" = "$expected" ]
}

@test "pkg-config, shared" {
    export PKG_CONFIG_PATH="$LIBDIR/pkgconfig"
    cc "$GRID_SOURCE/tests/consumer/main.c" -o "$BATS_TEST_TMPDIR/consumer" \
        $(pkg-config --define-variable=prefix="$PREFIX" --cflags --libs grid)
    [ "$(LD_LIBRARY_PATH=$LIBDIR "$BATS_TEST_TMPDIR/consumer")" = "$expected" ]
}

@test "pkg-config, static" {
    export PKG_CONFIG_PATH="$LIBDIR/pkgconfig"
    cc "$GRID_SOURCE/tests/consumer/main.c" -o "$BATS_TEST_TMPDIR/consumer" \
        $(pkg-config --define-variable=prefix="$PREFIX" --cflags grid) "$LIBDIR/libgrid.a" \
        $(pkg-config --static --libs grid | sed 's/-lgrid //')
    [ "$("$BATS_TEST_TMPDIR/consumer")" = "$expected" ]
}

@test "only grid_ symbols are exported" {
    run bash -c "nm -D --defined-only '$LIBDIR/libgrid.so' | awk '{ print \$3 }' | grep -vE '^(grid_|__bss_start$|_edata$|_end$)'"
    [ -z "$output" ]
}

@test "manual pages and completions are installed" {
    for tool in grid-partition grid-locate grid-coverage component-import grid-map; do
        [ -s "$PREFIX/share/man/man1/$tool.1" ]
        [ -s "$PREFIX/share/bash-completion/completions/$tool" ]
        [ -s "$PREFIX/share/zsh/site-functions/_$tool" ]
    done
}

@test "the installed grid-partition finds the installed schemes" {
    run "$PREFIX/bin/grid-partition" --street /nowhere.gpkg --households /nowhere.gpkg -o "$BATS_TEST_TMPDIR/x.sqlite"
    [ "$status" -eq 3 ]
    [[ $output == */nowhere.gpkg* ]]
}

@test "the installed grid-locate finds the installed library, wherever both are moved" {
    DESTDIR="$BATS_TEST_TMPDIR/root" cmake --install "$GRID_BUILD" --prefix /opt/grid >/dev/null
    cat >"$BATS_TEST_TMPDIR/grids.geojson" <<'EOF'
{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "A"},
 "geometry": {"type": "Polygon", "coordinates": [[[110, 30], [111, 30], [111, 31], [110, 31], [110, 30]]]}}]}
EOF
    run "$BATS_TEST_TMPDIR/root/opt/grid/bin/grid-locate" -q -g "$BATS_TEST_TMPDIR/grids.geojson" --columns grids 110.5 30.5
    [ "${lines[1]}" = 110.5,30.5,A ]
    rm "$BATS_TEST_TMPDIR/root/opt/grid/"lib*/libgrid.so* "$BATS_TEST_TMPDIR/root/opt/grid/"lib/*/libgrid.so* || true
    run "$BATS_TEST_TMPDIR/root/opt/grid/bin/grid-locate" -q -g "$BATS_TEST_TMPDIR/grids.geojson" 110.5 30.5
    [ "$status" -eq 70 ]
    [[ $output == *libgrid.so* ]]
}
