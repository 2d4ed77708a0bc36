# grid-coverage as its users run it.

bats_require_minimum_version 1.5.0
load helpers

# A collection of squares and oblongs: layer NAME from lines "code parent ring".
layer() { # FILE: rows on stdin
    {
        echo '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}},"features":['
        sep=
        while read -r code parent ring; do
            printf '%s{"type":"Feature","properties":{"code":"%s","up":"%s","rank":%d},"geometry":{"type":"Polygon","coordinates":[[%s]]}}\n' \
                "$sep" "$code" "$parent" "${#code}" "$ring"
            sep=,
        done
        echo ']}'
    } >"$1"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    layer top.geojson <<<'S - [500000,0],[500004,0],[500008,0],[500008,4],[500004,4],[500000,4],[500000,0]'
    layer good.geojson <<'EOF'
A S [500000,0],[500004,0],[500004,4],[500000,4],[500000,0]
B S [500004,0],[500008,0],[500008,4],[500004,4],[500004,0]
EOF
    layer bad.geojson <<'EOF'
A S [500000,0],[500003.9,0],[500003.9,4],[500000,4],[500000,0]
B S [500004,0],[500009,0],[500009,4],[500004,4],[500004,0]
EOF
}

@test "exact layers pass, whatever the order of rows" {
    run -0 grid-coverage -p top.geojson good.geojson -c code -P up
    [[ $output == *"2 units, 1 of 1 parents tiled exactly, 0 residual edges, 0 defects"* ]]
    run -0 --separate-stderr grid-coverage -p top.geojson good.geojson --json
    [ "$(jq -r '.levels[1].parents_exact' <<<"$output")" = 1 ]
}

@test "defects are named with units, area and place; exit code 1" {
    run -1 --separate-stderr grid-coverage -p top.geojson bad.geojson -c code --json
    echo "$output" >report.json
    # The two units also have vertices on the parent's outline that it lacks.
    [ "$(jq -r '[.defects[].kind] | unique | join(" ")' report.json)" = "outside_parent parent_uncovered vertex_mismatch" ]
    jq -e '.defects[] | select(.kind == "parent_uncovered") | (.area_m2 - 0.4 | fabs) < 1e-9 and .severity == "sliver" and .units == ["A","B"]' report.json
    jq -e '.defects[] | select(.kind == "outside_parent") | .area_m2 == 4 and .severity == "real" and .kind_zh == "越界" and .parent == "S" and .lon_deg > 100' report.json
}

@test "rows in another order and other threads give the same bytes" {
    mkdir turned
    jq '.features |= reverse' bad.geojson >turned/bad.geojson
    grid-coverage -p top.geojson bad.geojson -c code --json -j1 >a.json || true
    grid-coverage -p top.geojson turned/bad.geojson -c code --json -j2 | sed "s:turned/::" >b.json || true
    diff a.json b.json
}

@test "defects become layers, SARIF and JUnit" {
    run -1 grid-coverage -p top.geojson bad.geojson -c code -d d.gpkg --sarif d.sarif --junit d.xml
    ogrinfo -so d.gpkg defect_areas | grep -q 'Feature Count: 2'
    [ "$(jq -r '[.runs[0].results[] | select(.level == "error")] | length' d.sarif)" = 1 ]
    [ "$(jq -r '.runs[0].results[0].ruleId' d.sarif)" = parent_uncovered ]
    xmllint --noout d.xml 2>/dev/null || grep -q '<failure' d.xml
    run -4 grid-coverage -p top.geojson bad.geojson -c code -d d.gpkg
    [[ $output == *"--overwrite"* ]]
}

@test "a SARIF report names rules, files and units as the standard wants them" {
    mkdir "a b"
    cp bad.geojson "a b/坏.geojson"
    printf 'unit,level,measure,min,max\n,坏,count,9,9\n' >roster.csv
    run -1 grid-coverage -p top.geojson "a b/坏.geojson" -c code --sarif d.sarif --expect roster.csv
    jq -e '.version == "2.1.0" and (.["$schema"] | test("sarif-2.1.0")) and
        (.runs | length == 1) and .runs[0].tool.driver.name == "grid-coverage"' d.sarif
    jq -e '.runs[0] as $run | $run.results | length > 3 and all(
        .ruleId == $run.tool.driver.rules[.ruleIndex].id and (.message.text | length > 0) and
        (.level | IN("note", "warning", "error")) and (has("baselineState") | not) and
        (.locations[0].physicalLocation.artifactLocation.uri | test("^[!-~]+$")) and
        (.locations[0].logicalLocations[0].name | length > 0))' d.sarif
    jq -e '[.runs[0].results[] | .locations[0].physicalLocation.artifactLocation.uri] | unique ==
        ["a%20b/%E5%9D%8F.geojson", "roster.csv"]' d.sarif
    jq -e '.runs[0].results[] | select(.ruleId == "expected-count") | .message.text | test("has 2 units")' d.sarif
    # What is known or waived says so.
    grid-coverage -p top.geojson bad.geojson -c code --json >before.json || true
    jq -r '"id,reason", (.defects[0] | .id + ",known")' before.json >w.csv
    run -0 grid-coverage -p top.geojson bad.geojson -c code --baseline before.json --waive w.csv --sarif known.sarif
    jq -e '[.runs[0].results[].baselineState] | unique == ["unchanged"]' known.sarif
    jq -e '[.runs[0].results[] | select(.suppressions) | .suppressions[0]] == [{"kind":"external","justification":"known"}]' known.sarif
    # The layer's name is no part of the file's.
    ogr2ogr -q bad.gpkg bad.geojson
    run -1 grid-coverage bad.gpkg:bad -p top.geojson --sarif layer.sarif
    jq -e '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri == "bad.gpkg"' layer.sarif
}

@test "a JUnit report counts what failed, the roster's rows among it" {
    printf 'unit,level,measure,min,max\n,bad,count,9,9\nS,bad,count,2,2\n' >roster.csv
    run -1 grid-coverage -p top.geojson bad.geojson -c code --junit d.xml --expect roster.csv
    grep -q '<testsuite name="bad" tests="1" failures="1" errors="0">' d.xml
    grep -q '<testsuite name="expected" tests="1" failures="1" errors="0">' d.xml
    [ "$(grep -c '<testcase' d.xml)" = 3 ]
    [ "$(grep -c '<failure' d.xml)" = 2 ]
    printf 'unit,level,measure,min,max\nS,good,count,2,2\n' >roster.csv
    run -0 grid-coverage -p top.geojson good.geojson -c code --junit e.xml --expect roster.csv
    grep -q '<testsuite name="expected" tests="1" failures="0" errors="0">' e.xml
    [ "$(grep -c '<failure' e.xml)" = 0 ]
}

@test "no defects are a layer of none in every format" {
    for e in gpkg shp geojson csv fgb kml; do
        run -0 grid-coverage -p top.geojson good.geojson -c code -d $e.$e
        [ -s $e.$e ]
    done
    [ "$(ogrinfo -so -al fgb.fgb | grep 'Feature Count')" = "Feature Count: 0" ]
}

@test "what a format cannot hold is told by its row" {
    sed 's/500004,4/1e400,4/' good.geojson >inf.geojson
    run -4 grid-coverage inf.geojson -c code --fix -o inf.gpkg
    [[ $output == *"inf.gpkg: row 1 has an infinite coordinate"* && ! -e inf.gpkg ]]
}

@test "defect layers are styled by severity" {
    for f in d.gpkg d.shp e.geojson; do run -1 grid-coverage -p top.geojson bad.geojson -c code -d $f; done
    [ "$(ogrinfo -q -sql "SELECT f_table_name, styleQML FROM layer_styles" d.gpkg | grep -c '<qgis ')" = 3 ]
    for severity in real sliver rounding; do
        grep -q "value=\"$severity\"" d.qml
        grep -q "value=\"$severity\"" d_lines.qml
    done
    grep -q 'attr="severity"' d.qml
    ogrinfo -so d.shp d | grep -q 'severity: String'
    grep -q 'class="SimpleFill"' d.qml
    cmp d.qml e.qml
    grep -q 'class="SimpleLine"' d_lines.qml
}

@test "a shapefile names as many units as fit, and how many more there are" {
    for i in $(seq 0 59); do
        awk -v i="$i" 'BEGIN { pi = atan2(0, -1); n = 60; j = (i + 1) % n
            split(i " " j " " j " " i, at); split("10 10 20 20", r); out = ""
            for (k = 1; k <= 5; k++) { m = (k - 1) % 4 + 1; t = 2 * pi * at[m] / n
                out = out sprintf("%s[%.3f,%.3f]", k > 1 ? "," : "", 500000 + r[m] * cos(t), 3700000 + r[m] * sin(t)) }
            printf "4104820010%05d - %s\n", i, out }'
    done | layer star.geojson
    run -1 grid-coverage star.geojson -c code -d star_gap.shp
    units=$(ogrinfo -al -q star_gap.shp | sed -n 's/.*units (String) = //p')
    [[ $units == "410482001000000 410482001000001 "*" +"?? ]]
    [ $((${units##*+} + $(wc -w <<<"${units% +*}"))) = 60 ]
    ogrinfo -al -q star_gap.shp | grep -q 'n_units (Integer.*) = 60'
}

@test "a waiver's date is one, its area may have another CRS" {
    ids=$(grid-coverage -p top.geojson bad.geojson -c code --json | jq -r '.defects[].id')
    for date in 2999/01/01 31.12.2999 29990101 2999-13-01 2999-01-32 2999-00-10 2999-02-30 soon; do
        { echo id,reason,expires; for id in $ids; do echo "$id,known,$date"; done; } >w.csv
        run -3 grid-coverage -p top.geojson bad.geojson -c code --waive w.csv
        [[ $output == *"no date"*"2027-01-31"* ]]
    done
    # The day itself still counts.
    { echo id,reason,expires; for id in $ids; do echo "$id,known,2026-05-01"; done; } >w.csv
    SOURCE_DATE_EPOCH=$(date -ud 2026-05-01 +%s) run -0 grid-coverage -p top.geojson bad.geojson -c code --waive w.csv
    SOURCE_DATE_EPOCH=$(date -ud 2026-05-02 +%s) run -1 grid-coverage -p top.geojson bad.geojson -c code --waive w.csv
    layer area.geojson <<<'lake S [499990,-9],[500020,-9],[500020,9],[499990,9],[499990,-9]'
    ogr2ogr -q area.gpkg area.geojson -t_srs EPSG:4490 -dialect SQLITE -sql \
        "SELECT geometry, 'lake' AS reason FROM area"
    run -0 grid-coverage -p top.geojson bad.geojson -c code --waive area.gpkg
}

@test "the README's pipeline step and hook do what they say" {
    part_of_town part.gpkg
    code_is "0 1" grid-partition --street part.gpkg:streets --community part.gpkg:communities \
        --households part.gpkg:buildings --barriers part.gpkg:roads -q -o town.sqlite
    echo id,reason,expires >waivers.csv
    printf 'unit,level,measure,min,max\n410482003,grid,count,1,999\n' >roster.csv
    step=$(sed -n '/^grid-coverage town.sqlite --since/,/^```/p' "$GRID_SOURCE/README.md" | sed '/^```/d')
    [[ $step == *"--since"*"--junit"* ]]
    run -0 bash -c "$step" # nothing proved yet
    [[ $output == *"everything is checked"* ]]
    run -0 bash -c "$step"
    [[ $output != *"everything is checked"* ]]
    [ -s seams.xml ] && [ -s seams.sarif ] && [ -s seams.gpkg ] && [ -s seams.json ]
    cp town.sqlite second.sqlite
    sqlite3 second.sqlite "SELECT load_extension('mod_spatialite');
        UPDATE units SET geometry = CastToMulti(ST_Buffer(geometry, -1)) WHERE code = '410482003002001'" >/dev/null
    entry=$(sed -n 's/^ *entry: //p' "$GRID_SOURCE/README.md")
    run -0 bash -c "$entry town.sqlite town.sqlite"
    run -1 bash -c "$entry town.sqlite second.sqlite"
    [[ $output == *"parent_uncovered"* || $output == *"gap"* ]]
}

@test "severity, waivers and a baseline decide what counts" {
    layer sliver.geojson <<'EOF'
A S [500000,0],[500003.9,0],[500003.9,4],[500000,4],[500000,0]
B S [500004,0],[500008,0],[500008,4],[500004,4],[500004,0]
EOF
    run -1 grid-coverage -p top.geojson sliver.geojson -c code
    run -0 grid-coverage -p top.geojson sliver.geojson -c code --fail-on real
    run -1 --separate-stderr grid-coverage -p top.geojson sliver.geojson -c code --json
    echo "$output" >before.json
    run -0 grid-coverage -p top.geojson sliver.geojson -c code --baseline before.json
    id=$(jq -r '.defects[0].id' before.json)
    { echo id,reason,expires; jq -r '.defects[] | .id + ",known since 2020,2999-01-01"' before.json; } >w.csv
    run -0 grid-coverage -p top.geojson sliver.geojson -c code --waive w.csv
    [[ $output == *"waived"* ]]
    printf 'id,reason,expires\n%s,known since 2020,2001-01-01\n' "$id" >w.csv
    run -1 grid-coverage -p top.geojson sliver.geojson -c code --waive w.csv
    [[ $output == *"expired on 2001-01-01"* ]]
    printf 'id,reason\n%s,\n' "$id" >w.csv
    run -3 grid-coverage -p top.geojson sliver.geojson -c code --waive w.csv
    [[ $output == *"needs a reason"* ]]
}

@test "repair keeps attributes, passes the check and changes nothing the second time" {
    run -0 grid-coverage -p top.geojson bad.geojson -c code --fix-all -o fixed.gpkg
    # The units now meet on the parent's outline, which got a vertex there.
    run -0 grid-coverage -p fixed.gpkg:top fixed.gpkg:bad -c code
    [ "$(ogrinfo -al -q fixed.gpkg bad | grep -c 'rank (Integer')" = 2 ]
    run -0 grid-coverage -p fixed.gpkg:top fixed.gpkg:bad -c code --fix-all -o again.gpkg
    [[ $output == *"0 units were repaired"* ]]
    # What is wider than the tolerance is suggested, not done.
    run -1 grid-coverage -p top.geojson bad.geojson -c code --fix -t 0.05 -o narrow.gpkg
    [[ $output == *"suggested bad B: area 20 -> 16"* && $output == *"would be repaired by --fix-all"* ]]
    run -1 --separate-stderr grid-coverage -p top.geojson bad.geojson -c code --fix -t 0.05 -o narrow2.gpkg --json
    jq -e '[.suggested[].unit] | contains(["B"])' <<<"$output"
    run -2 grid-coverage -p top.geojson bad.geojson --fix
    [[ $output == *"never changes its input"* ]]
    # What changed is told in square metres, of degrees too.
    layer over.geojson <<'EOF'
A S [500000,0],[500004.1,0],[500004.1,4],[500000,4],[500000,0]
B S [500004,0],[500008,0],[500008,4],[500004,4],[500004,0]
EOF
    run -0 grid-coverage over.geojson -c code --fix -o m.gpkg
    [[ $output == *" m2 (-0.4)"* ]]
    ogr2ogr -q -t_srs EPSG:4490 deg.gpkg over.geojson
    run -0 --separate-stderr grid-coverage deg.gpkg -c code --fix -o out.gpkg --json
    jq -e '[.repaired[] | .area_after_m2 - .area_before_m2] | add | (. + 0.4 | fabs) < 0.01' <<<"$output"
}

@test "in degrees, widths are metres whatever their direction" {
    # At 45 degrees north: 0.45 m from west to east, and 0.55 m from south to north.
    layer degrees.geojson <<'EOF'
A S [120,45],[120.01,45],[120.01,45.01],[120,45.01],[120,45]
B S [120.009994293,45],[120.02,45],[120.02,45.01],[120.009994293,45.01],[120.009994293,45]
C S [120,45.009995051],[120.005,45.009995051],[120.005,45.02],[120,45.02],[120,45.009995051]
EOF
    sed -i 's/EPSG::4547/EPSG::4490/' degrees.geojson
    run -1 --separate-stderr grid-coverage degrees.geojson -c code --json
    width() { jq -r --arg u "$1" --arg s "$2" '.defects[] | select(.kind == "overlap" and .units[1] == $u and .severity == $s) | .width_m' <<<"$output"; }
    jq -en "$(width B sliver) - 0.45 | fabs < 0.002"
    jq -en "$(width C real) - 0.55 | fabs < 0.002"
    # Repair draws the line where the report does.
    run -1 --separate-stderr grid-coverage degrees.geojson -c code --fix -o half.gpkg --json
    [ "$(jq -r '[.defects[] | select(.kind == "overlap") | .units | join("-")] | join(" ")' <<<"$output")" = A-C ]
}

@test "repair keeps the types of fields and their nulls" {
    layer fields.geojson <<'EOF'
A S [500000,0],[500004,0],[500004,4],[500000,4],[500000,0]
B S [500004,0],[500008,0],[500008,4],[500003.9,4],[500004,0]
EOF
    jq '.features[0].properties += {day: "2020-01-02", at: "2020-01-02T08:30:00Z", ok: true, n: 123456789012, r: 1.5} |
        .features[1].properties += {day: null, at: null, ok: null, n: null, r: null}' fields.geojson >typed.geojson
    ogr2ogr -q in.gpkg typed.geojson -nln typed
    run -0 grid-coverage in.gpkg -c code --fix -o out.gpkg
    [[ $output == *" units were repaired"* ]]
    types() { ogrinfo -so "$1" typed | sed -n '/^code:/,$p'; }
    [[ $(types in.gpkg) == *"day: Date "*"at: DateTime "*"ok: Integer(Boolean) "* ]]
    diff <(types in.gpkg | sed 's/Integer (/Integer64 (/') <(types out.gpkg)
    diff <(ogr2ogr -f CSV /vsistdout/ in.gpkg) <(ogr2ogr -f CSV /vsistdout/ out.gpkg)
    run -0 grid-coverage in.gpkg -c code --fix -o out.shp
    ogrinfo -so out.shp out | grep -q '^day: Date'
    ogrinfo -al -q out.shp | grep -q 'day (Date) = 2020/01/02'
}

@test "zone prefixes and other CRSs are refused, not compared" {
    sed 's/\[500/[38500/g' good.geojson >zoned.geojson
    run -3 grid-coverage -p top.geojson zoned.geojson
    [[ $output == *"zone 38"* ]]
    # Also where a wild coordinate hides it, and within one layer.
    sed '/"A"/!s/\[500/[38500/g' good.geojson >mixed.geojson
    run -3 grid-coverage mixed.geojson
    [[ $output == *"begin with a zone, others do not"* ]]
    jq -c '.features += [.features[0] | .properties.code = "W" | .geometry.coordinates[0][1][0] = 1e90]' \
        zoned.geojson >wild.geojson
    run -3 grid-coverage -p top.geojson wild.geojson
    [[ $output == *"zone 38"* ]]
    sed 's/EPSG::4547/EPSG::32650/' good.geojson >utm.geojson
    run -3 grid-coverage -p top.geojson utm.geojson
    [[ $output == *"another CRS"* ]]
}

@test "a lattice makes near coordinates equal, and is said" {
    sed 's/500004,4/500004.0000004,4/' good.geojson >near.geojson
    run -1 grid-coverage -p top.geojson near.geojson
    run -0 grid-coverage -p top.geojson near.geojson --lattice 0.001m
    [[ $output == *"the verdict is about them"* ]]
    run -0 --separate-stderr grid-coverage -p top.geojson near.geojson --lattice 1mm --json
    [ "$(jq .lattice_m <<<"$output")" = 0.001 ]
}

@test "codes: duplicates, parents that do not exist or are wrong" {
    layer codes.geojson <<'EOF'
A S [500000,0],[500004,0],[500004,4],[500000,4],[500000,0]
A X [500004,0],[500008,0],[500008,4],[500004,4],[500004,0]
EOF
    run -1 grid-coverage -p top.geojson codes.geojson -c code -P up
    [[ $output == *"code_duplicate"* && $output == *"missing_parent"* && $output == *"lies in S"* ]]
    [[ $output != *"uncovered"* ]]
}

@test "buildings lie within units without tiling them" {
    layer houses.geojson <<'EOF'
h1 A [500001,1],[500002,1],[500002,2],[500001,2],[500001,1]
h2 A [500003,1],[500005,1],[500005,2],[500003,2],[500003,1]
h3 B [500006,1],[500007,1],[500007,2],[500006,2],[500006,1]
h4 B [500006.5,1],[500007.5,1],[500007.5,2],[500006.5,2],[500006.5,1]
EOF
    run -1 --separate-stderr grid-coverage -p top.geojson good.geojson -w houses.geojson -c code -P up --json
    [ "$(jq -r '.defects | map(.kind + " " + (.units | join("+")) + " " + (.lies_in // "")) | sort | join("; ")' <<<"$output")" = \
        "outside_parent h2 B; overlap h3+h4 " ]
}

@test "broken geometries are findings, not failures" {
    cat >broken.csv <<'EOF'
code,WKT
A,"POLYGON ((500000 0,500004 0,500004 4,500000 4))"
B,"POLYGON ((500004 0,500008 0,500008 4,500004 4,500004 0,500004 0))"
C,POLYGON EMPTY
D,"POLYGON ((500004 1,500006 3,500006 1,500004 3,500004 1))"
EOF
    run -1 grid-coverage broken.csv -c code --src-crs EPSG:4547
    [[ $output == *"unclosed"* && $output == *"empty"* && $output == *"self_intersection"* ]]
    # An open ring is closed by a repair, for good.
    sed -i -e '/^C/d' -e '/^D/d' broken.csv
    run -0 grid-coverage broken.csv -c code --src-crs EPSG:4547 --fix -o closed.gpkg
    [[ $output == *"repaired broken A"* && $output == *"0 defects"* ]]
    run -0 grid-coverage closed.gpkg -c code --fix -o again.gpkg
    [[ $output == *"0 units were repaired"* ]]
}

@test "points, missing layers and fields are said" {
    echo '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}]}' >p.geojson
    run -3 grid-coverage p.geojson
    [[ $output == *"areas are needed"* ]]
    run -3 grid-coverage nothing.gpkg
    run -3 grid-coverage good.geojson -c cod
    [[ $output == *"code"* ]]
    run -2 grid-coverage good.geojson --fail-on grave
    run -2 grid-coverage good.geojson --tolerence 1
    [[ $output == *"tolerance"* ]]
}

@test "a full disk is an error" {
    run -4 bash -c 'grid-coverage -p top.geojson good.geojson >/dev/full'
}

@test "a grid database: every level, digests, expectations" {
    need "$town"
    code_is "0 1" grid-partition --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" -q -o town.sqlite || skip "the sample has other layers"
    run -0 grid-coverage town.sqlite --record --digests d.json
    run -0 grid-coverage town.sqlite --since town.sqlite
    run -0 grid-coverage town.sqlite --since d.json
    [[ $output == *"36 of 36 parents have not changed since d.json"* ]]
    run -0 --separate-stderr grid-coverage town.sqlite --json
    echo "$output" >report.json
    run -3 grid-coverage town.sqlite --since report.json
    [[ $output == *"no file of grid-coverage --digests"* ]]
    # What was proved stands beside what was not: the reports are those of a full check.
    jq '.grid |= del(.[keys[0]])' d.json >partial.json
    run -0 grid-coverage town.sqlite --since partial.json --digests again.json
    [[ $output == *"35 of 36 parents"* ]]
    [[ $output == *"32 of 32 parents tiled exactly"* ]]
    cmp d.json again.json
    cp town.sqlite edited.sqlite
    sqlite3 edited.sqlite "SELECT load_extension('mod_spatialite'); UPDATE units SET
        geometry = CastToMulti(ST_Buffer(geometry, -0.1)) WHERE code = (SELECT max(code) FROM units WHERE level = 3)" >/dev/null
    grid-coverage edited.sqlite --json >full.json || true
    grid-coverage edited.sqlite --since d.json --json >since.json || true
    cmp full.json since.json
    n=$(ask town.sqlite "SELECT count(*) FROM units WHERE level = 1")
    level=$(ask town.sqlite "SELECT name FROM levels WHERE level = 1")
    printf 'unit,level,measure,min,max\n,%s,count,%s,%s\n' "$level" "$n" "$n" >roster.csv
    run -0 grid-coverage town.sqlite --expect roster.csv
    printf 'unit,level,measure,min,max\n,%s,count,999,999\n' "$level" >roster.csv
    run -1 grid-coverage town.sqlite --expect roster.csv
    [[ $output == *"expected 999"* ]]
}

@test "a roster may mean one kind of units, and has bounds that can hold" {
    jq -c '.features |= (.[0].properties.kind = "grid" | .[1].properties.kind = "extended")' good.geojson >kinds.geojson
    printf 'unit,level,measure,min,max,kind\nS,kinds,count,1,1,grid\n,kinds,rank,1,,grid\nS,kinds,count,2,2,\n' >roster.csv
    run -0 grid-coverage -p top.geojson kinds.geojson -c code --expect roster.csv
    printf 'unit,level,measure,min,max,kind\nS,kinds,count,2,,grid\n' >roster.csv
    run -1 grid-coverage -p top.geojson kinds.geojson -c code --expect roster.csv
    [[ $output == *"S has 1 units of level kinds and kind grid, expected at least 2"* ]]
    printf 'unit,level,measure,min,max\nS,kinds,count,3,2\n' >roster.csv
    run -3 grid-coverage -p top.geojson kinds.geojson -c code --expect roster.csv
    [[ $output == *"min 3 is larger than max 2"* ]]
    printf 'unit,level,measure,min,max\nS,kind,count,3,3\n' >roster.csv
    run -3 grid-coverage -p top.geojson kinds.geojson -c code --expect roster.csv
    [[ $output == *"hint: levels are top, kinds"* ]]
}

@test "what cannot be written in the end is refused before the work" {
    touch there.gpkg
    for option in "--fix -o" --defects --sarif --junit --digests; do
        run -4 --separate-stderr grid-coverage -p top.geojson bad.geojson $option there.gpkg
        [[ -z $output && $stderr == *"there.gpkg: exists already"* ]]
        run -4 grid-coverage -p top.geojson bad.geojson $option none/there.gpkg
    done
    run -2 grid-coverage -p top.geojson bad.geojson --sarif one --junit one
    [[ $output == *"one: two outputs cannot be one file"* && ! -e one ]]
    run -2 grid-coverage good.geojson --tolerance -1
    run -2 grid-coverage good.geojson --lattice -1
}

@test "units without codes are said to be called by their numbers" {
    run -1 --separate-stderr grid-coverage -p top.geojson bad.geojson
    [[ $stderr == *"units of bad are called by their numbers; --code-field"* ]]
    [[ $output == *"top: 1 unit, 0 defects"* ]]
    run -1 --separate-stderr grid-coverage -p top.geojson bad.geojson -c code
    [[ $stderr != *"units of bad"* ]]
}

@test "real dirty layers: listed, repaired, exact" {
    need "$cambridge"
    run -1 --separate-stderr grid-coverage "$cambridge:zipcodes_dirty" -c ZIP_CODE --json
    [ "$(jq '[.defects[] | select(.kind == "overlap") | .area_m2] | add | round' <<<"$output")" = 5102 ]
    for l in adj_blocks2020_clean adj_blocks2010_clean wards_precincts33 police_response_districts; do
        run -0 grid-coverage "$cambridge:$l"
    done
    run -0 grid-coverage -p "$cambridge:city_boundary" "$cambridge:neighborhoods13" --fix -t 1m -o n.gpkg
    run -0 grid-coverage -p n.gpkg:city_boundary n.gpkg:neighborhoods13
    run -0 grid-coverage "$cambridge:blockgroups2020_dirty" -c GEOID20 --fix-all -o b.gpkg
    run -0 grid-coverage b.gpkg -c GEOID20
    # A second repair finds nothing to do, and no vertex moved: those there are were there, or lie
    # where lines cross.
    run -0 grid-coverage -p n.gpkg:city_boundary n.gpkg:neighborhoods13 --fix -t 1m -o n2.gpkg
    [[ $output == *"0 units were repaired"* ]]
    run -0 grid-coverage b.gpkg -c GEOID20 --fix-all -o b2.gpkg
    [[ $output == *"0 units were repaired"* ]]
    vertices() { ogr2ogr -f CSV /vsistdout/ "$1" "$2" -lco GEOMETRY=AS_WKT -lco SEPARATOR=TAB | tr -d '"()' | grep -o '[0-9.]* [0-9.]*' | sort -u; }
    vertices "$cambridge" blockgroups2020_dirty >old
    vertices b.gpkg blockgroups2020_dirty >new
    [ "$(comm -13 old new | wc -l)" -lt 100 ]
    [ "$(comm -12 old new | wc -l)" -gt 2800 ]
}

@test "a repaired database is whole: cells, borders and certificates follow the units" {
    part_of_town part.gpkg
    code_is "0 1" grid-partition --street part.gpkg:streets --community part.gpkg:communities \
        --households part.gpkg:buildings --barriers part.gpkg:roads -q -o sound.sqlite
    cp sound.sqlite bad.sqlite
    # One grid shrinks by 10 cm, another grows by as much, a third is drawn twice as large a bit off.
    sqlite3 bad.sqlite "SELECT load_extension('mod_spatialite');
        UPDATE units SET geometry = CastToMulti(ST_Buffer(geometry, -0.1)) WHERE code = '410482003002001';
        UPDATE units SET geometry = CastToMulti(ST_Buffer(geometry, 0.1)) WHERE code = '410482003004002';
        UPDATE units SET geometry = CastToMulti(ST_Translate(geometry, 0.05, 0.02, 0))
        WHERE code = '410482003006001';" >/dev/null
    run -1 grid-coverage bad.sqlite
    run -0 grid-coverage bad.sqlite --fix -t 1m -o good.sqlite
    run -0 grid-coverage good.sqlite
    # Nobody got lost, and the cells tile their units.
    for db in sound good; do
        ask $db.sqlite "SELECT sum(households), sum(persons), count(DISTINCT unit_code) FROM cells" >$db.sums
        ask $db.sqlite "SELECT CAST(round(sum(length_m) / 50) AS INTEGER), class FROM borders GROUP BY class" >$db.borders
    done
    cmp sound.sums good.sums
    [ "$(ask good.sqlite "SELECT count(*) FROM (SELECT abs(sum(ST_Area(c.geometry)) - ST_Area(u.geometry)) AS d
        FROM cells c JOIN units u ON u.code = c.unit_code GROUP BY u.code) WHERE d > 0.1")" = 0 ]
    [ "$(ask good.sqlite "SELECT count(*) FROM units WHERE abs(area_m2 - ST_Area(geometry)) > 1e-6")" = 0 ]
    # Every unit's border is there all round, in both directions taken together.
    [ "$(ask good.sqlite "SELECT count(*) FROM (SELECT u.code, ST_Perimeter(u.geometry) AS p,
        (SELECT sum(length_m) FROM borders WHERE u.code IN (left_code, right_code)) AS b
        FROM units u WHERE level = 3) WHERE abs(p - b) > 0.5 OR b IS NULL")" = 0 ]
    # No class of border came or went.
    [ "$(cut -d'|' -f2 sound.borders)" = "$(cut -d'|' -f2 good.borders)" ]
    # What was proved is recorded, and the next update starts from it.
    [ "$(sqlite3 good.sqlite "SELECT value FROM meta WHERE key = 'certificates'" | jq '.grid | length')" = 9 ]
    run grid-partition --update good.sqlite --street part.gpkg:streets --community part.gpkg:communities \
        --households part.gpkg:buildings --barriers part.gpkg:roads -o updated.sqlite
    [[ $output == *"update: 0.00 % of the households changed grids"* ]]
    # A second repair changes nothing, in no table.
    run -0 grid-coverage good.sqlite --fix -t 1m -o again.sqlite
    [[ $output == *"0 units were repaired"* ]]
    for db in good again; do sqlite3 $db.sqlite "SELECT * FROM cells; SELECT * FROM borders; SELECT * FROM units" >$db.rows; done
    cmp good.rows again.rows
}
