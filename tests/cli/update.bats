# grid-partition with exact numbers of grids, and on an old division.

bats_require_minimum_version 1.5.0

load helpers

# The input and its first division are the same for all tests.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    part_of_town in.gpkg
    divide old.sqlite
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$BATS_FILE_TMPDIR"/{in.gpkg,old.sqlite} .
}

divide() { # OUTPUT [OPTION...]: prints the report
    local out=$1
    shift
    code_is "0 1" grid-partition --street in.gpkg:streets --community in.gpkg:communities \
        --households in.gpkg:buildings --barriers in.gpkg:roads -o "$out" "$@"
}

count_grids() { # DATABASE
    ask "$1" "SELECT count(*) FROM units WHERE level = 3"
}

@test "an exact number of grids is hit, or refused with the arithmetic" {
    n=$(($(count_grids old.sqlite) + 1))
    divide more.sqlite --grids "$n"
    [ "$(count_grids more.sqlite)" = "$n" ]
    run -3 grid-partition --street in.gpkg:streets --households in.gpkg:buildings --grids 500 -o no.sqlite
    [[ "$output" == *"500 grids were asked for"*"in range"* ]]
    [ ! -e no.sqlite ]
}

@test "a column says how many grids each street and community shall have" {
    divide by-column.sqlite --grids-field grids
    [ "$(count_grids by-column.sqlite)" = 26 ]
    run -3 grid-partition --street in.gpkg:streets --households in.gpkg:buildings \
        --grids-field gridz -o no.sqlite
    [[ "$output" == *'did you mean "grids"'* ]]
}

@test "an update without change changes nothing" {
    run divide new.sqlite --update old.sqlite
    [[ "$output" == *"update: 0.00 % of the households changed grids, 0 rows of lineage"* ]]
    [ "$(ask old.sqlite "SELECT group_concat(code || name || households) FROM units")" = \
        "$(ask new.sqlite "SELECT group_concat(code || name || households) FROM units")" ]
}

@test "an update moves few, keeps codes, never gives a retired code again, and says what became of all" {
    # One grid grows beyond what a grid may hold.
    grown=$(ask old.sqlite "SELECT code FROM units WHERE level = 3 ORDER BY code LIMIT 1")
    ogr2ogr -q -f GPKG grid.gpkg old.sqlite -sql "SELECT geometry FROM units WHERE code = '$grown'" -nln grid
    ogr2ogr -q -f GPKG -update -append grid.gpkg in.gpkg buildings
    ogr2ogr -q -f GPKG grown.gpkg grid.gpkg -nln grown -dialect SQLITE -sql \
        "SELECT b.geom, b.code, CASE WHEN ST_Intersects(b.geom, g.geometry) THEN b.households * 2
            ELSE b.households END AS households, b.persons FROM buildings b, grid g"
    code_is "0 1" grid-partition --street in.gpkg:streets --community in.gpkg:communities \
        --households grown.gpkg:grown --barriers in.gpkg:roads --update old.sqlite \
        --date 2026-11-22 -o new.sqlite
    grid-coverage new.sqlite
    community=${grown:0:12}
    # Nothing in other communities.
    [ "$(ask old.sqlite "SELECT group_concat(code || name) FROM units WHERE level = 3 AND parent_code <> '$community'")" = \
        "$(ask new.sqlite "SELECT group_concat(code || name) FROM units WHERE level = 3 AND parent_code <> '$community'")" ]
    [ "$(ask new.sqlite "SELECT count(*) FROM lineage WHERE old_code NOT LIKE '$community%'")" = 0 ]
    [ "$(ask new.sqlite "SELECT count(*) FROM lineage WHERE old_code = '$grown'")" -ge 2 ]
    [ "$(ask new.sqlite "SELECT DISTINCT date FROM lineage")" = 2026-11-22 ]
    # Shares of a grid add up to all of it.
    [ "$(ask new.sqlite "SELECT count(*) FROM (SELECT sum(households_share) AS s FROM lineage GROUP BY old_code) WHERE abs(s - 1) > 1e-9")" = 0 ]
    # New grids are numbered after all old ones.
    last=$(ask old.sqlite "SELECT max(code) FROM units WHERE level = 3 AND parent_code = '$community'")
    new=$(ask new.sqlite "SELECT max(code) FROM units WHERE level = 3 AND parent_code = '$community'")
    [[ "$new" > "$last" ]]
}

@test "a locked grid stays; a lock needs an update and a grid that is there" {
    code=$(ask old.sqlite "SELECT code FROM units WHERE level = 3 ORDER BY code LIMIT 1")
    divide new.sqlite --update old.sqlite --lock "$code"
    [ "$(ask old.sqlite "SELECT AsText(geometry) FROM units WHERE code = '$code'")" = \
        "$(ask new.sqlite "SELECT AsText(geometry) FROM units WHERE code = '$code'")" ]
    run -2 grid-partition --street in.gpkg:streets --households in.gpkg:buildings --lock "$code" -o no.sqlite
    run -2 grid-partition --street in.gpkg:streets --community in.gpkg:communities \
        --households in.gpkg:buildings --update old.sqlite --lock 410482003001999 -o no.sqlite
    [[ "$output" == *"did you mean"* ]]
}

@test "a rule may count any column; what is no count is refused" {
    divide floors.sqlite --rule floors=..100000,hard
    run -3 grid-partition --street in.gpkg:streets --households in.gpkg:buildings --rule flors=1..2 -o no.sqlite
    [[ "$output" == *'did you mean "floors"'* ]]
    run -2 grid-partition --street in.gpkg:streets --households in.gpkg:buildings --rule floors=3 -o no.sqlite
    [[ "$output" == *"MEASURE=MIN..MAX"* ]]
}

@test "another net is re-expressed in grids; what does not fit is listed" {
    run divide merged.sqlite --merge in.gpkg:communities --crosswalk crosswalk.csv
    [[ "$output" == *"0 units that are no set of whole grids"* ]]
    # Communities are made up of whole grids: shares add up to one for each.
    awk -F, 'NR > 1 { sum[$2] += $6 } END { for (u in sum) if (sum[u] < .999999 || sum[u] > 1.000001) exit 1 }' crosswalk.csv
    [ "$(wc -l <crosswalk.csv)" = "$(($(count_grids merged.sqlite) + 1))" ]
    # A net of squares that know nothing of roads does not fit.
    ogr2ogr -q -f GPKG squares.gpkg in.gpkg -nln squares -dialect SQLITE \
        -sql "SELECT ST_SquareGrid(geom, 350) AS geom FROM streets" -explodecollections
    run divide squares.sqlite --merge squares.gpkg --crosswalk squares.csv
    [[ "$output" == *"net-unit-unfit"* ]]
    # The shares are those of the ground, as another library cuts it.
    ogr2ogr -q -f SQLite -dsco SPATIALITE=YES check.sqlite squares.gpkg -nln squares
    ogr2ogr -q -f SQLite -update -append check.sqlite squares.sqlite -nln grids \
        -sql "SELECT code, geometry FROM units WHERE level = 3" 2>/dev/null
    ogr2ogr -q -f SQLite -update -append check.sqlite squares.csv -nln crosswalk -oo AUTODETECT_TYPE=NO
    run ask check.sqlite "SELECT count(*), sum(abs(c.area_share_of_unit - ST_Area(ST_Intersection(s.geometry, g.geometry))
        / ST_Area(s.geometry)) > 1e-6) + sum(abs(c.area_share_of_grid - ST_Area(ST_Intersection(s.geometry, g.geometry))
        / ST_Area(g.geometry)) > 1e-6) FROM (SELECT fid, CastToXY(geom) AS geometry FROM squares) s JOIN grids g
        JOIN crosswalk c ON CAST(c.unit_fid AS INTEGER) = s.fid AND c.grid_code = g.code"
    [ "${output#*|}" = 0 ]
    [ "${output%|*}" = "$(($(wc -l <squares.csv) - 1))" ]
    [ "${output%|*}" -gt 26 ]
}

@test "a grid that is locked stays even where it is out of range" {
    # The grid with most households gets twice as many.
    code=$(sqlite3 old.sqlite "SELECT code FROM units WHERE level = 3 ORDER BY households DESC, code LIMIT 1")
    ogr2ogr -q -f GPKG grid.gpkg old.sqlite -sql "SELECT geometry FROM units WHERE code = '$code'" -nln grid
    ogr2ogr -q -f GPKG -update -append grid.gpkg in.gpkg buildings
    ogr2ogr -q -f GPKG grown.gpkg grid.gpkg -nln grown -dialect SQLITE \
        -sql "SELECT b.geom, b.code, CASE WHEN ST_Intersects(ST_Centroid(b.geom), g.geometry) THEN b.households * 2
            ELSE b.households END AS households, b.persons FROM buildings b, grid g"
    code_is "0 1" grid-partition --street in.gpkg:streets --community in.gpkg:communities --households grown.gpkg:grown \
        --barriers in.gpkg:roads --update old.sqlite --lock "$code" -o new.sqlite
    [ "$(sqlite3 new.sqlite "SELECT status FROM units WHERE code = '$code'")" = LOCKED ]
    [ "$(sqlite3 new.sqlite "ATTACH 'old.sqlite' AS o" "SELECT count(*) FROM units n JOIN o.units u ON u.code = n.code
        WHERE n.level = 3 AND abs(n.area_m2 - u.area_m2) < 0.1")" = 26 ]
    [ "$(sqlite3 new.sqlite "SELECT count(*) FROM lineage")" = 0 ]
}

@test "more grids than the pattern of codes has numbers are refused" {
    mkdir scheme
    printf '%s\n' level,name,name_zh,how,measure,min,max,target,hard,code 1,street,街道,given,,,,,, \
        2,community,社区,given,,,,,, 3,grid,网格,split,households,60,110,80,yes,'#' >scheme/levels.csv
    run -3 grid-partition --scheme scheme --street in.gpkg:streets --community in.gpkg:communities \
        --households in.gpkg:buildings --barriers in.gpkg:roads -o no.sqlite
    [[ "$output" == *"10"* ]]
    [ ! -e no.sqlite ]
    sed -i 's/,#$/,##/' scheme/levels.csv
    code_is "0 1" grid-partition --scheme scheme --street in.gpkg:streets --community in.gpkg:communities \
        --households in.gpkg:buildings --barriers in.gpkg:roads -o fits.sqlite
    [ "$(sqlite3 fits.sqlite "SELECT count(*) FROM units WHERE level = 3 AND length(code) <> 14")" = 0 ]
}

by_code() { # DATABASE LEVELS: code, name and households of all units
    sqlite3 "$1" "SELECT code || name || households FROM units WHERE level IN ($2) ORDER BY code"
}

@test "communities without codes keep those they were given, and a split one gives its own to the larger part" {
    for layer in streets communities; do
        ogr2ogr -q -f GPKG -update -append nocode.gpkg in.gpkg $layer -dialect SQLITE -nln $layer \
            -sql "SELECT geom, name FROM $layer" 2>/dev/null
    done
    bare() { # OUTPUT COMMUNITIES [OPTION...]
        local out=$1 communities=$2
        shift 2
        code_is "0 1" grid-partition --street nocode.gpkg:streets --community "$communities" \
            --households in.gpkg:buildings --barriers in.gpkg:roads -o "$out" "$@"
    }
    bare first.sqlite nocode.gpkg:communities --district 410482
    # The one in the middle is cut from north to south at a third of its width.
    name=$(sqlite3 first.sqlite "SELECT name FROM units WHERE level = 2 ORDER BY code LIMIT 1")
    ogr2ogr -q -f GPKG halves.gpkg nocode.gpkg communities -where "name <> '$name'"
    for half in "一:ST_MinX(geom), ST_MinX(geom) + (ST_MaxX(geom) - ST_MinX(geom)) / 3" \
        "二:ST_MinX(geom) + (ST_MaxX(geom) - ST_MinX(geom)) / 3, ST_MaxX(geom)"; do
        x=${half#*:}
        ogr2ogr -q -f GPKG -update -append halves.gpkg nocode.gpkg -nln communities -dialect SQLITE -sql \
            "SELECT name || '${half%%:*}' AS name, ST_Intersection(geom, SetSRID(BuildMbr(${x%%,*}, ST_MinY(geom),
             ${x#*,}, ST_MaxY(geom)), ST_SRID(geom))) AS geom FROM communities WHERE name = '$name'" 2>/dev/null
    done
    bare new.sqlite halves.gpkg:communities --update first.sqlite
    grid-coverage new.sqlite
    sqlite3 new.sqlite "ATTACH 'first.sqlite' AS o" \
        "SELECT code, name FROM o.units WHERE level = 2 AND name <> '$name'
         EXCEPT SELECT code, name FROM units WHERE level = 2" >lost
    [ ! -s lost ]
    run sqlite3 new.sqlite "ATTACH 'first.sqlite' AS o" \
        "SELECT name, code = (SELECT code FROM o.units WHERE level = 2 AND name = '$name'),
         code > (SELECT max(code) FROM o.units WHERE level = 2) FROM units WHERE name LIKE '${name}_' ORDER BY households DESC"
    [ "$(sed -n 's/.*|//p;1q' <<<"$output")" = 0 ]
    [[ "${lines[0]}" == *"|1|0" && "${lines[1]}" == *"|0|1" ]]
    # Nothing happened to grids elsewhere.
    [ "$(sqlite3 new.sqlite "ATTACH 'first.sqlite' AS o" "SELECT count(*) FROM o.units g JOIN o.units c
        ON c.code = g.parent_code WHERE g.level = 3 AND c.name <> '$name' AND NOT EXISTS (SELECT 1 FROM units n
        WHERE n.code = g.code AND n.name = g.name AND n.households = g.households)")" = 0 ]
}

@test "extended grids keep their codes in an update, and one that is given up is told" {
    # A building with its yard becomes a campus.
    ogr2ogr -q -f GPKG campus.gpkg in.gpkg -nln extended -dialect SQLITE \
        -sql "SELECT ST_Buffer(geom, 30) AS geom, 'campus' AS name FROM buildings ORDER BY code LIMIT 1 OFFSET 700"
    divide first.sqlite --extended campus.gpkg --policy extended=own
    extended=$(sqlite3 first.sqlite "SELECT group_concat(code) FROM units WHERE kind = 'extended'")
    [ -n "$extended" ]
    divide new.sqlite --extended campus.gpkg --policy extended=own --update first.sqlite
    [ "$(by_code first.sqlite 3)" = "$(by_code new.sqlite 3)" ]
    [ "$(sqlite3 new.sqlite "SELECT count(*) FROM lineage")" = 0 ]
    divide none.sqlite --update new.sqlite
    [ "$(sqlite3 none.sqlite "SELECT count(*) FROM lineage l JOIN units u ON u.code = l.new_code
        WHERE l.old_code IN ('${extended//,/\',\'}')")" -ge 1 ]
    [ "$(sqlite3 none.sqlite "SELECT count(*) FROM units WHERE code IN ('${extended//,/\',\'}')")" = 0 ]
}

@test "a code that one update retired is not given by the next ones" {
    mv old.sqlite a.sqlite
    n=$(count_grids a.sqlite)
    divide b.sqlite --update a.sqlite --grids $((n + 1))
    divide c.sqlite --update b.sqlite --grids "$n"
    divide d.sqlite --update c.sqlite --grids $((n + 1))
    for db in a b c d; do sqlite3 $db.sqlite "SELECT code FROM units WHERE level = 3 ORDER BY code" >$db.codes; done
    comm -13 a.codes b.codes >added
    comm -13 c.codes b.codes >retired
    comm -13 c.codes d.codes >again
    [ -s added ] && [ -s retired ] && [ -s again ]
    [ -z "$(comm -12 again <(sort -u a.codes b.codes))" ]
    # The whole history is there.
    [ "$(sqlite3 d.sqlite "SELECT count(*) FROM lineage")" -gt "$(sqlite3 c.sqlite "SELECT count(*) FROM lineage")" ]
}

@test "buildings and households that live on keep their codes, and retired ones are not given again" {
    ogr2ogr -q -f CSV buildings.csv in.gpkg buildings
    list() { # FILTER: a row for every household
        awk -F, '{ gsub(/"/, "") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "bldg,name"; next }
            { for (i = 1; i <= $at["households"]; i++) print $at["code"] "," i "室" }' buildings.csv | grep -av "$1"
    }
    records() { # OUTPUT BUILDINGS [OPTION...]
        local out=$1 buildings=$2
        shift 2
        code_is "0 1" grid-partition --scheme anding --street in.gpkg:streets --community in.gpkg:communities \
            --households "$buildings" --barriers in.gpkg:roads --households-table list.csv --key code=bldg \
            -o "$out" "$@"
    }
    list '^none$' >list.csv
    records first.sqlite in.gpkg:buildings
    # The most western building of some grid goes, and a household of another one.
    gone=$(sqlite3 first.sqlite "SELECT name FROM units WHERE level = 4 AND households > 1 ORDER BY code LIMIT 1")
    less=$(sqlite3 first.sqlite "SELECT name FROM units WHERE level = 4 AND households > 1 ORDER BY code LIMIT 1 OFFSET 1")
    ogr2ogr -q -f GPKG fewer.gpkg in.gpkg buildings -where "code <> '$gone'"
    list "^$gone,\\|^$less,1室" >list.csv
    records new.sqlite fewer.gpkg:buildings --update first.sqlite
    sqlite3 new.sqlite "ATTACH 'first.sqlite' AS o" "SELECT o.name FROM o.units o JOIN units n ON n.name = o.name
        WHERE o.level = 4 AND n.level = 4 AND n.parent_code = o.parent_code AND n.code <> o.code" >changed
    [ ! -s changed ]
    [ "$(sqlite3 new.sqlite "SELECT count(*) FROM units h JOIN units b ON b.code = h.parent_code
        WHERE h.level = 5 AND b.name = '$less' AND h.name || '' <> CAST(substr(h.code, -4) AS INTEGER) || '室'")" = \
        "$(sqlite3 first.sqlite "SELECT count(*) FROM units h JOIN units b ON b.code = h.parent_code
        WHERE h.level = 5 AND b.name = '$less' AND h.name <> '1室' AND h.name || '' <> CAST(substr(h.code, -4) AS INTEGER) || '室'")" ]
    code=$(sqlite3 first.sqlite "SELECT code FROM units WHERE level = 4 AND name = '$gone'")
    [ "$(sqlite3 new.sqlite "SELECT coalesce(new_code, '') || reason FROM lineage WHERE old_code = '$code'")" = "nothing of it is left" ]
    # Back again, it is a new building to the office.
    list '^none$' >list.csv
    records back.sqlite in.gpkg:buildings --update new.sqlite
    [ "$(sqlite3 back.sqlite "SELECT count(*) FROM units WHERE code = '$code'")" = 0 ]
    [ "$(sqlite3 back.sqlite "SELECT count(*) FROM units WHERE level = 4 AND name = '$gone'")" = 1 ]
}
