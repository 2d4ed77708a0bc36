# grid-partition with exact numbers of grids, and on an old division.

bats_require_minimum_version 1.5.0

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
    part_of_town in.gpkg
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
    divide free.sqlite
    n=$(($(count_grids free.sqlite) + 1))
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
    divide old.sqlite
    run divide new.sqlite --update old.sqlite
    [[ "$output" == *"update: 0.00 % of the households changed grids, 0 rows of lineage"* ]]
    [ "$(ask old.sqlite "SELECT group_concat(code || name || households) FROM units")" = \
        "$(ask new.sqlite "SELECT group_concat(code || name || households) FROM units")" ]
}

@test "an update moves few, keeps codes, never gives a retired code again, and says what became of all" {
    divide old.sqlite
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
    divide old.sqlite
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
    run divide squares.sqlite --merge squares.gpkg
    [[ "$output" == *"net-unit-unfit"* ]]
}
