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

@test "a GeoPackage holds all layers, their styles and a QGIS project" {
    map -q -o town.gpkg
    for layer in street community grid cells borders; do
        ogrinfo -so town.gpkg $layer >/dev/null
    done
    [ "$(sqlite3 town.gpkg 'select count(*) from layer_styles')" = 5 ]
    sqlite3 town.gpkg "select styleQML from layer_styles where f_table_name = 'grid'" |
        python3 -c 'import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())'
    sqlite3 town.gpkg 'select content from qgis_projects' | python3 -c '
import io, sys, zipfile, xml.dom.minidom as m
archive = zipfile.ZipFile(io.BytesIO(bytes.fromhex(sys.stdin.read().strip())))
assert archive.testzip() is None
project = m.parseString(archive.read("grids.qgs"))
sources = [n.firstChild.data for n in project.getElementsByTagName("datasource")]
assert "./town.gpkg|layername=grid" in sources, sources'
    ogrinfo -al -geom=NO -where "code = '410482001'" town.gpkg street | grep -q '东至.*南至.*西至.*北至'
    cp town.gpkg before.gpkg && map -q -o town.gpkg --overwrite && cmp before.gpkg town.gpkg
}

@test "QGIS opens the GeoPackage's project and the shapefiles styled and labelled" {
    command -v qgis_process >/dev/null || skip "QGIS is not installed"
    /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || skip "python3-qgis is not installed"
    map -q -o styled.gpkg && map -q -o styled/
    QT_QPA_PLATFORM=offscreen run /usr/bin/python3 - <<'EOF'
import os
from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
assert project.read("geopackage:%s/styled.gpkg?projectName=网格图" % os.getcwd())
assert project.crs().authid() == "EPSG:4547", project.crs().authid()
layers = project.mapLayers().values()
assert len(layers) == 5 and all(l.isValid() for l in layers)
for layer in [project.mapLayersByName("网格")[0], QgsVectorLayer("styled/grid.shp", "g", "ogr")]:
    assert layer.renderer().type() == "categorizedSymbol" and layer.labelsEnabled()
    assert "编码" in [f.alias() for f in layer.fields()]
print("all well")
EOF
    echo "$output"
    [[ "$output" == *"all well"* ]]
}

@test "qgis_process reads both and paints the project in the tints of our sheets" {
    # Debian's wrapper passes an option that qgis_process does not know.
    local process
    process=$(command -v qgis_process.bin qgis_process | head -1)
    [ -n "$process" ] || skip "QGIS is not installed"
    export QT_QPA_PLATFORM=offscreen
    map -q -o seen.gpkg && map -q -o seen/
    local households
    households=$(sqlite3 town.sqlite "select sum(households) from units where level = 3")
    for layer in seen/grid.shp "seen.gpkg|layername=grid"; do
        "$process" run qgis:basicstatisticsforfields -- "INPUT_LAYER=$layer" FIELD_NAME=households \
            2>/dev/null | grep -E "^SUM:[[:space:]]$households(\.0)?$"
    done
    "$process" run native:rasterize "PROJECT_PATH=geopackage:$PWD/seen.gpkg?projectName=网格图" -- \
        "EXTENT=390298,395553,3779885,3784410 [EPSG:4547]" TILE_SIZE=1024 MAP_UNITS_PER_PIXEL=5 \
        "OUTPUT=$PWD/seen.tif" >/dev/null 2>&1
    gdal_translate -q -of PNM -b 1 -b 2 -b 3 seen.tif seen.ppm
    python3 -c '
data = open("seen.ppm", "rb").read()
for tint in "fdf3c4", "cfe3f2", "f3cdb5", "cbe4bd", "dccdea", "eee2d6":
    assert data.count(bytes.fromhex(tint)) > 500, tint'
}

@test "CAD, Google Earth, FlatGeobuf" {
    map -q -o town.dxf
    [ "$(ogrinfo -so town.dxf entities | sed -n 's/^Feature Count: //p')" -gt 400 ]
    ogrinfo -al town.dxf entities | grep -q 'Layer (String) = COMMUNITY$'
    map -q -o town.kml
    ogrinfo -al -geom=NO town.kml community | grep -q 西东社区
    map -q -o town.fgb --level street
    [ "$(ogrinfo -so town.fgb street | sed -n 's/^Feature Count: //p')" = 4 ]
}

@test "field names of the standards" {
    map -q -o f2013.shp --fields 2013
    ogrinfo -so f2013.shp f2013 | grep -q '^BGID: String'
    map -q -o f2026.shp --fields 2026 --level community
    ogrinfo -so f2026.shp f2026 | grep -q '^SZSQDM: String'
    ogrinfo -so f2026.shp f2026 | grep -q '^SZSQMC: String'
    grep -q SZSQMC f2026.qml
}

@test "components and people come along" {
    cp town.sqlite peopled.sqlite
    "$GRID_BIN/component-import" -q -g peopled.sqlite --rejects rejects.csv \
        "$GRID_SOURCE/data/sample/town.gpkg:covers" || [ $? = 1 ]
    "$GRID_BIN/grid-map" -q peopled.sqlite -o peopled/ --fields 2026
    [ "$(count peopled/components.shp)" = "$(sqlite3 peopled.sqlite 'select count(*) from components')" ]
    ogrinfo -so peopled/components.shp components | grep -q '^GLBJBSM: String'
    sqlite3 peopled.sqlite "pragma foreign_keys = off;
        insert into posts (post, name, level, min) select 'tester', '试岗', 'community', 0;
        insert into persons (id, name, phone) values (99, '某某某', '13900000099');
        insert into holders (post, unit_code, person_id) values ('tester', '410482001001', 99)"
    "$GRID_BIN/grid-map" -q peopled.sqlite -o peopled.html
    grep -q 某某某 peopled.html
    command -v pdftotext >/dev/null || skip "poppler-utils is not installed"
    "$GRID_BIN/grid-map" -q peopled.sqlite -o peopled.pdf --unit 410482001
    pdftotext peopled.pdf - | grep -q 13900000099
}

@test "changes since the last division are shaded, and refused where there was none" {
    run map -o changes.png --theme changes --paper A4 --dpi 40
    [ "$status" -eq 3 ]
    [[ "$output" == *"no division before"* ]]
    cp town.sqlite moved.sqlite
    sqlite3 moved.sqlite "insert into lineage (old_code, new_code, area_share, households_share) values
        ('410482001001001', '410482001001001', .5, .6), ('410482001001001', '410482001001002', .5, .4)"
    "$GRID_BIN/grid-map" -q moved.sqlite -o changes.png --theme changes --paper A4 --dpi 40
    [ -s changes.png ]
    "$GRID_BIN/grid-map" -q moved.sqlite -o changes.html
    grep -q '"name":"changes".*"values":\[40,' changes.html
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

@test "names, codes and bounds are found by a search in PDF and SVG" {
    local roads=$GRID_SOURCE/data/sample/town.gpkg:roads
    map -q -o found.svg --unit 410482001 --roads "$roads"
    map -q -o found.pdf --unit 410482001 --roads "$roads"
    for text in 煤山街道网格图 骑庄社区 朝阳路 东至 南至 图例 比例尺; do
        grep -q "<text.*$text" found.svg || { echo "no $text in the SVG"; false; }
    done
    python3 -c 'import xml.dom.minidom as m; m.parse("found.svg")'
    command -v pdftotext >/dev/null || skip "poppler-utils is not installed"
    pdftotext found.pdf - >found.txt
    for text in 煤山街道网格图 骑庄社区 朝阳路 东至 南至 图例 比例尺; do
        grep -q "$text" found.txt || { echo "no $text in the PDF"; false; }
    done
}

@test "a PDF is the same for any number of threads, with a title for every sheet" {
    map -q -o one.pdf -j1 --sheets street --sheets community --paper A4
    map -q -o two.pdf -j2 --sheets street --sheets community --paper A4
    cmp one.pdf two.pdf
    command -v pdfinfo >/dev/null || skip "poppler-utils is not installed"
    [ "$(pdfinfo one.pdf 2>&1 | sed -n 's/^Pages: *//p')" -ge 36 ]
    ! pdfinfo one.pdf 2>&1 | grep -i error
    command -v qpdf >/dev/null || skip "qpdf is not installed"
    # Cairo itself names a resource twice where it is used twice.
    ! qpdf --check one.pdf 2>&1 | grep -v "duplicated key\|succeeded" | grep -i "warning\|error"
}
