# Input that is not what it should be: a message that names the file and the feature, exit code 3, and
# no output.

bats_require_minimum_version 1.5.0
load ../cli/helpers

setup_file() {
    part_of_town "$BATS_FILE_TMPDIR/part.gpkg"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    cp "$BATS_FILE_TMPDIR/part.gpkg" .
}

# The buildings, but one column as another expression: changed OUT EXPRESSION COLUMN.
changed() {
    local columns=geom,code,households,persons
    ogr2ogr -q -f GPKG "$1" part.gpkg -nln buildings -dialect SQLITE \
        -sql "SELECT ${columns/$3/$2 AS $3} FROM buildings" 2>/dev/null
}

divide() { # HOUSEHOLDS [OPTION...]
    local households=$1
    shift
    grid-partition --street part.gpkg:streets --community part.gpkg:communities \
        --households "$households" --barriers part.gpkg:roads -o out.sqlite "$@"
}

# run -3 with all these words in what it says, and no output: refused WORD... -- COMMAND...
refused() {
    local words=()
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    run -3 "$@"
    for word in "${words[@]}"; do
        [[ $output == *"$word"* ]] || { echo "no '$word' in: $output" >&2; return 1; }
    done
    [ ! -e out.sqlite ]
}

@test "the part of the town that these tests use is sound" {
    run -0 divide part.gpkg:buildings
    run -0 grid-coverage out.sqlite
}

@test "a missing file" {
    refused missing.gpkg "no such file" -- divide missing.gpkg:buildings
    refused missing.gpkg "no such file" -- grid-coverage missing.gpkg
    refused missing.gpkg -- grid-map missing.gpkg -o out.gpkg
    refused missing.gpkg -- component-import -g missing.gpkg part.gpkg
    refused missing.gpkg "no such file" -- grid-locate -g missing.gpkg 112.8 34.2
}

@test "a wrong layer is answered with the nearest, no layer with all of them" {
    refused part.gpkg 'did you mean "buildings"' -- divide part.gpkg:building
    refused part.gpkg "streets, communities" -- divide part.gpkg
    refused part.gpkg 'did you mean "streets"' -- \
        grid-coverage --parent part.gpkg:street part.gpkg:communities
}

@test "a wrong column is answered with the nearest" {
    refused part.gpkg:buildings 'did you mean "households"' -- \
        divide part.gpkg:buildings --households-field houshold
    refused part.gpkg:buildings 'did you mean "persons"' -- \
        divide part.gpkg:buildings --persons-field person
    refused part.gpkg "--households-field" -- divide part.gpkg:roads
}

@test "rubbish, a cut file, an empty file, a folder" {
    head -c 3000 /dev/zero | tr '\0' 'x' >rubbish.gpkg
    head -c 100000 part.gpkg >cut.gpkg
    : >empty.gpkg
    for file in rubbish.gpkg cut.gpkg empty.gpkg .; do
        refused "$file" -- divide "$file"
    done
    refused rubbish.gpkg -- grid-coverage rubbish.gpkg
    refused rubbish.gpkg -- grid-map rubbish.gpkg -o out.gpkg
    refused part.gpkg "no grid database" -- grid-map part.gpkg -o out.gpkg
    refused part.gpkg "no grid database" -- component-import -g part.gpkg "$town:covers"
}

@test "a household count that is text, negative, broken or beyond all sense" {
    changed text.gpkg "CASE WHEN fid = 5 THEN 'about ten' ELSE CAST(households AS TEXT) END" households
    refused text.gpkg :5 "about ten" "not a number" -- divide text.gpkg
    changed negative.gpkg "CASE WHEN fid = 5 THEN -3 ELSE households END" households
    refused negative.gpkg :5 "-3" negative -- divide negative.gpkg
    changed broken.gpkg "CASE WHEN fid = 5 THEN 2.5 ELSE households * 1.0 END" households
    refused broken.gpkg :5 "2.5" -- divide broken.gpkg
    changed huge.gpkg 9000000000000000000 households
    refused huge.gpkg -- divide huge.gpkg
    changed persons.gpkg "CASE WHEN fid = 7 THEN -1 ELSE persons END" persons
    refused persons.gpkg :7 "-1" -- divide persons.gpkg
}

@test "a household count that is missing counts as none, and that is said" {
    changed null.gpkg "CASE WHEN fid = 5 THEN NULL ELSE households END" households
    run -0 divide null.gpkg
    [[ $output == *":5"*empty* ]]
}

@test "features without geometry are told with their households, and the rest is divided" {
    changed none.gpkg "CASE WHEN fid IN (5, 6) THEN NULL ELSE geom END" geom
    run -1 divide none.gpkg
    [[ $output == *":5"*missing* ]]
    [[ $output == *":6"*missing* ]]
    [[ $output == *"in no cell"* ]]
    run -0 grid-coverage out.sqlite
}

@test "a ring that crosses itself is repaired, and that is said" {
    local bow="POLYGON((393000 3781000,393010 3781010,393010 3781000,393000 3781010,393000 3781000))"
    changed bow.gpkg "CASE WHEN fid = 7 THEN ST_GeomFromText('$bow', 4547) ELSE geom END" geom
    run divide bow.gpkg
    [[ $status -le 1 && $output == *B0* ]]
    run -0 grid-coverage out.sqlite
}

@test "no CRS: refused with a hint, taken with --src-crs" {
    ogr2ogr -q -f "ESRI Shapefile" buildings.shp part.gpkg buildings
    rm buildings.prj
    refused buildings.shp "--src-crs" -- divide buildings.shp
    run divide part.gpkg:buildings --src-crs EPSG:999999
    [[ $status =~ ^[23]$ && $output == *EPSG:999999* ]]
}

@test "degrees become metres of the zone, which is named" {
    for layer in streets communities buildings roads; do
        ogr2ogr -q -f GPKG -update -append -t_srs EPSG:4490 degrees.gpkg part.gpkg $layer
    done
    run -0 grid-partition --street degrees.gpkg:streets --community degrees.gpkg:communities \
        --households degrees.gpkg:buildings --barriers degrees.gpkg:roads -o out.sqlite
    [[ $output == *EPSG:4547* ]]
    run -0 grid-coverage out.sqlite
}

@test "coordinates that are no numbers" {
    printf 'code,class,x,y\n,01037,nan,nan\n,01037,inf,3\n,01037,1e400,34\n,01037,,\n' >lamps.csv
    divide part.gpkg:buildings -q
    run -1 component-import -g out.sqlite --src-crs EPSG:4547 lamps.csv
    [[ $output == *"4 refused"* ]]
    printf 'lon,lat\nnan,34.2\ninf,34.2\n1e400,34.2\n,\n' >points.csv
    run -1 grid-locate -g out.sqlite points.csv
    [[ $output == *"4 bad"* ]]
}

@test "streets that are lines, and none at all" {
    refused "roads:1: a street is an area" -- grid-partition --street part.gpkg:roads --households part.gpkg:buildings \
        -o out.sqlite
    ogr2ogr -q -f GPKG none.gpkg part.gpkg streets -where "fid < 0"
    refused "no street" -- grid-partition --street none.gpkg --households part.gpkg:buildings \
        -o out.sqlite
}

@test "a dirty town is divided all the same, and every level is exact" {
    make-town --dirt dirty
    code_is "0 1" grid-partition -q --street dirty/town.gpkg:streets \
        --community dirty/town.gpkg:communities --households dirty/town.gpkg:buildings \
        --barriers dirty/town.gpkg:roads --compounds dirty/town.gpkg:compounds -o out.sqlite
    run -0 grid-coverage out.sqlite
    # Whoever has a place is in a grid.
    placed=$(sqlite3 dirty/town.gpkg "SELECT sum(households) FROM buildings WHERE geom IS NOT NULL")
    [ "$(sqlite3 out.sqlite "SELECT sum(households) FROM units WHERE level = 3")" = "$placed" ]
}
