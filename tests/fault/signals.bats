# Ctrl-C and its kin halfway: exit code 130, and the outputs are as they were before.

bats_require_minimum_version 1.5.0
load ../cli/helpers

# A town that takes seconds to divide.
setup_file() {
    cd "$BATS_FILE_TMPDIR"
    make-town --buildings 30000 --points 1000000 large
}

setup() {
    large=$BATS_FILE_TMPDIR/large/town.gpkg
    mkdir "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work"
}

# Starts a command, sends it a signal after so many seconds; $code is its exit code.
stopped() { # SIGNAL SECONDS COMMAND...
    local signal=$1 seconds=$2
    shift 2
    # A shell without job control starts jobs deaf to SIGINT.
    env --default-signal=INT "$@" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr" &
    local job=$!
    sleep "$seconds"
    kill "-$signal" "$job" 2>/dev/null || true
    code=0
    wait "$job" || code=$?
}

divide_large() { # SIGNAL SECONDS
    stopped "$1" "$2" grid-partition --street "$large:streets" --community "$large:communities" \
        --households "$large:buildings" --barriers "$large:roads" --effort 9 -o out.sqlite
}

@test "a division that is interrupted leaves nothing" {
    for seconds in 0.3 0.8; do
        for signal in INT TERM HUP; do
            divide_large $signal $seconds
            if [ "$code" -le 1 ]; then # a fast machine may be done by then
                rm out.sqlite
            elif [ -s "$BATS_TEST_TMPDIR/stderr" ]; then # a slow one may not have begun
                [ "$code" -eq 130 ]
                grep -q interrupted "$BATS_TEST_TMPDIR/stderr"
            fi
            [ -z "$(ls -A)" ]
        done
    done
}

@test "it stops within two seconds" {
    local begun=$SECONDS
    divide_large INT 0.5
    ((SECONDS - begun <= 3))
}

@test "an interrupted division keeps what --overwrite would have replaced" {
    echo precious >out.sqlite
    stopped INT 0.3 grid-partition --overwrite --street "$large:streets" \
        --community "$large:communities" --households "$large:buildings" \
        --barriers "$large:roads" --effort 9 -o out.sqlite
    if [ "$code" -eq 130 ]; then
        [ "$(cat out.sqlite)" = precious ]
    fi
    [ "$(ls -A)" = out.sqlite ]
}

@test "a killed division leaves no database under the name asked for" {
    divide_large KILL 0.4
    [ "$code" -le 1 ] || [ ! -e out.sqlite ]
}

@test "an import that is interrupted or killed leaves the database whole" {
    grid-partition -q --street "$large:streets" --community "$large:communities" \
        --households "$large:buildings" -o grids.sqlite || [ $? -eq 1 ]
    for seconds in 0.05 0.15 0.3; do
        for signal in INT KILL; do
            stopped $signal $seconds component-import -q -g grids.sqlite "$large:covers"
            [ "$(sqlite3 grids.sqlite "PRAGMA integrity_check")" = ok ]
            [ "$(sqlite3 grids.sqlite "SELECT count(DISTINCT code) = count(*) FROM components")" = 1 ]
        done
    done
    code_is "0 1" component-import -q -g grids.sqlite "$large:covers"
    [ "$(sqlite3 grids.sqlite "SELECT count(*) FROM components")" -gt 1000 ]
}

@test "a lookup that is interrupted prints whole lines only" {
    stopped INT 0.2 grid-locate -q -g "$large:communities" "$BATS_FILE_TMPDIR/large/points.csv"
    [[ $code -le 1 || $code -eq 130 ]]
    [ ! -s "$BATS_TEST_TMPDIR/stdout" ] || [ -z "$(tail -c 1 "$BATS_TEST_TMPDIR/stdout")" ]
}
