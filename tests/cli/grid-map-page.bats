#!/usr/bin/env bats
bats_require_minimum_version 1.5.0
# The web page of grid-map in a real browser.

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    local town=$GRID_SOURCE/data/sample/town.gpkg
    "$GRID_BIN/grid-partition" -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" -o town.sqlite >partition.txt || [ $? = 1 ]
    "$GRID_BIN/grid-map" -q town.sqlite -o town.html --roads "$town:roads" --buildings "$town:buildings" \
        --date 2026-01-01 --source "made up"
}

setup() { cd "$BATS_FILE_TMPDIR"; }

@test "the page is one file, small, valid JSON inside, and the same every time" {
    [ "$(stat -c %s town.html)" -lt 2000000 ]
    ! grep -qE '(src|href)="?(https?:)?//' town.html
    sed -n '/id="data">/,/^<\/script>/p' town.html | sed '1d;$d' | jq -e '.levels | length == 3' >/dev/null
    local town=$GRID_SOURCE/data/sample/town.gpkg
    "$GRID_BIN/grid-map" -q town.sqlite -o again.html --roads "$town:roads" --buildings "$town:buildings" \
        --date 2026-01-01 --source "made up"
    cmp town.html again.html
}

@test "simplified borders keep every grid and say so" {
    run "$GRID_BIN/grid-map" town.sqlite -o small.html --simplify 50
    [ "$status" -eq 0 ]
    [[ "$output" == *"vertices"* ]]
    [ "$(stat -c %s small.html)" -lt "$(stat -c %s town.html)" ]
    run "$GRID_BIN/grid-map" town.sqlite -o bad.html --simplify much
    [ "$status" -eq 2 ]
    [ ! -e bad.html ]
}

data_of() { sed -n '/id="data">/,/^<\/script>/p' "$1" | sed '1d;$d'; }

@test "what grid-coverage would find is a layer of the page" {
    data_of town.html | jq -e '.defects == []' >/dev/null
    cp town.sqlite broken.sqlite
    sqlite3 broken.sqlite "select load_extension('mod_spatialite')" \
        "update units set geometry = ShiftCoords(geometry, 3, 0) where code = '410482001001003'" >/dev/null
    "$GRID_BIN/grid-map" -q broken.sqlite -o broken.html
    run -1 "$GRID_BIN/grid-coverage" --json -q broken.sqlite
    local wanted
    wanted=$(jq '.defects | length' <<<"$output")
    [ "$wanted" -gt 0 ]
    [ "$(data_of broken.html | jq '.defects | length')" -eq "$wanted" ]
    data_of broken.html | jq -e '[.defects[] | select(.[3] | index("410482001001003"))] | length > 0' >/dev/null
}

@test "in a browser without network: points, click, search, position, layers, table" {
    command -v node npm >/dev/null || skip "node is not installed"
    CHROMIUM=$(command -v chromium chromium-browser google-chrome | head -1) || true
    [ -n "$CHROMIUM" ] || skip "chromium is not installed"
    export CHROMIUM
    local modules=$GRID_BUILD/web
    mkdir -p "$modules"
    cp "$GRID_SOURCE"/tests/web/package*.json "$modules/"
    [ -d "$modules/node_modules/playwright-core" ] ||
        npm ci --silent --prefix "$modules" >/dev/null 2>&1 || skip "playwright-core cannot be fetched"
    head -2001 "$GRID_SOURCE/data/sample/points.csv" >some.csv
    "$GRID_BIN/grid-locate" -q -g town.sqlite some.csv >found.csv || [ $? = 1 ]
    "$GRID_BIN/grid-locate" -q -g town.sqlite --crs gcj02 some.csv >shifted.csv || [ $? = 1 ]
    run node "$GRID_SOURCE/tests/web/page.js" town.html found.csv shifted.csv "$modules" broken.html
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"points agree"* ]]
}
