# grid-locate as its users run it.

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_TMPDIR"
    locate=$GRID_BIN/grid-locate
    # Four squares of one degree; the south-east one has a name that needs quotes.
    cat >grids.geojson <<'EOF'
{"type":"FeatureCollection","name":"grids","features":[
{"type":"Feature","properties":{"code":"NW","name":"west, north"},"geometry":{"type":"Polygon","coordinates":[[[110,31],[111,31],[111,32],[110,32],[110,31]]]}},
{"type":"Feature","properties":{"code":"NE","name":"第一网格"},"geometry":{"type":"Polygon","coordinates":[[[111,31],[112,31],[112,32],[111,32],[111,31]]]}},
{"type":"Feature","properties":{"code":"SW","name":""},"geometry":{"type":"Polygon","coordinates":[[[110,30],[111,30],[111,31],[110,31],[110,30]]]}},
{"type":"Feature","properties":{"code":"SE","name":"say \"hi\""},"geometry":{"type":"Polygon","coordinates":[[[111,30],[112,30],[112,31],[111,31],[111,30]]]}}
]}
EOF
}

# Compares stdout with what follows on stdin.
expect() {
    diff <(printf '%s\n' "$output") -
}

@test "appends codes and a status, line by line" {
    printf 'id,lon,lat\n1,110.5,30.5\n2,111.5,31.5\n3,111,31\n4,120,31\n' >in.csv
    run -1 --separate-stderr "$locate" -g grids.geojson in.csv
    expect <<'EOF'
id,lon,lat,grids_code,status
1,110.5,30.5,SW,inside
2,111.5,31.5,NE,inside
3,111,31,NE,border
4,120,31,,outside
EOF
    [[ $stderr == *"columns 'lon' and 'lat'"* ]]
    [[ $stderr == *"WGS 84"* ]]
    [[ $stderr == *"3 of 4 points located"* ]]
}

@test "exits 0 when every point is located" {
    printf 'x,y\n110.5,30.5\n' | "$locate" -g grids.geojson --crs EPSG:4326
}

@test "one point on the command line" {
    run -0 --separate-stderr "$locate" -q -g grids.geojson 110.5 31.5
    expect <<'EOF'
lon,lat,grids_code,status
110.5,31.5,NW,inside
EOF
    [ -z "$stderr" ]
}

@test "chosen columns, by name and by number, quoted where needed" {
    printf 'n;breite;laenge\n1;31.5;110.5\n2;30.5;111.5\n' >in.csv
    run -0 --separate-stderr "$locate" -q -g grids.geojson --x laenge --y 2 --columns grids.name,grids,status in.csv
    expect <<'EOF'
n;breite;laenge;grids_name;grids_code;status
1;31.5;110.5;west, north;NW;inside
2;30.5;111.5;"say ""hi""";SE;inside
EOF
}

@test "no header: columns by number" {
    run -0 --separate-stderr "$locate" -g grids.geojson --x 2 --y 3 --crs wgs84 <<<$'a\t110.5\t30.5'
    [ "$output" = $'a\t110.5\t30.5\tSW\tinside' ]
}

@test "the bytes of a row stay as they are" {
    printf '\xef\xbb\xbf"lon","lat","note"\r\n"110.5", 30.5 ,"two\nlines, ""quoted"""\r\n111.5,31.5,\xff\xfe\r\nbad row\r\n\r\n111.5,31.5,no end' >in.csv
    run -1 "$locate" -q -g grids.geojson in.csv
    "$locate" -q -g grids.geojson in.csv >out.csv || true
    printf '\xef\xbb\xbf"lon","lat","note",grids_code,status\r\n"110.5", 30.5 ,"two\nlines, ""quoted""",SW,inside\r\n111.5,31.5,\xff\xfe,NE,inside\r\nbad row,,bad\r\n,,bad\r\n111.5,31.5,no end,NE,inside' >wanted.csv
    cmp out.csv wanted.csv
}

@test "bad rows are told with their lines" {
    printf 'lon,lat,t\n1,"a\nb",\n"x\ny",30,\n110.5,nan,\n110.5,1e400,\n110.5,,\n110.5\n' >in.csv
    run -1 --separate-stderr "$locate" -v -g grids.geojson in.csv
    [[ $stderr == *"in.csv:2: fault: a coordinate is not a number"* ]]
    [[ $stderr == *"in.csv:4: fault: a coordinate is not a number"* ]]
    [[ $stderr == *"in.csv:6: fault: a coordinate is not a number"* ]]
    [[ $stderr == *"in.csv:7: fault: a coordinate is not a number"* ]]
    [[ $stderr == *"in.csv:8: fault: no coordinates"* ]]
    [[ $stderr == *"in.csv:9: fault: a coordinate column is missing"* ]]
    [[ $stderr == *"0 of 6 points located, 6 bad"* ]]
}

@test "a quote that is never closed swallows nothing" {
    printf 'lon,lat,note\n110.5,30.5,"open\n111.5,31.5,fine\n110.5,31.5,5" pipe\n' >in.csv
    run -0 --separate-stderr "$locate" -q -g grids.geojson in.csv
    expect <<'EOF'
lon,lat,note,grids_code,status
110.5,30.5,"open,SW,inside
111.5,31.5,fine,NE,inside
110.5,31.5,5" pipe,NW,inside
EOF
}

@test "a name that the input has is not given twice" {
    run -0 --separate-stderr "$locate" -q -g grids.geojson <<<$'lon,lat,status\n110.5,30.5,new'
    [ "${lines[0]}" = lon,lat,status,grids_code,status_2 ]
}

@test "projected points against grids in degrees" {
    printf 'x,y\n500000,3430000\n' >in.csv # zone 19 (central meridian 111 E)
    run -0 --separate-stderr "$locate" -q -g grids.geojson --crs EPSG:4546 --columns grids in.csv
    [ "${lines[1]}" = 500000,3430000,NE ] || [ "${lines[1]}" = 500000,3430000,SE ]
}

@test "order and bytes are the same for any number of threads" {
    awk 'BEGIN { print "id,lon,lat,note"; for (i = 0; i < 60000; i++)
        printf "%d,%.7f,%.7f,%s\n", i, 109.9 + (i * 7919 % 22000) / 10000, 29.9 + (i * 104729 % 22000) / 10000,
               i % 1000 ? "plain" : "\"two\nlines\"" }' >in.csv
    "$locate" -q -j1 -g grids.geojson in.csv >one.csv || true
    "$locate" -q -j2 -g grids.geojson in.csv >two.csv || true
    "$locate" -q -j7 -g grids.geojson <in.csv >seven.csv || true
    cmp one.csv two.csv
    cmp one.csv seven.csv
    [ "$(wc -l <one.csv)" = "$(wc -l <in.csv)" ]
    grep '^[0-9]' one.csv | cut -d, -f1-3 | cmp - <(grep '^[0-9]' in.csv | cut -d, -f1-3)
}

@test "a large file in which quotes come late, or only in the last line, is the same as through a pipe" {
    awk 'BEGIN { print "id,lon,lat,note"; for (i = 0; i < 120000; i++)
        printf "%d,%.7f,%.7f,%s\n", i, 109.9 + (i * 7919 % 22000) / 10000, 29.9 + (i * 104729 % 22000) / 10000,
               i < 90000 || i % 700 ? "plain" : "\"two,\nlines,110.5,30.5,x\"" }' >late.csv
    for n in 84000 88000; do # the last piece is more than half of one, and less
        { head -$n late.csv; printf '9,110.5,30.5,"last\n9,110.5,30.5,x"'; } >last$n.csv
    done
    for in in late last84000 last88000; do
        cat $in.csv | "$locate" -q -g grids.geojson >piped.csv || true
        for j in 1 2 5; do
            "$locate" -q -j$j -g grids.geojson $in.csv >out.csv || true
            cmp piped.csv out.csv
        done
    done
    cat late.csv | "$locate" -q -g grids.geojson --count >piped.csv || true
    "$locate" -q -g grids.geojson --count late.csv >out.csv || true
    cmp piped.csv out.csv
}

@test "a row is answered as soon as it is there" {
    mkfifo pipe
    "$locate" -q -g grids.geojson <pipe >out.csv &
    pid=$!
    exec 9>pipe
    printf 'lon,lat\n110.5,30.5\n' >&9
    for _ in $(seq 100); do
        [ "$(wc -l <out.csv)" = 2 ] && break
        sleep 0.1
    done
    [ "$(tail -1 out.csv)" = 110.5,30.5,SW,inside ]
    exec 9>&-
    wait "$pid"
}

@test "a report as JSON beside the rows" {
    printf 'lon,lat\n110.5,30.5\n120,30.5\n' >in.csv
    run -1 --separate-stderr "$locate" -q -g grids.geojson --json -o out.csv in.csv
    [[ $output == *'"rows": 2'* || $output == *'"rows":2'* ]]
    [ "$(wc -l <out.csv)" = 3 ]
}

@test "JSON objects, one a line, get the answers as their last members" {
    cat >in.ndjson <<'EOF'
{"id": 1, "lon": 110.5, "lat": 30.5}
{"lat":"31.5","lon":"110.5","x":{"lon":[1,"}"]}} 
{}
no object
{"lon":110.5}
EOF
    run -1 --separate-stderr "$locate" -q -g grids.geojson --columns grids,grids.name,status in.ndjson
    expect <<'EOF'
{"id": 1, "lon": 110.5, "lat": 30.5,"grids_code":"SW","grids_name":null,"status":"inside"}
{"lat":"31.5","lon":"110.5","x":{"lon":[1,"}"]},"grids_code":"NW","grids_name":"west, north","status":"inside"} 
{"grids_code":null,"grids_name":null,"status":"bad"}
no object
{"lon":110.5,"grids_code":null,"grids_name":null,"status":"bad"}
EOF
    run -0 --separate-stderr "$locate" -q -g grids.geojson <<<'{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[111.5,30.5,7]}}'
    [[ $output == *'[111.5,30.5,7]},"grids_code":"SE","status":"inside"}' ]]
}

@test "the nearest unit for points outside, with the distance" {
    printf 'lon,lat\n109.9999,30.5\n109,30.5\n110.5,30.5\n' >in.csv
    run -1 --separate-stderr "$locate" -g grids.geojson --nearest 50m in.csv
    expect <<'EOF'
lon,lat,grids_code,distance_m,status
109.9999,30.5,SW,9.5,nearest
109,30.5,,,outside
110.5,30.5,SW,0.0,inside
EOF
    [[ $stderr == *"2 of 3 points located, 1 nearest, 1 outside"* ]]
    run -0 "$locate" -q -g grids.geojson --nearest 50m --fail-on none in.csv
}

@test "rejected rows also go to a file of their own" {
    printf 'lon,lat\n110.5,30.5\nx,y\n150,30.5\n' >in.csv
    run -1 "$locate" -q -g grids.geojson --rejects rejects.csv in.csv
    [ "$(cat rejects.csv)" = $'lon,lat,grids_code,status\nx,y,,bad\n150,30.5,,outside' ]
    run -1 "$locate" -q -g grids.geojson --overwrite --rejects rejects.csv --fail-on bad in.csv
    [ "$(cat rejects.csv)" = $'lon,lat,grids_code,status\nx,y,,bad' ]
    run -3 "$locate" -g grids.geojson --max-bad 0 in.csv
    [[ $output == *"more than 0 bad rows"* ]]
}

@test "the usual mistakes with coordinates are recognised" {
    run -1 --separate-stderr "$locate" -g grids.geojson --crs EPSG:4326 --x 2 --y 1 <<<$'110.5,30.5\n110.6,30.6'
    [[ $stderr == *"--x and --y exchanged"* ]]
    run -1 --separate-stderr "$locate" -g grids.geojson --crs EPSG:4546 --x 1 --y 2 <<<$'110.5,30.5'
    [[ $stderr == *"grids' own CRS"* || $stderr == *"--crs wgs84"* ]]
    run -1 --separate-stderr "$locate" -g grids.geojson --crs EPSG:4546 --x 1 --y 2 <<<$'37460000,3430000'
    [[ $stderr == *"zone's number"* ]]
}

@test "a wrong zone is told with the right one, and a swapped point on the command line" {
    ogr2ogr -q -t_srs EPSG:4546 metric.gpkg grids.geojson
    printf 'x,y\n214000,3432000\n215000,3433000\n' >in.csv # counted from 114 E; the grids' meridian is 111 E
    run -1 --separate-stderr "$locate" -g metric.gpkg in.csv
    [[ $stderr == *"another zone: --crs EPSG:4547"* ]]
    run -0 --separate-stderr "$locate" -g metric.gpkg --crs EPSG:4547 in.csv
    run -1 --separate-stderr "$locate" -g metric.gpkg --crs EPSG:4546 <<<$'x,y\n110.5,30.5' # degrees for metres
    [[ $stderr == *"--crs wgs84"* ]]
    # Northing first, as surveyors write, of the grids' zone with its number, and of another.
    run -1 --separate-stderr "$locate" -g metric.gpkg <<<$'x,y\n3432000,37460000'
    [[ $stderr == *"exchanged and without the zone's number"* ]]
    run -1 --separate-stderr "$locate" -g metric.gpkg <<<$'x,y\n3432000,214000'
    [[ $stderr == *"another zone: --crs EPSG:4547 with --x and --y exchanged"* ]]
    run -1 --separate-stderr "$locate" -g metric.gpkg <<<$'x,y\n12300000,3570000'
    [[ $stderr == *"--crs EPSG:3857"* ]]
    # Of one point on the command line there is no line and no most.
    run -1 --separate-stderr "$locate" -g metric.gpkg 30.5 110.5
    [[ $stderr == *"the point is outside the grids; it would be in them with"*"east comes first"* ]]
    [[ $stderr == *"command line: fault"* ]]
    run -1 --separate-stderr "$locate" -g metric.gpkg 452000 3375000
    [[ $stderr == *"in the grids' own CRS: --crs EPSG:4546"* ]]
    run -2 "$locate" -g metric.gpkg --crs GCJ-02 110.5 30.5
    [[ $output == *'did you mean "gcj02"?'* ]]
}

@test "rows that are bad for another reason are not taken for exchanged axes" {
    printf 'who,when,lon,lat\na,x,30.5,110.5\na,y,110.5,30.5\na,z,110.5,30.6\n' >in.csv
    ogr2ogr -q -t_srs EPSG:4546 metric.gpkg grids.geojson
    run -1 --separate-stderr "$locate" -g metric.gpkg --patrol 1 --person who --time when in.csv
    [[ $stderr != *"most points"* && $stderr == *"in.csv:2: warning: the point is outside"* ]]
}

@test "a table whose columns cannot be told is refused with what would help" {
    printf 'id,a,b\n1,110.5,30.5\n' >in.csv
    run -3 "$locate" -g grids.geojson in.csv
    [[ $output == *"its columns: id, a, b"* ]]
    run -3 "$locate" -g grids.geojson --x easting --y northing in.csv
    [[ $output == *"its columns: id, a, b"* ]]
    run -3 "$locate" -g grids.geojson --x 2 --y 4 in.csv
    [[ $output == *"the header has no column '4'"* ]]
    printf '经度,纬度\n110.5,30.5\n' >utf8.csv
    iconv -f UTF-8 -t GBK utf8.csv >gbk.csv
    iconv -f UTF-8 -t UTF-16 utf8.csv >utf16.csv
    run -3 "$locate" -g grids.geojson gbk.csv
    [[ $output == *"iconv -f GBK"* ]]
    run -3 "$locate" -g grids.geojson utf16.csv
    [[ $output == *"iconv -f UTF-16"* ]]
    run -3 "$locate" -g grids.geojson <grids.geojson
    [[ $output == *"one GeoJSON collection"* ]]
    ogr2ogr -q plain.gpkg grids.geojson -sql 'SELECT name AS tag FROM grids'
    run -3 "$locate" -g plain.gpkg utf8.csv
    [[ $output == *"choose one with --code-field; its columns: tag"* ]]
}

@test "the codes of the first source come first, columns may have blanks between" {
    sed 's/"NW"/"other"/' grids.geojson >others.geojson
    printf 'lon,lat\n110.5,31.5\n' >in.csv
    run -0 --separate-stderr "$locate" -q -g grids.geojson -g others.geojson --code-field code in.csv
    [ "${lines[0]}" = lon,lat,grids_code,grids_code_2,status ] # both layers are called grids
    [ "${lines[1]}" = 110.5,31.5,NW,other,inside ]
    run -0 --separate-stderr "$locate" -q -g grids.geojson -g others.geojson <<<'{"lon":110.5,"lat":31.5}'
    [ "$output" = '{"lon":110.5,"lat":31.5,"grids_code":"NW","grids_code_2":"other","status":"inside"}' ]
    # The column of codes that is chosen is the first layer's; others may have their own.
    jq -c '.features |= map(.properties |= {id: .code})' others.geojson >own.geojson
    run -0 --separate-stderr "$locate" -g grids.geojson -g own.geojson --code-field code in.csv
    [ "${lines[1]}" = 110.5,31.5,NW,other,inside ]
    [[ $stderr == *"own.geojson: note: codes of layer grids are taken from column id"* ]]
    run -3 "$locate" -g own.geojson -g grids.geojson --code-field code in.csv
    run -0 --separate-stderr "$locate" -q -g grids.geojson --columns 'status, grids.name' in.csv
    [ "${lines[1]}" = '110.5,31.5,inside,"west, north"' ]
    run -2 "$locate" -g grids.geojson --columns department in.csv
    [[ $output == *"department comes with --kind or --at"* ]]
    run -2 "$locate" -g grids.geojson --columns whatever in.csv
    [[ $output == *"of the layers grids"* ]]
}

@test "rows with a mistake of their own are told one by one" {
    {
        echo lon,lat
        for _ in 1 2 3 4 5 6; do echo 110.5,30.5; done
        echo 31.5,111.5
        echo 112.5,30.5 # beside the grids: no mistake
        echo 10.5,50.5  # far away, and nothing explains it
    } >in.csv
    run -1 --separate-stderr "$locate" -g grids.geojson in.csv
    [[ $stderr == *"in.csv:8: "*"--x and --y exchanged"* ]]
    [[ $stderr != *"in.csv:9:"* && $stderr != *"in.csv:10:"* ]]
    [[ $stderr != *"most points"* ]]
}

@test "a stream of exchanged axes is told of before it ends" {
    mkfifo pipe
    "$locate" -g grids.geojson <pipe >out.csv 2>err.txt &
    pid=$!
    exec 9>pipe
    { echo lon,lat; for _ in $(seq 100); do echo 30.5,110.5; done; } >&9
    for _ in $(seq 100); do
        grep -q exchanged err.txt && break
        sleep 0.1
    done
    [ "$(grep -c exchanged err.txt)" = 1 ]
    exec 9>&-
    wait "$pid" || true
    [ "$(grep -c exchanged err.txt)" = 1 ]
}

@test "an index file answers as the grids do, while it is theirs" {
    awk 'BEGIN { print "lon,lat"; for (i = 0; i < 3000; i++)
        printf "%.4f,%.4f\n", 109.9 + (i * 7919 % 22000) / 10000, 29.9 + (i * 104729 % 22000) / 10000 }' >in.csv
    "$locate" -q -g grids.geojson in.csv >plain.csv || true
    run -0 "$locate" -g grids.geojson --build-index
    [ -s grids.geojson.gridx ]
    "$locate" -q -g grids.geojson in.csv >indexed.csv || true
    cmp plain.csv indexed.csv
    "$locate" -q -g grids.geojson.gridx --no-directory in.csv >direct.csv || true
    cmp plain.csv direct.csv
    touch grids.geojson # the time changes, the bytes do not
    run -0 --separate-stderr "$locate" -g grids.geojson 110.5 30.5
    [[ $stderr != *gridx* ]]
    sed -i 's/"SW"/"XX"/' grids.geojson
    run -0 --separate-stderr "$locate" -g grids.geojson 110.5 30.5
    [[ $stderr == *"was not used"* ]]
    [[ $output == *XX* ]]
    printf damage | dd of=grids.geojson.gridx bs=1 seek=700 conv=notrunc status=none
    run -0 --separate-stderr "$locate" -g grids.geojson 110.5 30.5
    [[ $stderr == *"damaged"* ]]
    run -3 "$locate" -g grids.geojson.gridx 110.5 30.5
}

loads() { # LIBRARY COMMAND...: whether the command opens the shared library
    LD_DEBUG=files "${@:2}" 2>&1 >/dev/null | grep -q "file=lib$1\.so"
}

@test "a table and an index are answered without GDAL, PROJ and SQLite" {
    printf 'lon,lat\n110.5,30.5\n' >in.csv
    "$locate" -q -g grids.geojson --build-index
    for library in gdal proj sqlite3; do
        run -1 loads $library "$locate" -q -g grids.geojson in.csv
        run -1 loads $library "$locate" -q -g grids.geojson --crs gcj02 in.csv
        loads $library "$locate" -q -g grids.geojson --no-index in.csv
        loads $library "$locate" -q -g grids.geojson --crs EPSG:4547 --x 1 --y 2 in.csv
    done
}

@test "an index is not trusted after a change within one tick of the clock, or of a companion" {
    ogr2ogr -q -lco ENCODING=UTF-8 grids.shp grids.geojson
    "$locate" -q -g grids.shp --code-field code --build-index
    run -0 --separate-stderr "$locate" -g grids.shp --code-field code 110.5 30.5
    [[ $stderr != *gridx* ]]
    touch -d '2001-01-01' grids.dbf
    run -0 --separate-stderr "$locate" -g grids.shp --code-field code 110.5 30.5
    [[ $stderr == *"was not used"* ]]

    "$locate" -q -g grids.geojson --build-index
    stamp=$(stat -c %y grids.geojson)
    sed -i 's/"SW"/"XX"/' grids.geojson
    touch -d "$stamp" grids.geojson
    run -0 --separate-stderr "$locate" -g grids.geojson 110.5 30.5
    [[ $stderr == *"was not used"* ]]
    [[ $output == *XX* ]]
}

@test "an index of a database is not trusted while changes wait in its log" {
    ogr2ogr -q -f GPKG grids.gpkg grids.geojson -nln grids
    "$locate" -q -g grids.gpkg --build-index
    run -0 --separate-stderr "$locate" -g grids.gpkg 110.5 30.5
    [[ $stderr != *gridx* ]]
    stamp=$(stat -c %y grids.gpkg)
    sqlite3 grids.gpkg "UPDATE gpkg_contents SET identifier = 'else'" # counted in the header
    touch -d "$stamp" grids.gpkg
    run -0 --separate-stderr "$locate" -g grids.gpkg 110.5 30.5
    [[ $stderr == *"was not used"* ]]
    "$locate" -q -g grids.gpkg --build-index
    printf x >grids.gpkg-wal
    run --separate-stderr "$locate" -g grids.gpkg 110.5 30.5
    [[ $stderr == *"was not used"* ]]
}

@test "coordinates of Chinese web maps" {
    # Shifted by some 500 m: inside only when unshifted.
    run -0 --separate-stderr "$locate" -q -g grids.geojson --crs gcj02 --columns grids 112.0040 30.5
    [ "${lines[1]}" = 112.0040,30.5,SE ]
    run -1 --separate-stderr "$locate" -q -g grids.geojson --crs wgs84 --columns grids 112.0040 30.5
    run -0 --separate-stderr "$locate" -q -g grids.geojson --crs bd09 --columns grids 112.0100 30.5
    [ "${lines[1]}" = 112.0100,30.5,SE ]
}

@test "points per grid, and per value of a column" {
    printf 'lon,lat,class\n110.5,30.5,cover\n110.6,30.5,lamp\n110.7,30.5,cover\n111.5,31.5,"a,b"\n150,0,lamp\n' >in.csv
    run -1 --separate-stderr "$locate" -q -g grids.geojson --count in.csv
    expect <<'EOF'
code,name,points
NW,"west, north",0
NE,第一网格,1
SW,,3
SE,"say ""hi""",0
,,1
EOF
    run -1 --separate-stderr "$locate" -q -j3 -g grids.geojson --count --by class in.csv
    expect <<'EOF'
code,name,class,points
NW,"west, north",,0
NE,第一网格,"a,b",1
SW,,cover,2
SW,,lamp,1
SE,"say ""hi""",,0
,,lamp,1
EOF
    run -3 "$locate" -g grids.geojson --count --by klass in.csv
    [[ $output == *"did you mean 'class'"* ]]
}

@test "points per grid as a layer of the grids" {
    printf 'lon,lat,class\n110.5,30.5,cover\n110.6,30.5,lamp\n110.7,30.5,cover\n111.5,31.5,灯\n150,0,post\n' >in.csv
    count() { ogrinfo -q -al "$1" | grep -A9 "code (String) = $2" | grep -m1 "  $3 " | sed 's/.* = //'; }
    run -1 "$locate" -q -g grids.geojson --count --by class -o out.gpkg in.csv
    [ "$(count out.gpkg SW points) $(count out.gpkg SW n_cover) $(count out.gpkg SW n_lamp)" = "3 2 1" ]
    [ "$(count out.gpkg NE points) $(count out.gpkg NE n_灯) $(count out.gpkg NE n_cover)" = "1 1 0" ]
    [ "$(count out.gpkg SE points) $(count out.gpkg SE name)" = '0 say "hi"' ]
    ogrinfo -q -al out.gpkg | grep -c POLYGON | grep -qx 4
    ! ogrinfo -q -al out.gpkg | grep -q n_post # it is in no grid
    for format in shp geojson; do
        run -1 "$locate" -q -g grids.geojson --count -o out.$format in.csv
        [ "$(count out.$format SW points)" = 3 ]
    done
    run -4 "$locate" -q -g grids.geojson --count -o out.gpkg in.csv
    [[ $output == *"--overwrite"* ]]
    run -1 "$locate" -q -g grids.geojson --overwrite --count -o out.gpkg in.csv
    # A table where a table was asked for, and the same from an index file.
    run -0 "$locate" -q -g grids.geojson --build-index
    run -1 "$locate" -q -g grids.geojson --count -o out.csv in.csv
    [ "$(head -1 out.csv)" = code,name,points ]
    run -1 "$locate" -q -g grids.geojson --overwrite --count --by class -o out.gpkg in.csv
    [ "$(count out.gpkg SW n_cover)" = 2 ]
    run -3 "$locate" -q -g grids.geojson.gridx --count -o new.gpkg in.csv
    [[ $output == *"holds no shapes"* ]]
}

@test "the building that a point is in, or next to" {
    source "$GRID_SOURCE/tests/cli/helpers.bash"
    part_of_town part.gpkg
    code_is "0 1" grid-partition -q --scheme anding --street part.gpkg:streets \
        --community part.gpkg:communities --households part.gpkg:buildings -o town.sqlite
    # A point in each building, and one 2 m west of each westernmost corner.
    points() {
        ask town.sqlite "SELECT code || ',' || ST_X(p) || ',' || ST_Y(p) FROM (SELECT code, $1 AS p
            FROM units WHERE level = 4) ORDER BY code" | sed '1i wanted,x,y'
    }
    points 'ST_PointOnSurface(geometry)' >in.csv
    "$locate" -q -g town.sqlite --columns building,building.place,status in.csv >out.csv
    awk -F, 'NR > 1 && ($1 != $4 || $5 != "inside") { print; bad = 1 } END { exit bad || NR < 100 }' out.csv
    points 'MakePoint(MbrMinX(geometry) - 2, (MbrMinY(geometry) + MbrMaxY(geometry)) / 2)' >beside.csv
    "$locate" -q --fail-on none -g town.sqlite --columns building,building.place,status beside.csv >plain.csv
    "$locate" -q --fail-on none -g town.sqlite --nearest 3 --columns building,building.place,grid,status \
        beside.csv >out.csv
    # What is within 3 m is given, by SpatiaLite's own distances, and nothing else.
    {
        echo 'CREATE TABLE p(wanted TEXT, x REAL, y REAL, building TEXT, place TEXT, grid TEXT, status TEXT);'
        tail -n +2 out.csv | sed "s/,/','/g; s/^/INSERT INTO p VALUES('/; s/\$/');/"
    } | sqlite3 answers.sqlite
    [ "$(sqlite3 answers.sqlite "SELECT count(*) > 100 FROM p WHERE place = 'nearest' AND status = 'inside'")" = 1 ]
    wrong=$(sqlite3 answers.sqlite "SELECT load_extension('mod_spatialite');" "ATTACH 'town.sqlite' AS t" \
        "SELECT count(*) FROM p LEFT JOIN t.units u ON u.code = p.building
         WHERE p.status = 'inside' AND (CASE WHEN p.building = ''
             THEN EXISTS (SELECT 1 FROM t.units o WHERE o.level = 4 AND Distance(o.geometry, MakePoint(p.x, p.y)) < 2.99)
             ELSE abs(Distance(u.geometry, MakePoint(p.x, p.y)) - (SELECT min(Distance(o.geometry, MakePoint(p.x, p.y)))
                 FROM t.units o WHERE o.level = 4)) > 0.001 END)" | tail -1)
    [ "$wrong" = 0 ]
    # Without --nearest nothing is said of what is only near, and an index says the same.
    awk -F, 'NR > 1 && $5 == "nearest" { bad = 1 } END { exit bad }' plain.csv
    "$locate" -q -g town.sqlite --build-index
    "$locate" -q --fail-on none -g town.sqlite --nearest 3 --columns building,building.place,grid,status \
        beside.csv | cmp - out.csv
}

@test "visits of a patrol against a rule" {
    {
        echo who,lon,lat,when
        for m in 00 05 10 15 20 25 30; do echo "li,110.5,30.5,2026-03-01 08:$m:00"; done
        for m in 00 05 10; do echo "wang,110.5,30.5,2026-03-01T10:$m"; done
        echo 'li,111.5,31.5,2026-03-02 08:00:00'
        echo 'li,111.5,31.5,soon'
    } >tracks.csv
    run -1 --separate-stderr "$locate" -g grids.geojson --patrol 1x20 --person who --time when tracks.csv
    expect <<'EOF'
day,code,name,visits,minutes,persons,met
2026-03-01,NW,"west, north",0,0.0,0,no
2026-03-01,NE,第一网格,0,0.0,0,no
2026-03-01,SW,,1,40.0,2,yes
2026-03-01,SE,"say ""hi""",0,0.0,0,no
2026-03-02,NW,"west, north",0,0.0,0,no
2026-03-02,NE,第一网格,0,0.0,1,no
2026-03-02,SW,,0,0.0,0,no
2026-03-02,SE,"say ""hi""",0,0.0,0,no
EOF
    [[ $stderr == *"met on 1 of 8 days of units"* ]]
    [[ $stderr == *"is no time"* ]]
    run -2 "$locate" -g grids.geojson --patrol often --person who --time when tracks.csv
    run -2 "$locate" -g grids.geojson --patrol 1 tracks.csv
}

@test "times of tracks: milliseconds, digits alone, and what is none" {
    printf 'who,t,lon,lat\na,1772352000000,110.5,30.5\na,1772352060000,110.5,30.5\nb,20260301080000,111.5,30.5\nb,2026/3/1 8:05,111.5,30.5\n' >in.csv
    run -1 --separate-stderr "$locate" -q -g grids.geojson --patrol 1x1 --person who --time t in.csv
    [ "${#lines[@]}" = 5 ]
    [[ $output == *2026-03-01,SW,,1,1.0,1,yes* && $output == *2026-03-01,SE,*,1,5.0,1,yes* ]]
    printf 'who,t,lon,lat\na,2026-03-01,110.5,30.5\na,3/1/2026 8:05,110.5,30.5\na,2026-02-30,110.5,30.5\na,1e300,110.5,30.5\na,-5,110.5,30.5\na,99990301080500,110.5,30.5\n' >in.csv
    run -1 --separate-stderr "$locate" -v -g grids.geojson --patrol 1 --person who --time t in.csv
    [ "$(grep -c 'is no time' <<<"$stderr")" = 5 ]
    [ "${#lines[@]}" = 5 ]
    # One wrong time does not make a table of all days since.
    printf 'who,t,lon,lat\na,2026-03-01,110.5,30.5\na,0,110.5,30.5\n' >in.csv
    run -3 --separate-stderr "$locate" -g grids.geojson --patrol 1 --person who --time t in.csv
    [[ -z $output && $stderr == *"from 1970-01-01 to 2026-03-01, more than ten years"* ]]
}

@test "GPX and other layers of points" {
    cat >walk.gpx <<'EOF'
<?xml version="1.0"?><gpx version="1.1" creator="made up" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="30.5" lon="110.5"><name>start, here</name></wpt><wpt lat="31.5" lon="111.5"/></gpx>
EOF
    run -0 --separate-stderr "$locate" -q -g grids.geojson walk.gpx:waypoints
    [[ ${lines[0]} == *name*,x,y,grids_code,status ]]
    [[ ${lines[1]} == *'"start, here"'*,110.5,30.5,SW,inside ]]
    [[ ${lines[2]} == *,111.5,31.5,NE,inside ]]
    # Of its five layers only one has points, and that is said.
    run -0 --separate-stderr "$locate" -g grids.geojson walk.gpx
    [[ ${lines[2]} == *,111.5,31.5,NE,inside ]]
    [[ $stderr == *"walk.gpx: note: points are taken from its layer waypoints"* ]]
    sed -i 's:</gpx>:<trk><trkseg><trkpt lat="30.5" lon="110.5"/></trkseg></trk></gpx>:' walk.gpx
    run -3 "$locate" -g grids.geojson walk.gpx
    [[ $output == *track_points* ]]
}

@test "a layer's geometry is what counts, not attributes called x and y" {
    cat >p.geojson <<'EOF'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"x":111.5,"Y":30.5},"geometry":{"type":"Point","coordinates":[110.5,31.5]}},
{"type":"Feature","properties":{"x":1,"Y":2},"geometry":{"type":"LineString","coordinates":[[110.5,31.5],[111,31]]}}]}
EOF
    run -1 --separate-stderr "$locate" -g grids.geojson p.geojson
    expect <<'EOF'
x,Y,x_2,y_2,grids_code,status
111.5,30.5,110.5,31.5,NW,inside
1,2,,,,bad
EOF
    [[ $stderr == *"p.geojson:3: fault: no coordinates"* ]]
    # Asked for, they count, and the geometry does not.
    run -1 --separate-stderr "$locate" -q -g grids.geojson p.geojson --x x --y Y --crs wgs84
    [ "${lines[1]}" = 111.5,30.5,SE,inside ]
    run -3 "$locate" -g grids.geojson grids.geojson
    [[ $output == *"layer grids has no points"* ]]
}

@test "a .json file is rows or a layer, by how it begins and what --format says" {
    printf '{"lon":110.5,"lat":31.5}\n{"lon":111.5,"lat":31.5}\n' >rows.json
    run -0 --separate-stderr "$locate" -q -g grids.geojson rows.json
    [ "${lines[0]}" = '{"lon":110.5,"lat":31.5,"grids_code":"NW","status":"inside"}' ]
    printf '{"type":"FeatureCollection","features":[\n{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[110.5,31.5]}}\n]}' >layer.json
    run -0 --separate-stderr "$locate" -q -g grids.geojson layer.json
    [ "${lines[1]}" = 110.5,31.5,NW,inside ]
    printf '{"geometryType":"esriGeometryPoint","spatialReference":{"wkid":4326},"fields":[],"features":[{"attributes":{},"geometry":{"x":110.5,"y":31.5}}]}' >esri.json
    run -0 --separate-stderr "$locate" -q -g grids.geojson esri.json
    [[ ${lines[1]} == *110.5,31.5,NW,inside ]]
    cp rows.json rows.geojson
    run -0 --separate-stderr "$locate" -q -g grids.geojson -f ndjson rows.geojson
    [ "${lines[1]}" = '{"lon":111.5,"lat":31.5,"grids_code":"NE","status":"inside"}' ]
}

@test "a workbook is a table, its columns are found as those of a CSV file" {
    printf '名称,经度,纬度\n甲,110.5,31.5\n' >in.csv
    ogr2ogr -f XLSX in.xlsx in.csv
    run -0 --separate-stderr "$locate" -g grids.geojson in.xlsx
    expect <<'EOF'
名称,经度,纬度,grids_code,status
甲,110.5,31.5,NW,inside
EOF
    [[ $stderr == *"in.xlsx: note: coordinates are taken from columns '经度' and '纬度'"* ]]
}

@test "an explanation of one point" {
    run -0 "$locate" -g grids.geojson --explain 111 31
    [[ $output == *"grids: NE (第一网格)"* ]]
    [[ $output == *"exactly on the border of 4: NW (west, north), NE (第一网格), SW, SE"* ]]
    [[ $output == *"owns its west and south"* ]]
    run -0 "$locate" -g grids.geojson --explain 112.001 30.5
    [[ $output == *nobody* && $output == *"nearest: SE"*" m away"* ]]
    run -2 "$locate" -g grids.geojson --explain
    # Whoever claims the point, where several do.
    jq -c '.features[1].geometry.coordinates = .features[0].geometry.coordinates' grids.geojson >over.geojson
    run -0 "$locate" -g over.geojson --explain 110.5 31.5
    [[ $output == *"grids: NE (第一网格), claimed by 2 units"* ]]
    [[ $output == *"the smallest code is given of 2: NW (west, north), NE (第一网格)"* ]]
    # Degrees with as many digits as the point has.
    run -0 "$locate" -g grids.geojson --explain 110.123456789 30.5
    [[ $output == *"in the CRS of the grids: 110.123456789 30.500000000"* ]]
}

@test "a dash is standard output, and members that objects lack are told" {
    printf '{"lon":110.5,"lat":31.5}\n' >in.ndjson
    run -0 --separate-stderr "$locate" -g grids.geojson --count --by kind -o - in.ndjson
    [[ $stderr == *"warning: the first object has no member 'kind'"* ]]
    [ "${lines[0]}" = code,name,kind,points ]
    [ ! -e ./- ]
}

@test "options that would have no effect are refused" {
    printf 'who,lon,lat\na,110.5,30.5\n' >in.csv
    for wrong in "--by who" "--person who" "--time who" "--count --patrol 1 --person who --time who" \
        "--count --columns status" "--patrol 1 --person who --time who --gap -1" "-o a.gpkg" "-o a.csv --rejects a.csv" \
        "--build-index -o a.gridx"; do
        run -2 "$locate" -g grids.geojson $wrong in.csv
    done
    [ ! -e a.gpkg ] && [ ! -e a.csv ]
    run -2 "$locate" -g grids.geojson -o a.shp in.csv
    [[ $output == *"a.shp: only --count writes layers; rows are text"* ]]
    # The help and the manual page name what an option takes.
    "$locate" --help | tr -s ' \n' ' ' | grep -q 'How rows are written. One of auto, csv, tsv, ndjson. \[auto\]'
    "$locate" --generate man | grep -q 'One of auto, yes, no. \[auto\]'
    # No number of bad rows is the default, and not minus one.
    "$locate" --help | tr -s ' \n' ' ' | grep -q 'coordinates. --explain'
}
