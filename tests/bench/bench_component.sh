#!/usr/bin/env bash
# N components (1,000,000 by default) end to end into a grid database, checked, coded and placed,
# beside ogr2ogr writing the same rows into an indexed SpatiaLite table without any of that.
# usage: bench_component.sh FOLDER-OF-THE-TOOLS [N [ROUNDS]]
set -euo pipefail
bin=$(realpath "${1:?folder of the tools}")
n=${2:-1000000} rounds=${3:-3}
town=$(realpath "$(dirname "$0")/../../data/sample/town.gpkg")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$bin/grid-partition" -q --street "$town:streets" --community "$town:communities" \
    --households "$town:buildings" --barriers "$town:roads" -o town.sqlite || [ $? -eq 1 ]
crs=$(sqlite3 town.sqlite "SELECT value FROM meta WHERE key = 'crs'")
# The middle of the town's largest street office, by whole millimetres.
box=$(sqlite3 town.sqlite "SELECT load_extension('mod_spatialite');" \
    "SELECT ST_MinX(b), ST_MinY(b), ST_MaxX(b), ST_MaxY(b) FROM
     (SELECT ST_Buffer(ST_PointOnSurface(geometry), 600) AS b FROM l1 ORDER BY area_m2 DESC LIMIT 1)" |
    tail -1 | tr '|' ' ')

awk -v n="$n" -v box="$box" 'BEGIN {
    split(box, b, " ")
    split("01001 01002 01003 01004 01007 01037 03005 04002 04007 02012", class, " ")
    split("排水管理处 路灯管理所 园林绿化中心 环境卫生中心", department, " ")
    srand(1)
    print "local_id,class,name,status,department_code,department,initial_date,data_source,note,x,y"
    for (i = 1; i <= n; i++) {
        k = 1 + int(rand() * 10)
        printf "%d,%s,,%s,11410482MB0000%02d1X,%s,20%02d-%02d-%02d,实测,,%.3f,%.3f\n", i, class[k],
            rand() < 0.9 ? "完好" : "破损", k, department[1 + k % 4], 10 + int(rand() * 15),
            1 + int(rand() * 12), 1 + int(rand() * 28), b[1] + rand() * (b[3] - b[1]),
            b[2] + rand() * (b[4] - b[2])
    }
}' >components.csv

measure() { # NAME COMMAND...
    local name=$1
    shift
    /usr/bin/time -f "$name: %e s wall, %U s user, %S s system, %M KB" "$@" || [ $? -eq 1 ]
}
for ((round = 0; round < rounds; round++)); do
    rm -f peer.sqlite
    cp town.sqlite ours.sqlite
    measure ogr2ogr ogr2ogr -f SQLite -dsco SPATIALITE=YES peer.sqlite components.csv -nln components \
        -oo X_POSSIBLE_NAMES=x -oo Y_POSSIBLE_NAMES=y -oo KEEP_GEOM_COLUMNS=NO -a_srs "$crs" -gt "$n"
    measure component-import "$bin/component-import" -q -g ours.sqlite --src-crs "$crs" components.csv
    measure "component-import, nothing new" \
        "$bin/component-import" -q -g ours.sqlite --src-crs "$crs" components.csv
done
sqlite3 ours.sqlite "SELECT count(*) || ' components, ' || (SELECT count(*) FROM rejects) || ' refused' FROM components"
