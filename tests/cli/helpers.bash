# Shared by the bats files: where the tools and the inputs are, and a few questions to a database.

export PATH="$GRID_BIN:$PATH"
town="$GRID_SOURCE/data/sample/town.gpkg"
chiayi="$GRID_SHARED/data/chiayi/chiayi.gpkg"
cambridge="$GRID_SHARED/data/cambridge/cambridge.gpkg"

need() { # FILE: skips the test where the file is not there
    [ -e "$1" ] || skip "$(basename "$1") is not here"
}

# For tests that run what others run already, again and again, to compare the outputs.
only_plain() {
    [ -z "$GRID_SANITIZE" ] || skip "it has nothing new for a sanitizer"
}

# The exit code of a command is one of those given: code_is "0 1" command...
code_is() {
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    [[ " $wanted " == *" $code "* ]] || { echo "exit code $code of: $*" >&2; return 1; }
}

ask() { # DATABASE SQL: the answer, with SpatiaLite's functions
    sqlite3 -readonly "$1" "SELECT load_extension('mod_spatialite');" "$2" | tail -n +2
}

# One street of the sample town with its communities, buildings and roads: divided in a moment.
part_of_town() { # OUTPUT.gpkg
    local layer
    for layer in streets communities; do
        ogr2ogr -q -f GPKG -update -append "$1" "$town" $layer -where "code LIKE '410482003%'"
    done
    ogr2ogr -q -f GPKG -update -append "$1" "$town" -nln buildings -dialect SQLITE -sql \
        "SELECT b.* FROM buildings b, streets s
         WHERE s.code = '410482003' AND ST_Intersects(b.geom, s.geom)" 2>/dev/null
    ogr2ogr -q -f GPKG -update -append "$1" "$town" roads -spat 391000 3779000 395000 3782000
}
