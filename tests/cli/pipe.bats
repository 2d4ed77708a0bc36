# The tools in one pipe, as in the README.

bats_require_minimum_version 1.5.0
load helpers

@test "what grid-locate answers goes straight into component-import" {
    cd "$BATS_TEST_TMPDIR"
    code_is "0 1" grid-partition -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" -o town.sqlite
    ogr2ogr -q -f CSV -lco GEOMETRY=AS_XY -t_srs EPSG:4326 -select name lamps.csv "$town" trees
    { echo "lon,lat,class"; tail -n +2 lamps.csv | head -100 | cut -d, -f1-2 | sed 's/$/,路灯/'; } >in.csv
    grid-locate -g town.sqlite in.csv 2>/dev/null >located.csv
    [ "$(wc -l <located.csv)" = 101 ]
    component-import -g town.sqlite - <located.csv
    [ "$(ask town.sqlite "SELECT count(*) FROM components WHERE unit_code <> '' AND coalesce(status, '') = ''")" = 100 ]
    # Each in the grid that grid-locate said.
    ask town.sqlite "SELECT unit_code FROM components" | sort >imported
    tail -n +2 located.csv | cut -d, -f4 | sort | diff - imported
}
