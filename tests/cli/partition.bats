# grid-partition on the sample town and on real cities.

bats_require_minimum_version 1.5.0
load helpers

divide_chiayi() { # INPUT OUTPUT [OPTION...]
    local in=$1 out=$2
    shift 2
    code_is "0 1" grid-partition --street "$in:streets" --community "$in:communities" \
        --households "$in:households" -o "$out" "$@"
}

divide_cambridge() { # INPUT OUTPUT [OPTION...]
    local in=$1 out=$2
    shift 2
    code_is "0 1" grid-partition --street "$in:city_boundary" --community "$in:neighborhoods13" \
        --households "$in:parcels_fy14" --barriers "$in:road_centerlines" --barriers "$in:rail" \
        -o "$out" "$@"
}

divide_town() { # INPUT OUTPUT [OPTION...]
    local in=$1 out=$2
    shift 2
    code_is "0 1" grid-partition --street "$in:streets" --community "$in:communities" \
        --households "$in:buildings" --barriers "$in:roads" --barriers "$in:river" \
        --barriers "$in:railway" --compounds "$in:compounds" --extended "$in:extended" -o "$out" "$@"
}

# The plain division of an input, made by the first test that asks: NAME.sqlite, NAME.json and what
# was said, NAME.txt, in the folder that the tests of this file share.
plain() { # NAME
    made="$BATS_FILE_TMPDIR/$1"
    [ -e "$made.sqlite" ] || "divide_$1" "${!1}" "$made.sqlite" --json >"$made.json" 2>"$made.txt"
}

# Every layer of a GeoPackage with its rows in another order.
shuffle_into() { # INPUT OUTPUT LAYER...
    local in=$1 out=$2 layer
    shift 2
    for layer in "$@"; do
        ogr2ogr -q -f GPKG -update -append "$out" "$in" -dialect SQLITE -nln "$layer" \
            -sql "SELECT * FROM \"$layer\" ORDER BY (fid * 7919) % 10007" 2>/dev/null
    done
}

# Every household of the input is in exactly one grid, on every level.
check_sums() { # DATABASE HOUSEHOLDS
    [ "$(ask "$1" "SELECT DISTINCT s FROM (SELECT sum(households) AS s FROM units WHERE level <= 3 GROUP BY level)")" = "$2" ]
    [ "$(ask "$1" "SELECT sum(households) FROM cells")" = "$2" ]
}

# One part each: grids hang together by borders. Corners do not count, since the parts of
# an area are what shares edges.
check_contiguous() { # DATABASE
    [ "$(ask "$1" "SELECT count(*) FROM units WHERE kind = 'grid' AND ST_NumGeometries(geometry) <> 1")" = 0 ]
}

@test "Chiayi: given cells, all sums, all levels exact" {
    need "$chiayi"
    plain chiayi
    db=$made.sqlite
    check_sums "$db" 98557
    check_contiguous "$db"
    grid-coverage "$db"
    [ "$(ask "$db" "SELECT sum(persons) FROM units WHERE level = 3")" = 267852 ]
    # Whatever is out of range says why.
    [ "$(ask "$db" "SELECT count(*) FROM units WHERE level = 3 AND status = 'OK' AND households NOT BETWEEN 300 AND 500")" = 0 ]
    [ "$(ask "$db" "SELECT count(*) FROM units WHERE level = 3 AND status <> 'OK' AND reason = ''")" = 0 ]
}

@test "Chiayi: the same bytes from two runs, one and two threads, shuffled rows" {
    need "$chiayi"
    only_plain
    cd "$BATS_TEST_TMPDIR"
    mkdir plain shuffled
    cp "$chiayi" plain/in.gpkg
    shuffle_into "$chiayi" shuffled/in.gpkg streets communities households
    (cd plain && divide_chiayi in.gpkg a.sqlite -j1 && divide_chiayi in.gpkg b.sqlite -j2)
    (cd shuffled && divide_chiayi in.gpkg c.sqlite)
    cmp plain/a.sqlite plain/b.sqlite
    cmp plain/a.sqlite shuffled/c.sqlite
}

@test "Cambridge: cells made from roads and parcels" {
    need "$cambridge"
    plain cambridge
    db=$made.sqlite
    check_sums "$db" 42672
    check_contiguous "$db"
    grid-coverage "$db"
    # The community layer does not match the city's outline: what was moved is told.
    grep -q "m2" "$made.txt"
}

@test "Cambridge: the same bytes from one and two threads and shuffled rows" {
    need "$cambridge"
    only_plain
    cd "$BATS_TEST_TMPDIR"
    mkdir plain shuffled
    cp "$cambridge" plain/in.gpkg
    shuffle_into "$cambridge" shuffled/in.gpkg city_boundary neighborhoods13 parcels_fy14 \
        road_centerlines rail
    (cd plain && divide_cambridge in.gpkg a.sqlite -j1 && divide_cambridge in.gpkg b.sqlite -j2)
    (cd shuffled && divide_cambridge in.gpkg c.sqlite)
    cmp plain/a.sqlite plain/b.sqlite
    cmp plain/a.sqlite shuffled/c.sqlite
}

@test "sample town: 123, 32, 19 and 26 grids, all with both counts in range" {
    db="$BATS_TEST_TMPDIR/town.sqlite"
    divide_town "$town" "$db" --rule persons=1000..1500,hard --grids-field grids
    grid-coverage "$db"
    check_contiguous "$db"
    run ask "$db" "SELECT s.name, count(*), min(g.status), max(g.status) FROM units g
        JOIN units c ON g.parent_code = c.code JOIN units s ON c.parent_code = s.code
        WHERE g.level = 3 AND g.kind = 'grid' GROUP BY s.code ORDER BY s.code"
    [ "$output" = "煤山街道|123|OK|OK
风穴路街道|32|OK|OK
钟楼街道|26|OK|OK
洗耳河街道|19|OK|OK" ]
}

@test "the database opens as layers" {
    plain town
    run ogrinfo -q "$made.sqlite"
    for layer in l1 l2 l3 units cells borders; do
        [[ $output == *" $layer "* ]]
    done
    [[ $(ogrinfo -so "$made.sqlite" l3) == *"Multi Polygon"* ]]
}

@test "degrees are reprojected to the zone of the data, and told" {
    cd "$BATS_TEST_TMPDIR"
    for layer in streets communities buildings; do
        ogr2ogr -q -f GPKG -update -append -t_srs EPSG:4490 degrees.gpkg "$town" "$layer" 2>/dev/null
    done
    code_is "0 1" grid-partition --street degrees.gpkg:streets --community degrees.gpkg:communities \
        --households degrees.gpkg:buildings -o out.sqlite 2>messages
    grep -q "EPSG:4547" messages
    grid-coverage out.sqlite
}

@test "a layer without CRS is refused with a hint" {
    cd "$BATS_TEST_TMPDIR"
    ogr2ogr -q nocrs.shp "$town" streets
    rm nocrs.prj
    run -3 grid-partition --street nocrs.shp --households "$town:buildings" -o out.sqlite
    [[ $output == *--src-crs* ]]
    [ ! -e out.sqlite ]
}

@test "--json is one object with sorted keys" {
    plain town
    jq -e '.schema == "grid-partition/1" and (.levels | length) == 3' "$made.json"
    [ "$(jq -S . "$made.json")" = "$(jq . "$made.json")" ]
}

@test "--strict refuses what would be repaired, and takes what is sound" {
    db="$BATS_TEST_TMPDIR/town.sqlite"
    divide_town "$town" "$db" --strict
    need "$cambridge"
    out="$BATS_TEST_TMPDIR/strict.sqlite"
    run -3 grid-partition --street "$cambridge:city_boundary" --strict -o "$out" \
        --community "$cambridge:neighborhoods13" --households "$cambridge:parcels_fy14"
    [[ $output == *"--strict refuses"* ]]
    [ ! -e "$out" ]
}

@test "persons are estimated only on request" {
    need "$cambridge"
    plain cambridge
    [ "$(ask "$made.sqlite" "SELECT DISTINCT persons FROM units")" = "" ]
    db="$BATS_TEST_TMPDIR/persons.sqlite"
    divide_cambridge "$cambridge" "$db" --persons-per-household 2 2>"$BATS_TEST_TMPDIR/messages"
    [ "$(ask "$db" "SELECT DISTINCT sum(persons) OVER (PARTITION BY level) FROM units")" = 85344 ]
    grep -q "persons are estimated at 2 a household" "$BATS_TEST_TMPDIR/messages"
    code=0
    divide_cambridge "$cambridge" "$db" --overwrite --persons-per-household -1 || code=$?
    [ "$code" -ne 0 ]
}

@test "the report counts what came in, what was mended and what was assigned" {
    need "$cambridge"
    plain cambridge
    jq -e '.households_unassigned == 0 and .input.household_features == 13116
        and .input.households == 42672 and .finding_amounts["community-gap"].unit == "m2"' \
        "$made.json"
}

@test "communities that cannot be divided get advice, never a merge" {
    need "$chiayi"
    plain chiayi
    db=$made.sqlite report=$made.json
    # All that have households, and no number of grids that fits.
    [ "$(sqlite3 "$db" "SELECT count(DISTINCT unit_code) FROM advice")" = "$(sqlite3 "$db" "SELECT count(*)
        FROM units WHERE level = 2 AND households > 0 AND (households + 499) / 500 > households / 300")" ]
    # Each pair is of one street, has a border, and together a number of grids that fits.
    [ "$(sqlite3 "$db" "SELECT count(*) FROM advice a JOIN units u ON u.code = a.unit_code
        JOIN units v ON v.code = a.neighbour_code WHERE u.parent_code = v.parent_code AND border_m > 0
        AND together = u.households + v.households AND grids_min = (together + 499) / 500
        AND grids_max = together / 300 AND grids_min <= grids_max")" = "$(sqlite3 "$db" "SELECT count(*) FROM advice")" ]
    [ "$(jq '.advice | length' "$report")" = "$(sqlite3 "$db" "SELECT count(*) FROM advice")" ]
    # The grids are still inside their communities.
    [ "$(sqlite3 "$db" "SELECT count(*) FROM units WHERE level = 3 AND substr(code, 1, 12) <> parent_code")" = 0 ]
    divide_chiayi "$chiayi" "$BATS_TEST_TMPDIR/quiet.sqlite" --policy small-community=accept
    [ "$(sqlite3 "$BATS_TEST_TMPDIR/quiet.sqlite" "SELECT count(*) FROM advice")" = 0 ]
}

@test "Chiayi with persons hard: much advice, and all grids in range where both rules leave a number" {
    need "$chiayi"
    db="$BATS_TEST_TMPDIR/both.sqlite"
    divide_chiayi "$chiayi" "$db" --rule persons=1000..1500,hard --json >"$BATS_TEST_TMPDIR/report.json"
    [ "$(jq '.advice | length' "$BATS_TEST_TMPDIR/report.json")" -gt 50 ]
    [ "$(sqlite3 "$db" "SELECT count(*) FROM units g JOIN units c ON c.code = g.parent_code
        WHERE g.level = 3 AND g.status NOT IN ('OK', 'PROVED', 'OVER_INDIVISIBLE') AND c.households > 0
        AND max((c.households + 499) / 500, (c.persons + 1499) / 1500) <= min(c.households / 300, c.persons / 1000)")" = 0 ]
}

@test "policies: extended areas of their own, given back, or none; what is unknown is refused" {
    db="$BATS_TEST_TMPDIR/out.sqlite"
    divide_town "$town" "$db" --policy extended=ignore
    [ "$(sqlite3 "$db" "SELECT count(*) FROM units WHERE kind = 'extended'")" = 0 ]
    run -2 grid-partition --street "$town:streets" --households "$town:buildings" \
        --policy enclave=maybe -o "$BATS_TEST_TMPDIR/no.sqlite"
    [[ "$output" == *"--policy enclave=maybe is not known"* ]]
}

@test "the report sums up the grids' rows by street and in total" {
    plain town
    db=$made.sqlite report=$made.json
    # JSON path of a summary, and which grids it is of.
    check_summary() {
        local row
        row=$(sqlite3 -separator ' ' "$db" "SELECT count(*), avg(abs(deviation)), sqrt(avg(households * households) -
            avg(households) * avg(households)) / avg(households), avg(compactness) FROM units
            WHERE level = 3 AND kind = 'grid' AND code LIKE '$2%'")
        jq -e --arg row "$row" "$1"' as $q | ($row | split(" ") | map(tonumber)) as $r
            | [$q.grids - $r[0], $q.measures.households.deviation - $r[1], $q.measures.households.cv - $r[2],
               $q.polsby_popper_mean - $r[3]] | map(fabs < 1e-9) | all' "$report"
    }
    check_summary .quality ''
    # The rows of the streets say the same of their grids, column by column.
    jq -r '.quality.streets | to_entries[] | .key as $code | .value | .measures.households as $h
        | ({grids, grids_in_range: .grids_in_hard_ranges, deviation: $h.deviation, cv: $h.cv,
            households_in_range: $h.in_range, persons_in_range: .measures.persons.in_range,
            compactness: .polsby_popper_mean, compactness_p10: .polsby_popper_p10, road_share,
            inner_m: ((.border_m | add) - .forced_border_m), forced_m: .forced_border_m,
            enclave: .enclaves, spans_barrier: .spanning_barriers, compounds, compounds_cut,
            search_gap}
            + (.border_m | with_entries(.key += "_m"))) | to_entries[] | [$code, .key, .value] | @tsv' \
        "$report" >"$BATS_TEST_TMPDIR/columns"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/columns")" = 100 ]
    while IFS=$'\t' read -r code column value; do
        [ "$(sqlite3 "$db" "SELECT coalesce(abs($column - ${value:-NULL}) < 1e-6, '$value' = '' AND $column IS NULL)
            FROM l1 WHERE code = '$code'")" = 1 ] || { echo "$code $column $value"; false; }
    done <"$BATS_TEST_TMPDIR/columns"
    # So do those of the communities, and their sums are the streets'.
    [ "$(sqlite3 "$db" "SELECT count(*) FROM l1 s WHERE EXISTS (SELECT 1 FROM l2 c WHERE c.parent_code = s.code
        GROUP BY c.parent_code HAVING sum(grids) = s.grids AND sum(compounds) = s.compounds
        AND sum(compounds_cut) = s.compounds_cut AND abs(sum(lane_m) - s.lane_m) < 1e-6
        AND sum(households_in_range) = s.households_in_range AND min(compactness_p10) <= s.compactness_p10)")" = 4 ]
    [ "$(sqlite3 "$db" "SELECT count(*) FROM l2 c WHERE grids > 0 AND abs(cv - (SELECT
        sqrt(avg(households * households) - avg(households) * avg(households)) / avg(households)
        FROM l3 WHERE parent_code = c.code AND kind = 'grid')) > 1e-9")" = 0 ]
    [ "$(ask "$db" "SELECT group_concat(DISTINCT s) FROM (SELECT sum(grids) AS s FROM units WHERE level <= 3 GROUP BY level)")" = "$(jq .quality.grids "$report")" ]
    [ "$(jq '.quality.streets | length' "$report")" = 4 ]
    for street in $(jq -r '.quality.streets | keys[]' "$report"); do
        check_summary ".quality.streets[\"$street\"]" "$street"
        jq -e ".quality.streets[\"$street\"].road_share | . > 0.9 and . <= 1" "$report"
    done
    run divide_town "$town" "$BATS_TEST_TMPDIR/town.sqlite"
    [ "$(grep -c "on average .* % off the target, CV" <<<"$output")" = 10 ]
    [ "$(grep -c "Polsby-Popper mean" <<<"$output")" = 5 ]
}

@test "the quality of every grid is in its row" {
    need "$cambridge"
    plain cambridge
    db=$made.sqlite
    [ "$(sqlite3 "$db" "SELECT count(*) FROM l3 WHERE abs(deviation - (households / 400.0 - 1)) > 1e-9")" = 0 ]
    # Compactness against SpatiaLite's own area and perimeter.
    [ "$(ask "$db" "SELECT count(*) FROM units WHERE level = 3 AND
        abs(compactness - 4 * pi() * ST_Area(geometry) / pow(ST_Perimeter(geometry), 2)) > 1e-6")" = 0 ]
    [ "$(ask "$db" "SELECT count(*) FROM units WHERE level = 3 AND parts <> ST_NumGeometries(geometry)")" = 0 ]
    # Road share against the table of borders.
    [ "$(sqlite3 "$db" "SELECT count(*) FROM units u WHERE level = 3 AND road_share < 0.999 AND NOT EXISTS
        (SELECT 1 FROM borders WHERE u.code IN (left_code, right_code)
         AND class NOT IN ('expressway', 'rail', 'river', 'arterial', 'road', 'lane'))")" = 0 ]
}
