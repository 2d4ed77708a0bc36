# What goes wrong around grid-locate: a clear message, the right exit code, nothing half done.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR"
    locate=$GRID_BIN/grid-locate
    cat >grids.geojson <<'EOF'
{"type":"FeatureCollection","name":"grids","features":[
{"type":"Feature","properties":{"code":"A","number":7},"geometry":{"type":"Polygon","coordinates":[[[110,30],[111,30],[111,31],[110,31],[110,30]]]}}]}
EOF
    printf 'lon,lat\n110.5,30.5\n' >in.csv
}

@test "no grids, or none that can be read" {
    run -2 "$locate" in.csv
    run -3 "$locate" -g missing.gpkg in.csv
    [[ $output == *missing.gpkg* ]]
    printf 'rubbish' >rubbish.gpkg
    run -3 "$locate" -g rubbish.gpkg in.csv
}

@test "a wrong layer and a wrong field are answered with the right ones" {
    run -3 "$locate" -g grids.geojson:gridz in.csv
    [[ $output == *grids* ]]
    run -3 "$locate" -g grids.geojson --code-field numbr in.csv
    [[ $output == *number* ]]
}

@test "no input, empty input, no such columns" {
    run -3 "$locate" -g grids.geojson missing.csv
    [[ $output == *missing.csv* ]]
    run -3 "$locate" -g grids.geojson /dev/null
    [[ $output == *empty* ]]
    run -3 "$locate" -g grids.geojson --x lonn --y lat in.csv
    [[ $output == *"did you mean 'lon'"* ]]
    run -3 "$locate" -g grids.geojson <<<$'a,b\n1,2'
    [[ $output == *"--x"* ]]
    run -2 "$locate" -g grids.geojson --x lon in.csv
}

@test "a CRS that nobody knows" {
    run -2 "$locate" -g grids.geojson --crs EPSG:999999 in.csv
}

@test "a full disk and a closed pipe are told" {
    run -4 bash -c "'$locate' -g grids.geojson in.csv >/dev/full"
    [[ $output == *"No space left"* ]]
    awk 'BEGIN { print "lon,lat"; for (i = 0; i < 200000; i++) print "110.5,30.5" }' >big.csv
    run -0 bash -c "'$locate' -q -g grids.geojson big.csv | head -1; [ \${PIPESTATUS[0]} = 4 ]"
}

@test "an existing output is kept, a failed one vanishes" {
    echo precious >out.csv
    run -4 "$locate" -g grids.geojson -o out.csv in.csv
    [ "$(cat out.csv)" = precious ]
    run -0 "$locate" -q -g grids.geojson --overwrite -o out.csv in.csv
    [ "$(wc -l <out.csv)" = 2 ]
    run -4 "$locate" -g grids.geojson -o nowhere/out.csv in.csv
    run -3 "$locate" -g grids.geojson -o new.csv --x 1 --y nothing in.csv
    [ ! -e new.csv ]
    [ "$(find . -name '.*csv' | wc -l)" = 0 ]
}

@test "rubbish and very long lines keep their lines" {
    { echo lon,lat; head -c 300000 /dev/urandom | tr -d '"'; printf '\n110.5,30.5\n\0\0,\0\n'; } >rubbish.csv
    "$locate" -q -g grids.geojson rubbish.csv >out.csv || [ $? = 1 ]
    [ "$(wc -l <out.csv)" = "$(wc -l <rubbish.csv)" ]
    { echo lon,lat,note; printf '110.5,30.5,'; head -c 10000000 /dev/zero | tr '\0' a; echo; } >long.csv
    "$locate" -q -g grids.geojson long.csv >out.csv
    [ "$(tail -c 11 out.csv)" = a,A,inside ]
}

@test "a locale with decimal commas changes nothing" {
    LC_ALL=de_DE.UTF-8 run -0 "$locate" -q -g grids.geojson in.csv
    [[ $output == *110.5,30.5,A,inside ]]
}

@test "SIGTERM ends a waiting filter" {
    mkfifo pipe
    "$locate" -q -j2 -g grids.geojson <pipe >out.csv 2>err.txt &
    pid=$!
    exec 9>pipe
    printf 'lon,lat\n110.5,30.5\n' >&9
    for _ in $(seq 100); do
        [ -s out.csv ] && [ "$(wc -l <out.csv)" = 2 ] && break
        sleep 0.1
    done
    kill -TERM "$pid"
    wait "$pid" || code=$?
    exec 9>&-
    [ "$code" = 130 ]
    [ "$(wc -l <out.csv)" = 2 ]
}
