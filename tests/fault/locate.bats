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

# What a failure leaves behind is the beginning of the right output: no piece of it is missing.
is_beginning_of() { # PART WHOLE
    cmp -n "$(stat -c %s "$1")" "$1" "$2" && [ "$(stat -c %s "$1")" -lt "$(stat -c %s "$2")" ]
}

many_points() { # ROWS
    awk -v n="$1" 'BEGIN { print "id,lon,lat"; for (i = 0; i < n; i++) printf "%d,%.6f,%.6f\n", i, 109.9 + i % 1200 / 1000, 30.5 }'
}

@test "a disk that is full halfway: whole pieces up to there, by any number of threads" {
    many_points 300000 >big.csv
    "$locate" -q -j1 -g grids.geojson --fail-on none big.csv >whole.csv
    for j in 1 2 5; do
        run -4 bash -c "ulimit -f 4000; '$locate' -q -j$j -g grids.geojson big.csv >part.csv"
        [[ $output == *stdout* ]]
        [ -s part.csv ]
        is_beginning_of part.csv whole.csv
        run -4 bash -c "ulimit -f 4000; '$locate' -q -j$j -g grids.geojson -o named.csv big.csv"
        [[ $output == *named.csv* ]]
        [ ! -e named.csv ]
    done
}

@test "a signal in the middle of a file leaves whole pieces" {
    many_points 300000 >big.csv
    "$locate" -q -g grids.geojson --fail-on none big.csv >whole.csv
    mkfifo pipe
    "$locate" -q -j3 -g grids.geojson <pipe >part.csv 2>err.txt &
    pid=$!
    exec 9>pipe
    head -c 3000000 big.csv >&9
    for _ in $(seq 100); do
        [ "$(stat -c %s part.csv)" -gt 2000000 ] && break
        sleep 0.1
    done
    kill -INT "$pid"
    wait "$pid" || code=$?
    exec 9>&-
    [ "$code" = 130 ]
    grep -q interrupted err.txt
    is_beginning_of part.csv whole.csv
}

# The filter is in the middle of big.csv: it waits for somebody to read its answers from 9.
begin_big() { # THREADS
    many_points 600000 >big.csv
    "$locate" -q -g grids.geojson --fail-on none big.csv >whole.csv
    rm -f pipe && mkfifo pipe
    "$locate" -q "-j$1" -g grids.geojson --fail-on none big.csv >pipe 2>err.txt &
    pid=$!
    exec 9<pipe
    dd bs=1000 count=1 iflag=fullblock <&9 >part.csv 2>dd.txt
}

@test "a file that becomes shorter while it is read is no crash, and what was answered is right" {
    for j in 1 3; do
        begin_big $j
        truncate -s 3000001 big.csv
        cat <&9 >>part.csv
        exec 9<&-
        code=0
        wait "$pid" || code=$?
        [ "$code" = 3 ]
        grep -q 'big.csv: it became shorter' err.txt
        is_beginning_of part.csv whole.csv
    done
}

@test "a file that becomes longer while it is read is read to its end" {
    for j in 1 3; do
        begin_big $j
        printf '600000,110.5,30.5' >>big.csv
        cat <&9 >>part.csv
        exec 9<&-
        wait "$pid"
        cmp <(head -n -1 part.csv) whole.csv
        [ "$(tail -1 part.csv)" = 600000,110.5,30.5,A,inside ]
    done
}

@test "what others write into the same file before and after stays" {
    many_points 50000 >big.csv
    "$locate" -q -g grids.geojson --fail-on none big.csv >whole.csv
    { echo before; "$locate" -q -j3 -g grids.geojson --fail-on none big.csv; echo after; } >all.csv
    { echo before; cat whole.csv; echo after; } | cmp - all.csv
    echo before >all.csv
    "$locate" -q -j3 -g grids.geojson --fail-on none big.csv >>all.csv
    { echo before; cat whole.csv; } | cmp - all.csv
    cp whole.csv longer.csv # a file that goes on behind what is written keeps its end
    echo end >>longer.csv
    "$locate" -q -j3 -g grids.geojson --fail-on none big.csv 1<>longer.csv
    { cat whole.csv; echo end; } | cmp - longer.csv
}

@test "what is no number is bad, whatever a C library thinks of it" {
    for word in inf -inf Infinity nan NAN 'nan(1)' 1e400 -1e999 0x6e '110,5' 1.1.0 110.5x '11 0' '-' '+' '.' \
        '１１０' '١١٠' '1_0'; do
        printf 'lon;lat\n%s;30.5\n' "$word" >one.csv
        run -1 --separate-stderr "$locate" -g grids.geojson one.csv
        [ "${lines[1]}" = "$word;30.5;;bad" ]
        [[ $stderr == *"one.csv:2: fault: a coordinate is not a number"* ]]
        printf '{"lon":"%s","lat":30.5}\n{"lon":1,"lat":1}\n' "$word" >one.ndjson
        run -1 "$locate" -q -g grids.geojson one.ndjson
        [[ ${lines[0]} == *'"status":"bad"}' ]]
    done
    printf 'lon,lat\n+110.5,30.5\n1.105e2,3050e-2\n.1105e3,30.50000000000000000000000\n' >fine.csv
    run -0 "$locate" -q -g grids.geojson fine.csv
    [ "$(grep -c ,A,inside <<<"$output")" = 3 ]
}

@test "truncated last rows are answered for what they are" {
    for text in '110.5' '110.5,' '110.5,30.5' '"110.5","30.5' '110.5,30.5,"open'; do
        printf 'lon,lat\n110.5,30.5\n%s' "$text" >cut.csv
        run -1 "$locate" -q -g grids.geojson --fail-on inside cut.csv
        [ "${#lines[@]}" = 3 ]
        [[ ${lines[2]} == "$text",* ]]
    done
    printf '{"lon":110.5,"lat":30.5}\n{"lon":110.5,"la' >cut.ndjson
    run -1 --separate-stderr "$locate" -g grids.geojson cut.ndjson
    [ "${lines[1]}" = '{"lon":110.5,"la' ]
    [[ $stderr == *"1 of 2 points located, 1 bad"* ]]
}

@test "binary rubbish of every kind keeps its lines, in every format" {
    for format in csv tsv ndjson; do
        for _ in 1 2 3; do
            case $format in
            csv) echo 'lon,lat' ;; tsv) printf 'lon\tlat\n' ;; ndjson) echo '{"lon":1,"lat":2}' ;;
            esac >rubbish
            head -c 400000 /dev/urandom >>rubbish
            code=0
            "$locate" -q -f $format -g grids.geojson rubbish >out || code=$?
            [ "$code" = 1 ]
            if [ $format != csv ]; then # quotes of CSV may hold line ends
                [ "$(tr -cd '\n' <out | wc -c)" = "$(tr -cd '\n' <rubbish | wc -c)" ]
            fi
            "$locate" -q -j4 -f $format -g grids.geojson rubbish | cmp - out
        done
    done
}
