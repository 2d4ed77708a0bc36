# Every shipped scheme end to end: divide, prove, locate, map.

bats_require_minimum_version 1.5.0
load helpers

setup() {
    cd "$BATS_TEST_TMPDIR"
}

divide() { # SCHEME OUTPUT [OPTION...]
    local scheme=$1 out=$2
    shift 2
    part_of_town part.gpkg
    code_is "0 1" grid-partition --scheme "$scheme" --street part.gpkg:streets \
        --community part.gpkg:communities --households part.gpkg:buildings \
        --barriers part.gpkg:roads -o "$out" "$@"
    grid-coverage "$out"
}

levels() { # DATABASE
    sqlite3 -readonly "$1" "SELECT group_concat(name || ' ' || how, ', ') FROM
        (SELECT name, how FROM levels ORDER BY level)"
}

# The same number of households on every level of areas.
one_sum() { # DATABASE
    [ "$(sqlite3 -readonly "$1" "SELECT count(DISTINCT s) FROM (SELECT sum(u.households) AS s
        FROM units u JOIN levels l USING (level) GROUP BY u.level)")" = 1 ]
}

# A place of each grid is answered on every level that has areas.
located() { # DATABASE LEVEL...
    local db=$1 level
    shift
    ask "$db" "SELECT code || ',' || X(p) || ',' || Y(p) FROM (SELECT code,
        ST_PointOnSurface(geometry) AS p FROM units WHERE level = (SELECT max(level) FROM levels
        WHERE how <> 'record'))" >points.csv
    [ -s points.csv ]
    grid-locate -g "$db" --header no --x 2 --y 3 points.csv >located.csv
    for level in "$@"; do
        [ "$(grid-locate -g "$db" --header no --x 2 --y 3 --columns "$level" points.csv |
            awk -F, '$4 == ""' | wc -l)" = 0 ]
    done
}

@test "ruzhou: street > community > grid" {
    divide ruzhou out.sqlite
    [ "$(levels out.sqlite)" = "street given, community given, grid split" ]
    one_sum out.sqlite
    located out.sqlite street community grid
}

@test "shibei: unit grids of about 10,000 m2 in responsibility grids" {
    divide shibei out.sqlite
    [ "$(levels out.sqlite)" = "street given, responsibility given, unit split" ]
    one_sum out.sqlite
    located out.sqlite responsibility unit
    # Most blocks can be cut to size; what cannot says so.
    [ "$(sqlite3 out.sqlite "SELECT avg(area_m2 BETWEEN 5000 AND 15000) > 0.5 FROM units WHERE level = 3")" = 1 ]
    [ "$(sqlite3 out.sqlite "SELECT count(*) FROM units WHERE level = 3 AND status = 'OK'
        AND round(area_m2) NOT BETWEEN 4999 AND 15001")" = 0 ]
}

@test "jingan: district > street > block of communities > community" {
    divide jingan out.sqlite --district 410482=汝州市 --groups 3
    [ "$(levels out.sqlite)" = "district given, street given, block group, community given" ]
    one_sum out.sqlite
    located out.sqlite district street block community
    [ "$(sqlite3 out.sqlite "SELECT code || ' ' || name FROM units WHERE level = 1")" = "410482 汝州市" ]
    [ "$(sqlite3 out.sqlite "SELECT group_concat(code || ' ' || name) FROM units WHERE level = 3")" = \
        "410482003B01 第一街区,410482003B02 第二街区,410482003B03 第三街区" ]
    # Blocks are of neighbours: one part each, and every community is in the block above it.
    [ "$(ask out.sqlite "SELECT count(*) FROM units WHERE level = 3 AND ST_NumGeometries(geometry) <> 1")" = 0 ]
    [ "$(ask out.sqlite "SELECT count(*) FROM units c JOIN units b ON b.code = c.parent_code
        WHERE c.level = 4 AND b.level = 3 AND ST_Contains(b.geometry, ST_PointOnSurface(c.geometry))")" = 9 ]
}

@test "jingan: a number of blocks that cannot be is refused with the arithmetic" {
    part_of_town part.gpkg
    run -3 grid-partition --scheme jingan --groups 10 --street part.gpkg:streets \
        --community part.gpkg:communities --households part.gpkg:buildings -o out.sqlite
    [[ "$output" == *"10 groups were asked for in street 钟楼街道, but its 9 units"*"make 1 to 9 groups in range"* ]]
    [ ! -e out.sqlite ]
}

@test "huizhou: the communities are the grids" {
    divide huizhou out.sqlite
    [ "$(levels out.sqlite)" = "street given, grid given" ]
    one_sum out.sqlite
    located out.sqlite street grid
    [ "$(sqlite3 out.sqlite "SELECT count(DISTINCT unit_code) FROM cells")" = 9 ]
}

@test "anding: buildings and households are records below the grids" {
    part_of_town part.gpkg
    # A list with a row for each household, in any order.
    ogr2ogr -q -f CSV buildings.csv part.gpkg buildings
    awk -F, '{ gsub(/"/, "") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "bldg,name,persons"; next }
        { for (i = 1; i <= $at["households"]; i++) print $at["code"] "," i "室," 1 + i % 4 }' \
        buildings.csv >list.csv
    (head -1 list.csv; tail -n +2 list.csv | sort -r) >reversed.csv
    for list in list reversed; do
        code_is "0 1" grid-partition --scheme anding --street part.gpkg:streets \
            --community part.gpkg:communities --households part.gpkg:buildings \
            --barriers part.gpkg:roads --households-table $list.csv --key code=bldg \
            -o $list.sqlite
    done
    code_is "0 1" grid-coverage list.sqlite >coverage
    grep -q "grid in community: .* 9 of 9 parents tiled exactly, 0 residual edges, 0 defects" coverage
    # Households have no shape; their codes are checked.
    grep -q "household within building: .* 0 defects" coverage
    cp list.sqlite orphan.sqlite
    sqlite3 orphan.sqlite "UPDATE units SET parent_code = 'nobody' WHERE id =
        (SELECT max(id) FROM units WHERE level = 5)"
    code_is 1 grid-coverage orphan.sqlite >coverage
    grep -q "household within building: .* 1 defect$" coverage
    [ "$(levels list.sqlite)" = "street given, community given, grid split, building record, household record" ]
    one_sum list.sqlite
    n=$(($(wc -l <list.csv) - 1))
    ((n > 10000))
    [ "$(sqlite3 list.sqlite "SELECT count(*) FROM units WHERE level = 5")" = $n ]
    # Codes grow by four digits a level, and numbers have no gaps.
    [ "$(sqlite3 list.sqlite "SELECT count(*) FROM units u JOIN units p ON p.code = u.parent_code
        WHERE u.level >= 4 AND u.code LIKE p.code || '____' AND u.level = p.level + 1")" = \
        "$(sqlite3 list.sqlite "SELECT count(*) FROM units WHERE level >= 4")" ]
    [ "$(sqlite3 list.sqlite "SELECT count(*) FROM (SELECT parent_code FROM units WHERE level >= 4
        GROUP BY parent_code HAVING max(substr(code, -4)) + 0 <> count(*))")" = 0 ]
    # A building has the households and persons of the rows below it, and its footprint.
    [ "$(sqlite3 list.sqlite "SELECT count(*) FROM units b WHERE b.level = 4 AND
        (b.households, b.persons) IS NOT (SELECT count(*), coalesce(sum(persons), 0) FROM units
        WHERE parent_code = b.code)")" = 0 ]
    [ "$(ask list.sqlite "SELECT count(*) FROM units b JOIN units g ON g.code = b.parent_code
        WHERE b.level = 4 AND NOT ST_Within(ST_PointOnSurface(b.geometry), g.geometry)")" = 0 ]
    located list.sqlite street community grid
    # The order of the list does not show.
    for db in list reversed; do
        sqlite3 $db.sqlite "SELECT code, parent_code, name, households, persons FROM units ORDER BY code" >$db.txt
    done
    cmp list.txt reversed.txt
}

@test "anding: where only counts are known, the household level is left out, and that is said" {
    part_of_town part.gpkg
    run grid-partition --scheme anding --street part.gpkg:streets \
        --community part.gpkg:communities --households part.gpkg:buildings \
        --barriers part.gpkg:roads -v -o out.sqlite
    [[ "$output" == *"level household is left out"* ]]
    [ "$(levels out.sqlite)" = "street given, community given, grid split, building record" ]
    grid-map out.sqlite -o maps/
    [ -s maps/building.shp ]
}

@test "options that a scheme has no use for are refused" {
    part_of_town part.gpkg
    base=(--street part.gpkg:streets --households part.gpkg:buildings -o out.sqlite)
    run -2 grid-partition --scheme jingan "${base[@]}"
    [[ "$output" == *"--community is needed"* ]]
    run -2 grid-partition --scheme huizhou --grids 3 --community part.gpkg:communities "${base[@]}"
    [[ "$output" == *"--grids: scheme huizhou splits nothing"* ]]
    run -2 grid-partition --scheme huizhou --rule households=1..2 --community part.gpkg:communities "${base[@]}"
    run -2 grid-partition --groups 3 --community part.gpkg:communities "${base[@]}"
    [[ "$output" == *"--groups: scheme ruzhou joins no communities"* ]]
    run -2 grid-partition --district 41 --community part.gpkg:communities "${base[@]}"
}

@test "a scheme of one's own: patterns of codes, and what makes no sense is refused by row" {
    mkdir own
    cp "$GRID_SOURCE"/data/schemes/ruzhou/*.csv own/
    scheme() { printf 'level,name,name_zh,how,measure,min,max,target,hard,code,note\n' >own/levels.csv
        printf '%s\n' "$@" >>own/levels.csv; }
    scheme 1,street,街道,given,,,,,,, 2,community,社区,given,,,,,,, \
        3,grid,网格,split,households,300,500,400,yes,G##,
    divide "$PWD/own" out.sqlite
    [ "$(sqlite3 out.sqlite "SELECT count(*) FROM units WHERE level = 3 AND code NOT GLOB parent_code || 'G[0-9][0-9]'")" = 0 ]
    refused() { # WORDS ROW...
        local words=$1
        shift
        scheme "$@"
        run -3 grid-partition --scheme "$PWD/own" --street part.gpkg:streets \
            --community part.gpkg:communities --households part.gpkg:buildings --overwrite -o no.sqlite
        [[ "$output" == *"$words"* ]] || { echo "$output"; return 1; }
    }
    refused "'#-#' is no pattern" 1,street,街道,given,,,,,,, 2,grid,网格,split,households,300,500,400,yes,#-#,
    refused "how is given, group, split or record" 1,street,街道,given,,,,,,, 2,grid,网格,cut,households,300,500,400,yes,,
    refused "communities, not streets" 1,block,街区,group,units,4,12,8,no,, 2,street,街道,given,,,,,,,
    refused "only one level" 1,street,街道,given,,,,,,, 2,a,甲,split,households,300,500,,yes,, 3,b,乙,split,area,3,5,,yes,,
    refused "given levels bring their codes" 1,street,街道,given,,,,,,###,
    # One digit is too little for the grids of a community.
    refused "does not fit into codes" 1,street,街道,given,,,,,,, 2,community,社区,given,,,,,,, \
        3,grid,网格,split,households,10,20,15,yes,#,
}
