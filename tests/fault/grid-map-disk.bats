#!/usr/bin/env bats
# A full disk and an interrupted run leave nothing behind, whatever is written.

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    local town=$GRID_SOURCE/data/sample/town.gpkg
    "$GRID_BIN/grid-partition" -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" -o town.sqlite >partition.txt || [ $? = 1 ]
    mkdir small
    mount -t tmpfs -o size=60k tmpfs small 2>/dev/null || true
}

teardown_file() { umount "$BATS_FILE_TMPDIR/small" 2>/dev/null || true; }

@test "a full disk: exit code 4, the file's own name in the message, nothing left" {
    cd "$BATS_FILE_TMPDIR"
    mountpoint -q small || skip "a small file system needs root"
    for out in a.pdf a.svg a.png a.html a.dxf a.gpkg a.geojson maps/; do
        run "$GRID_BIN/grid-map" -q town.sqlite -o "small/$out"
        echo "$out: $status $output"
        [ "$status" -eq 4 ]
        [[ "$output" != *tmp* && "$output" != *"/."* ]]
        [ -z "$(ls -A small)" ]
    done
}

@test "an interrupted run says so and leaves nothing" {
    cd "$BATS_FILE_TMPDIR"
    mkdir -p interrupted
    "$GRID_BIN/grid-map" town.sqlite -o interrupted/atlas.pdf --sheets grid 2>said.txt &
    local process=$!
    for _ in $(seq 200); do # until it is drawing
        [ -n "$(ls -A interrupted)" ] && break
        sleep .05
    done
    kill -INT $process || skip "it was done before it could be interrupted"
    local code=0
    wait $process || code=$?
    [ "$code" -eq 130 ] || { cat said.txt; false; }
    [ -z "$(ls -A interrupted)" ]
}
