#!/usr/bin/env bats
# grid-map as its users run it.

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    local town=$GRID_SOURCE/data/sample/town.gpkg
    "$GRID_BIN/grid-partition" -q --street "$town:streets" --community "$town:communities" \
        --households "$town:buildings" --barriers "$town:roads" -o town.sqlite >partition.txt || [ $? = 1 ]
}

setup() { cd "$BATS_FILE_TMPDIR"; }

map() { "$GRID_BIN/grid-map" town.sqlite "$@"; }

count() { ogrinfo -so "$1" "$(basename "$1" .shp)" | sed -n 's/^Feature Count: //p'; }

@test "a folder gets a shapefile per level, with all that belongs to it" {
    run map -o maps/
    [ "$status" -eq 0 ]
    for layer in street community grid cells borders; do
        for end in shp shx dbf prj cpg qix qml; do
            [ -s maps/$layer.$end ] || { echo "$layer.$end is missing"; false; }
        done
    done
    [ "$(cat maps/grid.cpg)" = UTF-8 ]
    [ "$(count maps/street.shp)" = 4 ]
    [ "$(count maps/community.shp)" = 32 ]
    [ "$(count maps/grid.shp)" = "$(sqlite3 town.sqlite 'select count(*) from units where level = 3')" ]
    ogrinfo -al -geom=NO -where "code='410482001'" maps/street.shp | grep -q 煤山街道
    # Field names that every platform takes.
    ! ogrinfo -so maps/grid.shp grid | grep -E '^[^ ]{11,}: (String|Integer|Real)'
    ls -d maps.tmp* && false || true
}

@test "nothing is replaced without --overwrite, and two runs give the same bytes" {
    map -q -o again/
    run map -o again/
    [ "$status" -eq 4 ]
    [[ "$output" == *"exists already"*"--overwrite"* ]]
    mkdir first && cp again/* first/
    map -q -o again/ --overwrite
    diff -r first again
}

@test "GBK is written as GBK and reads back the same" {
    map -q -o gbk/ --encoding GBK
    [ "$(cat gbk/street.cpg)" = GBK ]
    ogrinfo -al -geom=NO gbk/street.shp | grep -q 煤山街道
    LC_ALL=C grep -q $'\xc3\xba\xc9\xbd' gbk/street.dbf # 煤山
}

@test "one level as one file" {
    map -q -o communities.geojson --level community
    [ "$(jq '.features | length' communities.geojson)" = 32 ]
    run map -o x.shp --level comunity
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean "community"'* ]]
    [ ! -e x.shp ]
}

@test "sheets: a page each, Chinese text to be found in them, the same bytes" {
    map -q -o atlas.pdf --sheets street --paper A4
    map -q -o atlas2.pdf --sheets street --paper A4
    cmp atlas.pdf atlas2.pdf
    head -c 5 atlas.pdf | grep -q '%PDF-'
    command -v pdfinfo >/dev/null || skip "poppler-utils is not installed"
    pdfinfo atlas.pdf | grep -q '^Pages: *4'
    pdftotext atlas.pdf - | grep -q 煤山街道网格图
    pdffonts atlas.pdf | awk 'NR > 2 { print $(NF - 4) }' | grep -vq yes && false || true
}

@test "one unit as a picture, and in a folder one file each" {
    map -q -o one.png --unit 410482002 --paper A4 --dpi 40
    file one.png 2>/dev/null | grep -q PNG || head -c 4 one.png | grep -q PNG
    map -q -o pictures/ -f svg --sheets street
    [ "$(ls pictures | tr '\n' ' ')" = "410482001.svg 410482002.svg 410482003.svg 410482004.svg " ]
}

@test "what makes no sense is refused before anything is written" {
    run map -o a.pdf --paper A9
    [ "$status" -eq 2 ]
    [[ "$output" == *"A9"*"A4"* ]]
    run map -o a.pdf --sheets streat
    [ "$status" -eq 2 ]
    [[ "$output" == *'did you mean "street"'* ]]
    run map -o a.pdf --unit 999
    [ "$status" -eq 2 ]
    run map -o a.pdf --sheets street --scale 500
    [ "$status" -eq 2 ]
    [[ "$output" == *"fits"* ]]
    run map -o a.xyz
    [ "$status" -eq 2 ]
    run map -o no/such/folder/a.pdf
    [ "$status" -eq 4 ]
    run map -o no/such/folder/
    [ "$status" -eq 4 ]
    run "$GRID_BIN/grid-map" nothing.sqlite -o a.pdf
    [ "$status" -eq 3 ]
    run "$GRID_BIN/grid-map" "$GRID_SOURCE/data/sample/points.csv" -o a.pdf
    [ "$status" -eq 3 ]
    [ -z "$(ls a.* 2>/dev/null)" ]
}
