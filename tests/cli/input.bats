# What offices hand in: tables beside layers, files that contradict themselves, old encodings.

bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    # Two blocks of a street near Ruzhou (made up), in the zone around 114 degrees east.
    cat >areas.csv <<'END'
id,name,households,WKT
A1,东块,400,"POLYGON((393500 3782000,393700 3782000,393700 3782300,393500 3782300,393500 3782000))"
A2,西块,350,"POLYGON((393300 3782000,393500 3782000,393500 3782300,393300 3782300,393300 3782000))"
END
    cat >street.csv <<'END'
code,name,WKT
410482001,某街道,"POLYGON((393300 3782000,393700 3782000,393700 3782300,393300 3782300,393300 3782000))"
END
}

to_shape() { # NAME [OGR2OGR OPTION...]
    ogr2ogr -q -f "ESRI Shapefile" "$1.shp" "$1.csv" -nlt POLYGON -lco ENCODING=UTF-8 "${@:2}"
}

divide() { # OPTION...
    grid-partition --street street.csv --households areas.csv --src-crs EPSG:4547 -o out.sqlite "$@"
}

@test "households come from a table by key" {
    divide --overwrite
    sed 's/,400,/,0,/; s/,350,/,0,/' areas.csv >zero.csv
    printf 'building,户数\nA1,150\nA2,350\nA1,250\n' >table.csv
    grid-partition --street street.csv --households zero.csv --households-table table.csv \
        --key id=building --src-crs EPSG:4547 -o table.sqlite
    for db in out table; do
        sqlite3 $db.sqlite "SELECT code, households, hex(geometry) FROM units ORDER BY code" >$db.txt
    done
    cmp out.txt table.txt
}

@test "households come from a workbook with one row each" {
    { printf 'building,name\n'; yes A1,x | head -400; yes A2,y | head -350; } >rows.csv
    ogr2ogr -q -f XLSX rows.xlsx rows.csv
    grid-partition --street street.csv --households areas.csv --households-table rows.xlsx \
        --key id=building --src-crs EPSG:4547 -o rows.sqlite
    [ "$(sqlite3 rows.sqlite "SELECT group_concat(households) FROM units WHERE level = 2")" = 350,400 ]
}

@test "a row of the table without a building is a fault, named with its line" {
    printf 'id,households\nA1,400\nA2,350\nA9,7\n' >table.csv
    run -1 divide --households-table table.csv --key id
    [[ $output == *"table.csv:table:3: fault: no feature has the key 'A9'"* ]]
}

@test "a .prj of degrees over metres is refused with a guess" {
    to_shape areas -a_srs EPSG:4326
    run -3 grid-partition --street street.csv --households areas.shp -o out.sqlite
    to_shape street -a_srs EPSG:4326
    run -3 grid-partition --street street.shp --households areas.shp -o out.sqlite
    [[ $output == *"are no degrees of WGS 84"*"EPSG:4547"* ]]
    [ ! -e out.sqlite ]
}

@test "exchanged east and north are refused" {
    ogr2ogr -q -f "ESRI Shapefile" turned.shp street.csv -nlt POLYGON -a_srs EPSG:4547 \
        -dialect SQLITE -sql "SELECT code, SwapCoords(GeomFromText(WKT)) FROM street"
    run -3 grid-partition --street turned.shp --households areas.csv -o out.sqlite
    [[ $output == *"east and north exchanged"* ]]
}

@test "Beijing 1954 and Xian 1980 need parameters" {
    for crs in EPSG:2435 EPSG:2346; do
        to_shape street -a_srs $crs -overwrite
        to_shape areas -a_srs EPSG:4547 -overwrite
        run -3 grid-partition --street areas.shp --households street.shp -o out.sqlite
        [[ $output == *"no transformation is known"*"towgs84"* ]]
    done
}

@test "GBK without a .cpg is recognised, and said" {
    ogr2ogr -q -f "ESRI Shapefile" areas.shp areas.csv -nlt POLYGON -lco ENCODING=GBK -a_srs EPSG:4547
    rm -f areas.cpg
    printf '\x57' | dd of=areas.dbf bs=1 seek=29 conv=notrunc status=none # "ANSI", as old programs write
    printf 'x,y\n393600,3782100\n' >points.csv
    run -0 grid-locate -g areas.shp --code-field id --columns areas.name points.csv
    [[ $output == *东块* ]]
}

@test "several layers and none named: they are listed" {
    ogr2ogr -q -f GPKG two.gpkg areas.csv -a_srs EPSG:4547 -nln 网格
    ogr2ogr -q -f GPKG -update two.gpkg street.csv -a_srs EPSG:4547 -nln 街道
    run -3 grid-partition --street two.gpkg --households areas.csv -o out.sqlite
    [[ $output == *"2 layers and none was named"*"网格, 街道"* ]]
}

@test "colons in folder names do no harm" {
    mkdir "c:d" && cp street.csv areas.csv "c:d"
    grid-partition --street "c:d/street.csv" --households "c:d/areas.csv:areas" --src-crs EPSG:4547 \
        -o "c:d/out.sqlite"
    [ -e "c:d/out.sqlite" ]
}

@test "a pipe where a layer or a database is wanted is refused, and not waited for" {
    mkfifo pipe.geojson
    run -3 timeout -k 1 20 grid-coverage pipe.geojson
    [[ $output == *"is a pipe or a device"*"write it to a file"* ]]
    run -3 timeout -k 1 20 grid-coverage -p areas.csv <(cat street.csv)
    [[ $output == *"is a pipe or a device"* ]]
    run -3 timeout -k 1 20 grid-locate -g pipe.geojson areas.csv
    [[ $output == *"is a pipe or a device"* ]]
    run -3 timeout -k 1 20 grid-map pipe.geojson -o map.pdf
    [[ $output == *"is no grid database"* ]]
}
