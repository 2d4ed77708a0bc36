# component-import under stress: killed at any moment, two at once, full and unwritable disks.

bats_require_minimum_version 1.5.0
load ../cli/helpers

setup_file() {
    export GRIDS="$BATS_FILE_TMPDIR/town.sqlite"
    code_is "0 1" grid-partition -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" --barriers "$town:river" \
        --barriers "$town:railway" --compounds "$town:compounds" --extended "$town:extended" -o "$GRIDS"
    # Two states of an inventory: b lacks some of a, has others, and changed the rest.
    ogr2ogr -q -f GeoJSON "$BATS_FILE_TMPDIR/a.geojson" "$town" -dialect SQLITE -sql \
        "SELECT class, '完好' AS status, 'a' AS note, fid || '' AS local_id, geom FROM trees WHERE fid <= 900"
    ogr2ogr -q -f GeoJSON "$BATS_FILE_TMPDIR/b.geojson" "$town" -dialect SQLITE -sql \
        "SELECT class, '破损' AS status, 'b' AS note, fid || '' AS local_id, geom FROM trees WHERE fid > 300 AND fid <= 1200"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$GRIDS" town.sqlite
    ln -s "$BATS_FILE_TMPDIR"/?.geojson .
}

# $1: a or b. The inventory as it is now.
import() { component-import -q -g town.sqlite --source trees --delete-missing "$1.geojson"; }

# Which of the two states the database is in; the codes given do not matter.
state() {
    ask town.sqlite "SELECT count(*) || ' ' || group_concat(DISTINCT note) || ' ' ||
        sum(local_id) || ' ' || count(DISTINCT unit_code) FROM components"
}

@test "kill -9 at any moment leaves one state or the other" {
    code_is "0 1" import a
    a=$(state)
    start=$(date +%s%N)
    code_is "0 1" import b
    full=$(($(date +%s%N) - start))
    b=$(state)
    [ "$a" != "$b" ]
    local killed=0 next=a
    for ((i = 0; i < ${GRID_KILLS:-40}; i++)); do
        import $next &
        pid=$!
        sleep "$(awk -v f=$full -v r=$RANDOM 'BEGIN { printf "%.4f", f * 1.1 * r / 32768 / 1e9 }')"
        kill -9 $pid 2>/dev/null || true
        wait $pid 2>/dev/null && code=0 || code=$?
        ((code == 137)) && killed=$((killed + 1))
        # The database is read first by a tool that only reads.
        grid-locate -q -g town.sqlite 0 0 >/dev/null 2>&1 || [ $? -eq 1 ]
        now=$(state)
        [ "$now" = "$a" ] || [ "$now" = "$b" ]
        [ "$now" = "$a" ] && next=b || next=a
    done
    echo "killed $killed of $i"
    ((killed > i / 4))
    [ "$(ask town.sqlite "PRAGMA integrity_check")" = ok ]
    [ "$(ask town.sqlite "SELECT CheckSpatialIndex('components', 'geometry')")" = 1 ]
    [ "$(ask town.sqlite "SELECT count(*) - count(DISTINCT code) FROM components")" = 0 ]
}

@test "killed with half of it on disk: whoever opens the database next finds the old state" {
    code_is "0 1" import a
    a=$(state)
    coproc sqlite3 town.sqlite
    echo "PRAGMA cache_size = 5; BEGIN IMMEDIATE; UPDATE cells SET households = 1;
        UPDATE components SET note = 'x'; SELECT 'held';" >&"${COPROC[1]}"
    read -r line <&"${COPROC[0]}"
    [ "$line" = held ]
    kill -9 "$COPROC_PID"
    wait "$COPROC_PID" || true
    [ -s town.sqlite-journal ]
    grid-coverage -q town.sqlite
    [ ! -e town.sqlite-journal ]
    [ "$(state)" = "$a" ]
    [ "$(ask town.sqlite "SELECT sum(households) > 10000 FROM cells")" = 1 ]
}

@test "two imports at once: both arrive, one after the other" {
    component-import -q -g town.sqlite "$town:trees" &
    first=$!
    code_is "0 1" component-import -q -g town.sqlite "$town:lamps"
    code=0
    wait $first || code=$?
    ((code <= 1))
    [ "$(ask town.sqlite "SELECT count(DISTINCT source) FROM components")" = 2 ]
    [ "$(ask town.sqlite "PRAGMA integrity_check")" = ok ]
}

@test "somebody else holds the database: a message, and nothing is changed" {
    before=$(sha256sum <town.sqlite)
    coproc sqlite3 town.sqlite
    echo "BEGIN IMMEDIATE; SELECT 'held';" >&"${COPROC[1]}"
    read -r line <&"${COPROC[0]}"
    [ "$line" = held ]
    run -4 component-import -g town.sqlite "$town:lamps"
    [[ "$output" == *"another program is writing to it"* ]]
    kill "$COPROC_PID"
    [ "$before" = "$(sha256sum <town.sqlite)" ]
}

@test "a failed write of rejects, of the report, an unwritable folder" {
    run -4 component-import -q -g town.sqlite --rejects /nowhere/bad.csv "$town:lamps"
    [ "$(ask town.sqlite "SELECT count(*) FROM components")" = 0 ]
    [ -e /dev/full ] || skip "no /dev/full"
    run -4 bash -c "component-import -q --json -g town.sqlite '$town:lamps' >/dev/full"
}

@test "interrupted: the old state stays" {
    code_is "0 1" import a
    a=$(state)
    import b &
    pid=$!
    sleep 0.05
    kill -INT $pid 2>/dev/null || true
    code=0
    wait $pid || code=$?
    [ "$code" = 130 ] || [ "$code" -le 1 ]
    [ "$code" != 130 ] || [ "$(state)" = "$a" ]
}
