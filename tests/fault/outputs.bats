# Outputs that cannot be written: exit code 4, and neither half a file nor a changed one is left.

bats_require_minimum_version 1.5.0
load ../cli/helpers

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    part_of_town part.gpkg
    part=$PWD/part.gpkg divide grids.sqlite
}

setup() {
    part=$BATS_FILE_TMPDIR/part.gpkg
    grids=$BATS_FILE_TMPDIR/grids.sqlite
    mkdir "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work"
}

divide() { # OUTPUT [OPTION...]
    local out=$1
    shift
    grid-partition -q --street "$part:streets" --community "$part:communities" \
        --households "$part:buildings" --barriers "$part:roads" -o "$out" "$@"
}

# As on a full disk: no file may grow beyond so many kilobytes.
with_space() { # KILOBYTES COMMAND...
    (
        ulimit -f "$1"
        shift
        "$@"
    )
}

# Nothing is here, hidden files included.
nothing_left() {
    [ -z "$(ls -A)" ] || { ls -lA >&2; return 1; }
}

@test "standard output on a full disk" {
    run -4 bash -c "grid-coverage '$grids' >/dev/full"
    [[ $output == *"No space left"* ]]
    run -4 bash -c "grid-coverage --json '$grids' >/dev/full"
    run -4 bash -c "grid-locate -q -g '$grids' '$GRID_SOURCE/data/sample/points.csv' >/dev/full"
    run -4 bash -c "grid-partition --json -q --street '$part:streets' --households '$part:buildings' \
        -o out.sqlite >/dev/full"
    for tool in grid-partition grid-coverage grid-locate component-import grid-map; do
        run -4 bash -c "$tool --help >/dev/full"
        run -4 bash -c "$tool --version >/dev/full"
    done
}

@test "a disk that is full halfway through a database" {
    run -4 with_space 300 divide out.sqlite
    [[ $output == *out.sqlite* ]]
    nothing_left
}

@test "a disk that is full halfway through maps" {
    for name in out.gpkg out.shp out.pdf out.png out.svg maps/; do
        run -4 with_space 2 grid-map "$grids" -o "$name"
        [ -n "$output" ]
        nothing_left
    done
}

@test "a layer that does not fit on the disk: the reason, not the statement that failed" {
    run -4 with_space 20 grid-locate -q -g "$grids" --count -o out.gpkg "$GRID_SOURCE/data/sample/points.csv"
    [[ $output == *"out.gpkg: SQLite: "* && $output != *"CREATE"* && $output != *"INSERT"* ]]
    nothing_left
}

@test "a disk that is full halfway through an import leaves the database as it was" {
    cp "$grids" grids.sqlite
    run -4 with_space 100 component-import -g grids.sqlite "$town:trees"
    [[ $output == *grids.sqlite* ]]
    [ "$(sqlite3 grids.sqlite "SELECT count(*) FROM components")" = 0 ]
    [ "$(sqlite3 grids.sqlite "PRAGMA integrity_check")" = ok ]
    code_is "0 1" component-import -q -g grids.sqlite "$town:trees"
}

@test "a folder that does not exist, and one that nobody can write to" {
    for folder in nowhere /proc; do
        run -4 divide $folder/out.sqlite
        [[ $output == *$folder* ]]
        run -4 grid-map "$grids" -o $folder/out.gpkg
        [[ $output == *$folder* ]]
        run -4 grid-locate -g "$grids" -o $folder/out.csv "$GRID_SOURCE/data/sample/points.csv"
        [[ $output == *$folder* ]]
    done
    nothing_left
}

@test "a device or a folder is no place for a database" {
    run -4 divide /dev/full
    mkdir folder
    run -4 divide folder
    [[ $output == *folder* ]]
    [ -d folder ]
    [ -c /dev/full ]
}

@test "an existing output is refused before the work, and kept" {
    echo precious >out.sqlite
    run -4 divide out.sqlite
    [[ $output == *"--overwrite"* ]]
    cp out.sqlite out.gpkg
    run -4 grid-map "$grids" -o out.gpkg
    [[ $output == *"--overwrite"* ]]
    echo precious >rejects.csv
    cp "$grids" grids.sqlite
    run -4 component-import -g grids.sqlite --rejects rejects.csv "$town:covers"
    [[ $output == *"--overwrite"* ]]
    [ "$(cat out.sqlite out.gpkg rejects.csv | sort -u)" = precious ]
    cmp grids.sqlite "$grids"
}

@test "a failure keeps the output that --overwrite would have replaced" {
    echo precious >out.sqlite
    run -4 with_space 300 divide out.sqlite --overwrite
    [ "$(cat out.sqlite)" = precious ]
    run -3 grid-partition --overwrite --street "$part:streets" --households missing.gpkg -o out.sqlite
    [ "$(cat out.sqlite)" = precious ]
    [ "$(ls -A)" = out.sqlite ]
}

@test "--overwrite replaces" {
    echo old >out.sqlite
    code_is "0 1" divide out.sqlite --overwrite
    run -0 grid-coverage out.sqlite
    [ "$(ls -A)" = out.sqlite ]
}

@test "a map whose companion files exist is refused before anything is written" {
    echo precious >out.qml
    run -4 grid-map "$grids" -o out.shp
    [[ $output == *out.qml* ]]
    [ "$(ls -A)" = out.qml ]
    [ "$(cat out.qml)" = precious ]
}
