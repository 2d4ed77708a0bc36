#!/usr/bin/env bash
# The full check of a coverage of N quads (100,000 by default) beside mapshaper -mosaic, and the
# overlap query that PostGIS users write, on M of them (10,000). A peer that is not installed is
# skipped. CPU seconds; reading the file is left out on both sides.
# usage: bench_cover_peers.sh FOLDER-OF-THE-BENCHMARKS [N [M]]      MAPSHAPER=… names its command
set -euo pipefail
bench=$(realpath "${1:?folder of the benchmarks}")/bench_cover
n=${2:-100000} m=${3:-10000}
work=$(mktemp -d)
server='' postgres=''
finish() {
    if [ -n "$server" ]; then
        as_server "$postgres/pg_ctl" -D "$work/cluster" -m immediate stop >/dev/null
    fi
    rm -rf "$work"
}
trap finish EXIT
cd "$work"

# CPU seconds and megabytes of a command, on one line; the command's words go to peer.log.
measure() {
    if ! /usr/bin/time -o used -f "%U %S %M" "$@" >peer.log 2>&1; then
        cat peer.log >&2
        return 1
    fi
    awk '{ print $1 + $2, $3 / 1024 }' used
}

compare_mapshaper() {
    local mapshaper=${MAPSHAPER:-mapshaper} read all
    if ! command -v "$mapshaper" >/dev/null; then
        echo "mapshaper is not installed: skipped (npm install mapshaper)"
        return
    fi
    "$bench" "$n" units.geojson >/dev/null
    export NODE_OPTIONS=--max-old-space-size=8192
    read=$(measure "$mapshaper" units.geojson -info)
    all=$(measure "$mapshaper" units.geojson -mosaic)
    rm units.geojson
    PEER_CPU_S=$(awk -v r="${read% *}" -v a="${all% *}" 'BEGIN { print a - r }')
    PEER_MB=${all#* }
    export PEER_CPU_S PEER_MB
    echo "mapshaper -mosaic, $n units: $PEER_CPU_S CPU s without reading, $PEER_MB MB"
}

# PostgreSQL does not run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid postgres --regid postgres --clear-groups "$@"
    else
        "$@"
    fi
}

query() {
    psql -X -q -v ON_ERROR_STOP=1 -h "$work/socket" -U bench -d postgres "$@"
}

start_server() {
    mkdir cluster socket
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$work" cluster socket; fi
    chmod 755 "$work"
    as_server "$postgres/initdb" -D "$work/cluster" -U bench -A trust >initdb.log
    as_server "$postgres/pg_ctl" -D "$work/cluster" -w -l "$work/cluster/log" \
        -o "-k $work/socket -c listen_addresses='' -c max_parallel_workers_per_gather=0" \
        start >/dev/null
    server=1
}

compare_postgis() {
    local library
    library=$(find /usr/lib/postgresql -name 'postgis-3.so' 2>/dev/null | sort -V | tail -1)
    postgres=${library%/lib/*}/bin
    if [ -z "$library" ]; then
        echo "PostGIS is not installed: skipped (apt-get install postgresql-15-postgis-3)"
        return
    fi
    start_server
    "$bench" "$m" units.geojson >/dev/null
    # One feature a line, between a first and a last line.
    sed -e '1d;$d' -e 's/,$//' units.geojson | grep '^{' >units.lines
    query -c "CREATE EXTENSION postgis" -c "CREATE TABLE line (j jsonb)" \
        -c "\\copy line FROM units.lines" \
        -c "CREATE TABLE unit AS SELECT (j->'properties'->>'id')::int AS id,
                ST_SetSRID(ST_GeomFromGeoJSON(j->'geometry'), 0) AS shape FROM line" \
        -c "CREATE INDEX ON unit USING gist (shape)" -c "ANALYZE unit"
    echo "PostGIS, overlaps among $m units by a self-join, one process:"
    query -c "\\timing on" -c "SELECT count(*) AS overlaps FROM unit a JOIN unit b
        ON a.id < b.id AND a.shape && b.shape AND ST_Relate(a.shape, b.shape, '2********')"
    echo "the same units here:"
    env -u PEER_CPU_S -u PEER_MB "$bench" "$m" | grep 'full validation, with'
}

compare_mapshaper
"$bench" "$n"
compare_postgis
