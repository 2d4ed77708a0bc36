# component-import: inventories into the database, refused rows, idempotence.

bats_require_minimum_version 1.5.0
load helpers

layers="streetlights hydrants utilitypoles litterbarrels pedramps trafficsignals bikeracks parkbenches"

divide() { # OUTPUT: the grids of Cambridge
    code_is "0 1" grid-partition -q --street "$cambridge:city_boundary" \
        --community "$cambridge:neighborhoods13" --households "$cambridge:parcels_fy14" \
        --barriers "$cambridge:road_centerlines" --barriers "$cambridge:rail" -o "$1"
}

divide_town() { # OUTPUT
    code_is "0 1" grid-partition -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" --barriers "$town:river" \
        --barriers "$town:railway" --compounds "$town:compounds" --extended "$town:extended" -o "$1"
}

setup_file() {
    export GRIDS="$BATS_FILE_TMPDIR/town.sqlite"
    divide_town "$GRIDS"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$GRIDS" town.sqlite
}

# A place well inside grid N of the town, as "x y" in the database's CRS.
inside() { # N
    ask town.sqlite "SELECT round(ST_X(p), 3) || ' ' || round(ST_Y(p), 3) FROM (SELECT
        ST_PointOnSurface(geometry) AS p FROM l3 ORDER BY code LIMIT 1 OFFSET $1)"
}

crs_of_town() { ask town.sqlite "SELECT value FROM meta WHERE key = 'crs'"; }

@test "Cambridge: every row is in the database or refused, and a second run changes nothing" {
    need "$cambridge"
    divide cam.sqlite
    inputs=()
    for layer in $layers; do inputs+=("$cambridge:$layer"); done
    run -1 component-import -q --json -g cam.sqlite --mapping "$GRID_SOURCE/tests/data/cambridge-mapping.csv" \
        --rejects bad.csv "${inputs[@]}"
    echo "$output" | tee first.json
    [ "$(jq '[.inputs[] | .rows] | add' first.json)" = 22823 ]
    [ "$(jq '[.inputs[] | .new + .refused - .rows] | unique == [0]' first.json)" = true ]
    [ "$(ask cam.sqlite "SELECT count(*) FROM components")" = "$(jq '[.inputs[].new] | add' first.json)" ]
    [ "$(ask cam.sqlite "SELECT count(*) FROM rejects")" = "$(jq '[.inputs[].refused] | add' first.json)" ]
    # What is known to be wrong with these inventories.
    [ "$(jq '.inputs[1] | .id_repeated + .id_missing' first.json)" = 42 ]
    [ "$(jq '.inputs[4].place_repeated' first.json)" = 111 ]
    [ "$(jq '.inputs[5].reasons.outside' first.json)" = 47 ]
    [ "$(jq '.inputs[6].place_repeated' first.json)" = 531 ]
    # Each component lies in the grid it was given.
    [ "$(ask cam.sqlite "SELECT count(*) FROM components c JOIN units u ON u.code = c.unit_code
        WHERE NOT ST_Intersects(c.geometry, u.geometry)")" = 0 ]
    ask cam.sqlite "SELECT * FROM components ORDER BY code" >before
    run -1 component-import -q --json -g cam.sqlite --mapping "$GRID_SOURCE/tests/data/cambridge-mapping.csv" "${inputs[@]}"
    [ "$(jq '[.inputs[] | .new + .changed] | add' <<<"$output")" = 0 ]
    ask cam.sqlite "SELECT * FROM components ORDER BY code" | cmp - before
    [ "$(ask cam.sqlite "SELECT count(*) FROM component_history")" = 0 ]
}

@test "refused rows come back with file, line, field, reason and the row as it was" {
    read -r x y < <(inside 0)
    read -r x2 y2 < <(inside 1)
    printf 'code,class,status,x,y,extra\n,01003,完好,%s,%s,keep me\n,01003,坏了,%s,%s,and me\n,雨水盖,完好,%s,1%s,\n' \
        "$x" "$y" "$x2" "$y2" "$x" "$y" >covers.csv
    run -1 component-import -g town.sqlite --src-crs "$(crs_of_town)" --rejects bad.csv covers.csv
    [ "$(head -1 bad.csv)" = "code,class,status,x,y,extra,reject_file,reject_line,reject_field,reject_reason,reject_detail" ]
    grep -q '坏了.*and me.*covers.csv.*3.*status,status' bad.csv
    grep -q '雨水盖.*covers.csv.*4.*class,class-unknown.*雨水井盖' bad.csv
    # Mended, they go in; what is in already is not touched.
    sed -i 's/坏了/破损/' bad.csv
    run -1 component-import -q --json -g town.sqlite --src-crs "$(crs_of_town)" --source covers bad.csv
    [ "$(jq -c '.inputs[0] | [.new, .changed, .refused]' <<<"$output")" = '[1,0,1]' ]
    [ "$(ask town.sqlite "SELECT count(*) FROM components")" = 2 ]
}

@test "a changed row is updated and its old state kept; codes are never given twice" {
    read -r x y < <(inside 0)
    read -r x2 y2 < <(inside 1)
    crs=$(crs_of_town)
    printf 'local_id,class,status,x,y\na,01003,完好,%s,%s\nb,01003,完好,%s,%s\n' "$x" "$y" "$x2" "$y2" >covers.csv
    component-import -q -g town.sqlite --src-crs "$crs" covers.csv
    code=$(ask town.sqlite "SELECT code FROM components WHERE local_id = 'b'")
    # b breaks, and moves into the other grid.
    printf 'local_id,class,status,x,y\na,01003,完好,%s,%s\nb,01003,破损,%s,%s\n' "$x" "$y" "$x.5" "$y" |
        sed 's/\.\([0-9]*\)\.5/.\15/' >covers.csv
    run -0 component-import -q --json -g town.sqlite --src-crs "$crs" covers.csv
    [ "$(jq -c '.inputs[0] | [.new, .changed, .same]' <<<"$output")" = '[0,1,1]' ]
    [ "$(ask town.sqlite "SELECT code || status FROM components WHERE local_id = 'b'")" = "${code}破损" ]
    [ "$(ask town.sqlite "SELECT change || code || status FROM component_history")" = "changed${code}完好" ]
    # b disappears: only on request, and its code is not used again.
    sed -i '$d' covers.csv
    component-import -q -g town.sqlite --src-crs "$crs" covers.csv
    [ "$(ask town.sqlite "SELECT count(*) FROM components")" = 2 ]
    component-import -q -g town.sqlite --src-crs "$crs" --delete-missing covers.csv
    [ "$(ask town.sqlite "SELECT count(*) FROM components")" = 1 ]
    printf 'c,01003,完好,%s,%s\n' "$x2" "$y2" >>covers.csv
    component-import -q -g town.sqlite --src-crs "$crs" covers.csv
    new=$(ask town.sqlite "SELECT code FROM components WHERE local_id = 'c'")
    [ "$((10#$new))" -gt "$((10#$code))" ]
}

@test "standard input, a shapefile in GBK, a workbook with numbers for codes" {
    read -r x y < <(inside 0)
    crs=$(crs_of_town)
    printf 'class,status,x,y\n雨水篦子,完好,%s,%s\n' "$x" "$y" >in.csv
    component-import -q -g town.sqlite --src-crs "$crs" - <in.csv
    [ "$(ask town.sqlite "SELECT class || source FROM components")" = 01004stdin ]
    # GBK without a .cpg, as old ArcGIS writes it.
    ogr2ogr -q -f "ESRI Shapefile" gbk.shp in.csv -oo X_POSSIBLE_NAMES=x -oo Y_POSSIBLE_NAMES=y \
        -oo KEEP_GEOM_COLUMNS=NO -a_srs "$crs" -lco ENCODING=GBK
    rm -f gbk.cpg
    cp "$GRIDS" gbk.sqlite
    component-import -q -g gbk.sqlite gbk.shp
    [ "$(ask gbk.sqlite "SELECT class || status FROM components")" = 01004完好 ]
    # A workbook whose code column is a number: its tail is lost and never guessed.
    printf 'code,class,x,y\n41048201003000123,01003,%s,%s\n,01003,%s,%s\n' "$x" "$y" "$x" "$y" >book.csv
    ogr2ogr -q -f XLSX book.xlsx book.csv -oo AUTODETECT_TYPE=YES
    cp "$GRIDS" book.sqlite
    run -1 component-import -g book.sqlite --src-crs "$crs" book.xlsx
    [ "$(ask book.sqlite "SELECT group_concat(reason) FROM rejects")" = code-number ]
}

@test "bad input is told apart: missing file, layer, column, field, database, output" {
    run -3 component-import -g town.sqlite nothing.csv
    run -3 component-import -g town.sqlite "$town:lamp"
    [[ "$output" == *'did you mean "lamps"'* ]]
    run -3 component-import -g town.sqlite --map statu=status "$town:lamps"
    [[ "$output" == *'did you mean "status"'* ]]
    run -2 component-import -g town.sqlite --map status=statuss "$town:lamps"
    [[ "$output" == *"did you mean 'status'"* ]]
    run -3 component-import -g nothing.sqlite "$town:lamps"
    run -2 component-import -g town.sqlite --county 41 "$town:lamps"
    touch bad.csv
    run -4 component-import -g town.sqlite --rejects bad.csv "$town:lamps"
    [ "$(ask town.sqlite "SELECT count(*) FROM components")" = 0 ]
    printf 'class,x,y\n01003,4e6,5e6\n' >far.csv
    run -3 component-import -g town.sqlite far.csv
    [[ "$output" == *--src-crs* ]]
}

@test "many rows at once: the spatial index is packed, whole, and goes on working" {
    crs=$(crs_of_town)
    ask town.sqlite "SELECT 'class,x,y' UNION ALL SELECT * FROM (
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 5999),
        box AS (SELECT max(ST_MinX(geometry)) AS x, max(ST_MinY(geometry)) AS y,
            min(ST_MaxX(geometry)) - max(ST_MinX(geometry)) AS w FROM l3 GROUP BY code LIMIT 1)
        SELECT '01003,' || (x + i % 80 * w / 80) || ',' || (y + i / 80 * w / 80) FROM n, box)" >many.csv
    component-import -q -g town.sqlite --src-crs "$crs" many.csv || [ $? -eq 1 ]
    index_is_whole() {
        [ "$(ask town.sqlite "SELECT rtreecheck('idx_components_geometry')")" = ok ]
        [ "$(ask town.sqlite "SELECT CheckSpatialIndex('components', 'geometry')")" = 1 ]
    }
    [ "$(ask town.sqlite "SELECT count(*) > 4200 FROM components")" = 1 ]
    index_is_whole
    triggers=$(ask town.sqlite "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'components'")
    [ "$triggers" = "$(ask "$GRIDS" "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'components'")" ]
    # A few more rows, a change and a removal go through the triggers.
    read -r x y < <(inside 3)
    { head -2 many.csv; echo "01004,$x,$y"; } >few.csv
    component-import -q -g town.sqlite --src-crs "$crs" --source many --delete-missing few.csv
    [ "$(ask town.sqlite "SELECT count(*) FROM components")" = 2 ]
    index_is_whole
    [ "$(ask town.sqlite "PRAGMA integrity_check")" = ok ]
    [ "$(ask town.sqlite "SELECT count(*) FROM pragma_foreign_key_check")" = 0 ]
}

@test "components move into a new division with their codes, and changes of grid are listed" {
    code_is "0 1" component-import -q -g town.sqlite "$town:lamps"
    code_is "0 1" grid-partition -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" --seed 7 -o new.sqlite
    run -0 component-import -q --json -g new.sqlite town.sqlite:components
    [ "$(jq '.inputs[0] | .new == .rows' <<<"$output")" = true ]
    moved=$(jq '.finding_counts."grid-differs"' <<<"$output")
    [ "$moved" -gt 0 ]
    [ "$(sqlite3 new.sqlite "ATTACH 'town.sqlite' AS old; SELECT count(*) FROM components c
        JOIN old.components o USING (code) WHERE c.unit_code <> o.unit_code")" = "$moved" ]
    [ "$(sqlite3 new.sqlite "ATTACH 'town.sqlite' AS old; SELECT count(*) FROM old.components
        WHERE code NOT IN (SELECT code FROM components)")" = 0 ]
}

@test "rubbish, nothing at all, and rows without a place" {
    head -c 3000 /dev/urandom >rubbish.csv
    run -3 component-import -g town.sqlite rubbish.csv
    run -3 component-import -g town.sqlite - <rubbish.csv
    [[ "$output" == *"standard input"* ]]
    run -3 component-import -g town.sqlite - </dev/null
    run -0 component-import -g town.sqlite - < <(echo class,x,y)
    run -1 component-import -g town.sqlite - < <(printf 'class,x,y\n01003,nan,1e400\n01003,,\n')
    [ "$(ask town.sqlite "SELECT group_concat(DISTINCT reason) FROM rejects")" = geometry-missing ]
}

@test "statistics: numerator and denominator, and the counts add up" {
    code_is "0 1" component-import -q -g town.sqlite --statistics counts.csv "$town:covers" "$town:trees"
    all=$(ask town.sqlite "SELECT count(*) FROM components")
    ogr2ogr -q -f SQLite counts.sqlite counts.csv -nln c -oo AUTODETECT_TYPE=YES
    [ "$(sqlite3 counts.sqlite "SELECT sum(count) FROM c")" = "$all" ]
    [ "$(sqlite3 counts.sqlite "SELECT DISTINCT of_all FROM c")" = "$all" ]
    [ "$(sqlite3 counts.sqlite "SELECT count(*) FROM (SELECT 1 FROM c GROUP BY unit_code
        HAVING sum(count) <> max(of_unit))")" = 0 ]
    run -4 component-import -q -g town.sqlite --statistics counts.csv
}

# A drawing: two references of a block, a text, a line; written in the encoding named.
drawing() { # X Y
    local x=$1 y=$2 north east
    north=$(awk "BEGIN { printf \"%.3f\", $y + 0.5 }")
    east=$(awk "BEGIN { printf \"%.3f\", $x + 0.5 }")
    printf '%s\n' 0 SECTION 2 HEADER 9 '$ACADVER' 1 AC1015 9 '$DWGCODEPAGE' 3 ANSI_936 0 ENDSEC \
        0 SECTION 2 BLOCKS 0 BLOCK 8 0 2 雨水井盖 70 0 10 0 20 0 30 0 3 雨水井盖 \
        0 CIRCLE 8 0 10 0 20 0 40 0.3 0 ENDBLK 8 0 0 ENDSEC 0 SECTION 2 ENTITIES \
        0 INSERT 8 井盖 2 雨水井盖 10 "$x" 20 "$y" 30 0 \
        0 INSERT 8 井盖 2 雨水井盖 10 "$x" 20 "$north" 30 0 \
        0 TEXT 8 文字 10 "$east" 20 "$y" 40 1 1 路灯 \
        0 LINE 8 道路 10 "$x" 20 "$y" 11 "$east" 21 "$y" 0 ENDSEC 0 EOF
}

@test "a drawing in GBK or UTF-8: blocks and texts are components, lines are not" {
    read -r x y < <(inside 0)
    for encoding in GBK UTF-8; do
        cp "$GRIDS" town.sqlite
        drawing "$x" "$y" | iconv -f UTF-8 -t $encoding >plan.dxf
        run -1 component-import -q -g town.sqlite --src-crs "$(crs_of_town)" plan.dxf
        [ "$(ask town.sqlite "SELECT group_concat(class || name) FROM (SELECT * FROM components ORDER BY code)")" = \
            01003雨水井盖,01003雨水井盖,01037路灯 ]
        [ "$(ask town.sqlite "SELECT group_concat(reason) FROM rejects")" = class-missing ]
    done
}

@test "KML, GeoJSON in a web map's coordinates, a workbook of 17-digit codes as text" {
    read -r x y < <(inside 0)
    crs=$(crs_of_town)
    printf 'name,x,y\n雨水井盖,%s,%s\n' "$x" "$y" >in.csv
    ogr2ogr -q -f KML in.kml in.csv -oo X_POSSIBLE_NAMES=x -oo Y_POSSIBLE_NAMES=y -s_srs "$crs" -t_srs EPSG:4326
    code_is "0 1" component-import -q -g town.sqlite in.kml
    [ "$(ask town.sqlite "SELECT class FROM components")" = 01003 ]
    # A place that is right in WGS 84 is some hundred metres off when it is read as GCJ-02.
    ogr2ogr -q -f GeoJSON in.geojson in.kml
    cp "$GRIDS" gcj.sqlite
    code_is "0 1" component-import -q -g gcj.sqlite --src-crs gcj02 in.geojson
    far=$(sqlite3 gcj.sqlite "SELECT load_extension('mod_spatialite');" "ATTACH 'town.sqlite' AS t;
        SELECT ST_Distance(a.geometry, b.geometry) BETWEEN 100 AND 1500 FROM components a, t.components b" | tail -1)
    [ "${far:-0}" = 1 ] || [ "$(ask gcj.sqlite "SELECT reason FROM rejects")" = outside ]
    printf 'code,x,y\n"41048201003000123",%s,%s\n' "$x" "$y" >code.csv
    ogr2ogr -q -f XLSX code.xlsx code.csv
    cp "$GRIDS" book.sqlite
    code_is "0 1" component-import -q -g book.sqlite --src-crs "$crs" code.xlsx
    [ "$(ask book.sqlite "SELECT code || class FROM components")" = 4104820100300012301003 ]
}

@test "an old .xls workbook, all of whose columns are text (made up)" {
    component-import -q -g town.sqlite "$GRID_SOURCE/tests/data/lamps.xls"
    [ "$(ask town.sqlite "SELECT count(*) FROM components WHERE class = '01037'")" = 2 ]
    [ "$(ask town.sqlite "SELECT count(*) FROM components WHERE status = '破损'")" = 1 ]
}
