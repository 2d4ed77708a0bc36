# component-import --scheme and --roster: posts, persons, duties.

bats_require_minimum_version 1.5.0
load helpers

setup_file() {
    export GRIDS="$BATS_FILE_TMPDIR/town.sqlite"
    code_is "0 1" grid-partition -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" --barriers "$town:river" \
        --barriers "$town:railway" --compounds "$town:compounds" --extended "$town:extended" -o "$GRIDS"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$GRIDS" town.sqlite
}

roster() {
    cat <<'END'
姓名,电话,岗位,网格,班次
张三,13900000001,网格指导员,煤山街道办事处,
李四,13900000002,网格负责人,西东社区、望嵩社区,
王五,13900000003,manager,西东社区第一网格,1-5 08:00-18:00
赵六,13900000004,网格协管员,西东/第一网格,18:00-08:00
END
}

@test "a division brings its scheme's posts and duties along" {
    [ "$(ask town.sqlite "SELECT count(*) FROM posts")" = 4 ]
    [ "$(ask town.sqlite "SELECT count(*) FROM duties WHERE fallback")" = 2 ]
}

@test "a roster fills posts; empty ones are reported with numerator and denominator" {
    roster >people.csv
    run -1 component-import -q --json -g town.sqlite --roster people.csv
    [ "$(jq -c '[.posts[] | [.filled, .persons]]' <<<"$output")" = '[[1,1],[2,1],[1,1],[1,1]]' ]
    [ "$(jq '.posts[0].units' <<<"$output")" = 4 ]
    [ "$(ask town.sqlite "SELECT count(*) FROM holders")" = 5 ]
    # Again: nothing is doubled.
    run -1 component-import -q -g town.sqlite --roster people.csv
    [ "$(ask town.sqlite "SELECT count(*) FROM holders")" = 5 ]
    [ "$(ask town.sqlite "SELECT count(*) FROM persons")" = 4 ]
}

@test "the same roster as a workbook" {
    roster >people.csv
    ogr2ogr -q -f XLSX people.xlsx people.csv
    run -1 component-import -q --json -g town.sqlite --roster people.xlsx
    [ "$(jq '[.posts[].holders] | add' <<<"$output")" = 5 ]
    [ "$(ask town.sqlite "SELECT phone FROM persons WHERE name = '张三'")" = 13900000001 ]
}

@test "what is not understood is said, with the nearest that is" {
    {
        roster
        echo "甲,1,网格管里员,西东社区第二网格,"
        echo "乙,2,网格协管员,西东社区第二网挌,"
        echo "丙,3,网格协管员,第一网格,"
        echo "丁,4,网格协管员,西东社区第二网格,often"
        echo ",5,网格协管员,西东社区第二网格,"
    } >people.csv
    run -1 component-import -g town.sqlite --roster people.csv
    [[ "$output" == *"网格管里员"*"did you mean 网格管理员"* ]]
    [[ "$output" == *"西东社区第二网挌"*"did you mean 西东社区第二网格"* ]]
    [[ "$output" == *"several units are called '第一网格'"* ]]
    [[ "$output" == *"'often' is no shift"* ]]
    [[ "$output" == *"5 entries not understood"* ]]
    [ "$(ask town.sqlite "SELECT count(*) FROM holders")" = 5 ]
}

@test "a scheme of one's own; a broken one leaves the database as it was" {
    mkdir mine
    cp "$GRID_SOURCE"/data/schemes/ruzhou/*.csv mine/
    echo 'component,01003,410482001,煤山排水所,1,6,' >>mine/duties.csv
    run -1 component-import -q -g town.sqlite --scheme mine
    [ "$(ask town.sqlite "SELECT department FROM duties WHERE unit <> '*'")" = 煤山排水所 ]
    echo 'component,01003,999,nobody,1,6,' >>mine/duties.csv
    run -3 component-import -g town.sqlite --scheme mine
    [[ "$output" == *"there is no unit 999"* ]]
    [ "$(ask town.sqlite "SELECT count(*) FROM duties")" = 28 ]
    run -2 component-import -g town.sqlite --scheme mien
    [[ "$output" == *"there is no scheme 'mien'"* ]]
    run -3 component-import -g town.sqlite --roster nobody.csv
    run -2 component-import -g town.sqlite
}

@test "grid-locate says who handles what, when: never an empty answer" {
    roster >people.csv
    code_is 1 component-import -q -g town.sqlite --roster people.csv
    p=$(ask town.sqlite "SELECT ST_X(p) || ',' || ST_Y(p) FROM (SELECT ST_PointOnSurface(geometry) AS p
        FROM l3 WHERE code = (SELECT unit_code FROM holders WHERE post = 'manager'))")
    printf 'x,y\n%s\n1,1\n' "$p" >points.csv
    ask_at() { grid-locate -q -g town.sqlite "$@" points.csv || [ $? -eq 1 ]; }
    # On a Monday morning the manager, on Sunday night the helper; the chain above them is the same.
    run -0 ask_at --kind component:0111 --at 2026-11-23T09:00
    [[ "${lines[1]}" == *",燃气企业,24,class,王五 网格管理员 13900000003,"*"李四 网格负责人"*"张三 网格指导员"*",inside" ]]
    [[ "${lines[2]}" == *",燃气企业,24,class,,,outside" ]]
    run -0 ask_at --kind component:燃气井盖 --at 2026-11-22T23:00 --columns department,persons
    [[ "${lines[1]}" == *",燃气企业,赵六 网格协管员 13900000004" ]]
    # 托底: the district's construction department, the street's office.
    run -0 ask_at --kind component:05009 --columns department,duty
    [[ "${lines[1]}" == *",市住房和城乡建设局,fallback 托底" ]]
    run -0 ask_at --kind event:10002 --columns department,duty
    [[ "${lines[1]}" == *",煤山街道,fallback 托底" ]]
    run -2 grid-locate -g town.sqlite --kind component:雨水盖 points.csv
    [[ "$output" == *"did you mean 01003 雨水井盖"* ]]
    run -2 grid-locate -g town.sqlite --kind event --at yesterday points.csv
    run -3 grid-locate -g "$town:communities" --kind event points.csv
}
