# grid-partition on input that is not as it should be: nothing breaks, nothing goes unsaid.

bats_require_minimum_version 1.5.0
load helpers

# Two streets of 800 m x 800 m with a community each, and household areas of 100 m x 100 m.
setup() {
    cd "$BATS_TEST_TMPDIR"
    local i j
    for ((i = 0; i < 16; i++)); do
        for ((j = 0; j < 8; j++)); do
            echo "$(((i * 8 + j) + 1));50;150;$(square $((i * 100)) $((j * 100)) 100)"
        done
    done | layer areas "id;households;persons"
    { echo "410482001;1;$(square 0 0 800)" && echo "410482002;1;$(square 800 0 800)"; } |
        layer streets "code;n"
    communities 410482001001 410482002001 </dev/null
}

square() { # X Y SIZE
    local x=$((500000 + $1)) y=$((3800000 + $2)) s=$3
    echo "POLYGON (($x $y,$((x + s)) $y,$((x + s)) $((y + s)),$x $((y + s)),$x $y))"
}

# Rows "value;value;WKT" of standard input become NAME.gpkg; codes are numbers there.
layer() { # NAME COLUMNS
    { echo "$2;WKT" && cat; } >"$1.csv"
    rm -f "$1.gpkg"
    ogr2ogr -q -f GPKG -a_srs EPSG:4547 -oo AUTODETECT_TYPE=YES \
        -oo GEOM_POSSIBLE_NAMES=WKT -oo KEEP_GEOM_COLUMNS=NO "$1.gpkg" "$1.csv"
}

# The two communities under these codes, and further rows of standard input.
communities() { # CODE CODE
    { echo "$1;$(square 0 0 800)" && echo "$2;$(square 800 0 800)" && cat; } | layer communities code
}

divide() { # OPTION...
    grid-partition --street streets.gpkg --community communities.gpkg --households areas.gpkg \
        --effort 1 --overwrite -o out.sqlite "$@"
}

@test "codes that are kept as numbers are codes, and ids are ids" {
    run -0 divide
    [[ "$output" != *"codes (12 characters) were assigned"* ]]
    [ "$(ask out.sqlite "SELECT group_concat(code) FROM units WHERE level = 2")" = 410482001001,410482002001 ]
    run -0 divide --scheme anding
    [ "$(ask out.sqlite "SELECT count(DISTINCT name) FROM units WHERE level = 4 AND name <> ''")" = 128 ]
}

@test "ids that are there twice are told, with their features" {
    { echo "7;1600;4800;$(square 0 0 800)"; echo "8;1600;4800;$(square 800 0 400)"
      echo "7;1600;4800;$(square 1200 0 400)"; echo ";0;0;$(square 800 400 400)"; echo ";0;0;$(square 1200 400 400)"; } |
        layer areas "id;households;persons"
    run divide
    [[ "$output" == *"areas.gpkg:3: warning: 2 features have the id 7, as feature 1 has"* ]]
    [ "$(grep -c "have the id" <<<"$output")" = 1 ]
}

@test "codes that cannot be used are told with the reason" {
    communities 410482001001 410482001001 </dev/null
    run -0 divide
    [[ "$output" == *"warning: the codes of the layer are not used: 410482001001 is there twice"* ]]
    communities 410482001001 41048200200 </dev/null
    run -0 divide
    [[ "$output" == *"not used: 41048200200 is not 12 digits or capitals"* ]]
    communities 410482001001 410482009001 </dev/null
    run -0 divide
    [[ "$output" == *"not used: they do not begin with those of their streets"* ]]
}

@test "a community without a code gets one, and the others keep theirs" {
    { echo ";$(square 0 0 400)"; echo "410482001003;$(square 400 0 400)"
      echo "410482001001;POLYGON ((500000 3800400,500800 3800400,500800 3800800,500000 3800800,500000 3800400))"
      echo "410482002001;$(square 800 0 800)"; } | layer communities code
    run divide
    [ "$(ask out.sqlite "SELECT group_concat(code) FROM (SELECT code FROM units WHERE level = 2 ORDER BY code)")" = \
        410482001001,410482001003,410482001004,410482002001 ]
    mv out.sqlite old.sqlite
    run divide --update old.sqlite
    [ "$(ask out.sqlite "SELECT count(*) FROM lineage")" = 0 ]
}

@test "a community without ground of its own is refused, wherever its outline is" {
    local outline
    for outline in "$(square 5000 0 800)" "$(square 1600 0 800)" "" "POINT (500100 3800100)"; do
        communities 410482001001 410482002001 <<<"410482002002;$outline"
        run -3 divide
        [[ "$output" == *"community feature 3 has no ground of its own in any street"* ]]
    done
    communities 410482001001 410482002001 <<<"410482002002;$(square 800 0 800)"
    run -3 divide
    [[ "$output" == *"has no ground of its own in any street"* ]]
}

@test "what no community covers, or two claim, is a finding unless it is a sliver" {
    between() { # CODE WEST EAST
        echo "$1;POLYGON ((50$2 3800000,50$3 3800000,50$3 3800800,50$2 3800800,50$2 3800000))"
    }
    { between 410482001001 0000 0800; between 410482002001 0804 1600; } | layer communities code
    run -0 divide
    [[ "$output" == *"note: no community covered this; it went here (3200 m2)"* ]]
    { between 410482001001 0000 0800; between 410482002001 1000 1600; } | layer communities code
    run -1 divide
    [[ "$output" == *"fault: no community covered this, 160000 m2 of it wider than 5 m; it went here"* ]]
    { between 410482001001 0000 0500; between 410482001002 0300 0800; between 410482002001 0800 1600; } |
        layer communities code
    run -1 divide
    [[ "$output" == *"fault: several communities covered this, 80000 m2 of it wider than 5 m; it went here"* ]]
    run divide --json
    [[ "$output" == *'"community-overlap"'* ]]
}

@test "a column that somebody named has to be there" {
    local option
    for option in --code-field --name-field --grids-field --households-field --persons-field; do
        run -3 divide $option nothing
        [[ "$output" == *'there is no column "nothing"'* ]]
    done
    run -3 divide --barriers streets.gpkg --barrier-class-field nothing
    [[ "$output" == *'there is no column "nothing"'* ]]
}

@test "options without effect, or one against the other, are refused" {
    run -2 divide --crosswalk table.csv
    [[ "$output" == *"--crosswalk is for other nets (--merge)"* ]]
    run -2 divide --date 2026-03-01
    [[ "$output" == *"--date is for updates (--update)"* ]]
    run -2 divide --rule households=100..200 --rule households=300..500
    [[ "$output" == *"are on one measure"* ]]
    run -2 divide --grids 8 --grids-field n
    [[ "$output" == *"column n of the streets says how many each shall have"* ]]
    rm areas.gpkg # nothing is read before that is known
    run -2 divide --lock 410482001001001
    [[ "$output" == *"--lock is for updates (--update)"* ]]
    run -2 divide --update old.sqlite --date tomorrow
    [[ "$output" == *"--date tomorrow is no day"* ]]
}

@test "an update is of the same place, on a day of the calendar" {
    divide -q
    mv out.sqlite old.sqlite
    run -2 divide --update old.sqlite --date 2026-02-29
    [[ "$output" == *"--date 2026-02-29 is no day"* ]]
    run -0 divide --update old.sqlite --date 2028-02-29
    [[ "$output" != *"no ground left"* ]]
    echo "410482001;1;$(square 0 0 800)" | layer streets "code;n"
    echo "410482001001;$(square 0 0 800)" | layer communities code
    run divide --update old.sqlite
    n=$(sqlite3 old.sqlite "SELECT count(*) FROM units WHERE level = 3 AND code LIKE '410482002%'")
    [[ "$output" == *"warning: $n of the $((2 * n)) grids of the old division"*"have no ground left"* ]]
    echo "410482001;1;$(square 50000 0 800)" | layer streets "code;n"
    echo "1;3200;9600;$(square 50000 0 800)" | layer areas "id;households;persons"
    run -3 grid-partition --update old.sqlite --street streets.gpkg --households areas.gpkg -o new.sqlite
    [[ "$output" == *"no grid of the old division lies in the streets given"* ]]
}

@test "a net that lies elsewhere is told" {
    echo "1;$(square 50000 0 800)" | layer net code
    run -0 divide --merge net.gpkg
    [[ "$output" == *"no unit of net lies in the streets"* ]]
}
