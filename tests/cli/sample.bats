#!/usr/bin/env bats
# The generator of the sample town: the committed sample is what it draws.

setup() {
    town=$GRID_BIN/make-town
    sample=$GRID_SOURCE/data/sample
    cd "$BATS_TEST_TMPDIR"
}

# The first 100 bytes of an SQLite file name the version that wrote it.
same_database() {
    cmp <(tail -c +101 "$1") <(tail -c +101 "$2")
}

@test "the committed sample is what make-town draws, to the byte" {
    "$town" out
    cmp out/points.csv "$sample/points.csv"
    same_database out/town.gpkg "$sample/town.gpkg"
}

@test "another seed draws another town" {
    "$town" --seed 2 out
    run cmp -s out/points.csv "$sample/points.csv"
    [ "$status" -eq 1 ]
}

@test "the sample stays small" {
    [ "$(cat "$sample"/* | wc -c)" -le 5000000 ]
}

@test "points.csv: 10,000 rows and the bad ones the README counts" {
    [ "$(tail -n +2 "$sample/points.csv" | wc -l)" -eq 10000 ]
    odd=$(tail -n +2 "$sample/points.csv" |
        grep -cvE '^[0-9]+,P[0-9]+,[-0-9T:]+,112\.8[0-9]{5},34\.1[0-9]{5}$') || true
    [ "$odd" -eq 10 ]
}

@test "existing output is kept unless --overwrite is given" {
    "$town" out
    before=$(cksum out/*)
    run "$town" --seed 3 out
    [ "$status" -eq 4 ]
    [ "$(cksum out/*)" = "$before" ]
    "$town" --seed 3 --overwrite out
    [ "$(cksum out/*)" != "$before" ]
}

@test "--buildings gives a town of about that size" {
    for wanted in 5000 30000; do
        "$town" --buildings $wanted --overwrite --verbose out 2>messages
        got=$(sed -n 's/.* blocks, \([0-9]*\) buildings.*/\1/p' messages)
        ((got > wanted * 7 / 10 && got < wanted * 13 / 10))
    done
}

@test "a wrong option is a usage error" {
    run "$town" --no-such-thing out
    [ "$status" -eq 2 ]
    run "$town"
    [ "$status" -eq 2 ]
}
