/*
 * Geometries in SpatiaLite's own binary form ("BLOB-Geometry"), little-endian, two
 * dimensions: 00 01 srid min_x min_y max_x max_y 7c type ... fe. Parts of a collection begin
 * with 69 and their type. Doubles are copied, so coordinates survive bit for bit.
 */
#include "store/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the byte order of geometries is written for little-endian machines"
#endif

enum {
    POINT = 1,
    LINESTRING = 2,
    POLYGON = 3,
    MULTIPOINT = 4,
    MULTILINESTRING = 5,
    MULTIPOLYGON = 6
};
enum { START = 0x00, LITTLE_ENDIAN_MARK = 0x01, MBR_END = 0x7c, ENTITY = 0x69, END = 0xfe };
enum { HEADER_SIZE = 39 };

/* ---- writing ------------------------------------------------------------------------ */

static unsigned char *put(unsigned char *at, const void *bytes, size_t n) {
    memcpy(at, bytes, n);
    return at + n;
}

static unsigned char *put_byte(unsigned char *at, unsigned char byte) {
    *at = byte;
    return at + 1;
}

static unsigned char *put_int(unsigned char *at, uint32_t value) {
    return put(at, &value, sizeof value);
}

static unsigned char *put_header(unsigned char *at, int srid, const grid_box *box, uint32_t type) {
    at = put_byte(at, START);
    at = put_byte(at, LITTLE_ENDIAN_MARK);
    at = put_int(at, (uint32_t)srid);
    at = put(at, box, sizeof *box);
    at = put_byte(at, MBR_END);
    return put_int(at, type);
}

static unsigned char *put_chain(unsigned char *at, const grid_shapes *s, size_t chain) {
    size_t begin = s->xy_start[chain], n = s->xy_start[chain + 1] - begin;
    at = put_int(at, (uint32_t)n);
    return put(at, s->xy + begin, n * sizeof *s->xy);
}

static unsigned char *put_polygon(unsigned char *at, const grid_shapes *s, size_t part) {
    at = put_byte(at, ENTITY);
    at = put_int(at, POLYGON);
    at = put_int(at, (uint32_t)(s->chain_start[part + 1] - s->chain_start[part]));
    for (size_t c = s->chain_start[part]; c < s->chain_start[part + 1]; c++)
        at = put_chain(at, s, c);
    return at;
}

static size_t blob_size(const grid_shapes *s, size_t f) {
    size_t parts = s->part_start[f + 1] - s->part_start[f];
    size_t first = s->chain_start[s->part_start[f]], last = s->chain_start[s->part_start[f + 1]];
    size_t coordinates = s->xy_start[last] - s->xy_start[first];
    return HEADER_SIZE + 4 + 4 + parts * 9 + (last - first) * 4 + coordinates * sizeof(grid_xy) + 1;
}

grid_status store_bind_shape(grid_store *store, sqlite3_stmt *statement, int i,
                             const grid_shapes *s, size_t f, grid_error *err) {
    size_t begin = s->part_start[f], end = s->part_start[f + 1];
    if (s->kind[f] == GRID_SHAPE_NONE || begin == end) {
        sqlite3_bind_null(statement, i);
        return GRID_OK;
    }
    if (s->kind[f] != GRID_SHAPE_AREA && end - begin != 1)
        return grid_fail(err, GRID_E_ARG, store->path, "a point or line of several parts");
    size_t size = blob_size(s, f);
    unsigned char *blob = malloc(size);
    if (blob == NULL)
        return grid_fail_nomem(err);
    grid_box box = grid_shapes_box(s, f);
    size_t chain = s->chain_start[begin];
    unsigned char *at = blob;
    switch (s->kind[f]) {
    case GRID_SHAPE_POINT:
        at = put_header(at, store->srid, &box, POINT);
        at = put(at, &s->xy[s->xy_start[chain]], sizeof(grid_xy));
        break;
    case GRID_SHAPE_LINE:
        at = put_header(at, store->srid, &box, LINESTRING);
        at = put_chain(at, s, chain);
        break;
    default:
        at = put_header(at, store->srid, &box, MULTIPOLYGON);
        at = put_int(at, (uint32_t)(end - begin));
        for (size_t part = begin; part < end; part++)
            at = put_polygon(at, s, part);
    }
    at = put_byte(at, END);
    sqlite3_bind_blob64(statement, i, blob, (sqlite3_uint64)(at - blob), free);
    return GRID_OK;
}

/* ---- reading ------------------------------------------------------------------------ */

/* Outside bytes: every read says how much it needs. */
typedef struct reader {
    const unsigned char *at, *end;
    bool bad;
} reader;

static bool take(reader *r, void *out, size_t n) {
    if (r->bad || (size_t)(r->end - r->at) < n) {
        r->bad = true;
        memset(out, 0, n);
        return false;
    }
    memcpy(out, r->at, n);
    r->at += n;
    return true;
}

static uint32_t take_int(reader *r) {
    uint32_t value;
    take(r, &value, sizeof value);
    return value;
}

static unsigned take_byte(reader *r) {
    unsigned char byte;
    take(r, &byte, 1);
    return byte;
}

static bool take_points(reader *r, uint32_t n, grid_shapes *shapes) {
    if ((size_t)(r->end - r->at) / sizeof(grid_xy) < n)
        r->bad = true;
    for (uint32_t i = 0; i < n && !r->bad; i++) {
        grid_xy p;
        take(r, &p, sizeof p);
        if (!isfinite(p.x) || !isfinite(p.y))
            r->bad = true;
        else if (!grid_shapes_add(shapes, p.x, p.y))
            return false;
    }
    return true;
}

static bool take_part(reader *r, uint32_t type, grid_shapes *shapes) {
    if (!grid_shapes_begin_part(shapes))
        return false;
    uint32_t rings = type == POLYGON ? take_int(r) : 1;
    if (rings == 0)
        r->bad = true;
    for (uint32_t c = 0; c < rings && !r->bad; c++) {
        uint32_t n = type == POINT ? 1 : take_int(r);
        if (n < (type == POLYGON ? 4U : type))
            r->bad = true;
        else if (!grid_shapes_begin_chain(shapes) || !take_points(r, n, shapes))
            return false;
    }
    return true;
}

/* Parts of a collection; everything else is one. */
static uint32_t take_count(reader *r, uint32_t type) {
    return type <= POLYGON ? 1 : take_int(r);
}

static bool take_parts(reader *r, uint32_t type, uint32_t parts, grid_shapes *shapes) {
    if (type <= POLYGON)
        return take_part(r, type, shapes);
    for (uint32_t p = 0; p < parts && !r->bad; p++) {
        if (take_byte(r) != ENTITY || take_int(r) != type - 3)
            r->bad = true;
        else if (!take_part(r, type - 3, shapes))
            return false;
    }
    return true;
}

static uint32_t take_header(reader *r) {
    grid_box box;
    if (take_byte(r) != START || take_byte(r) != LITTLE_ENDIAN_MARK)
        r->bad = true;
    take_int(r);
    take(r, &box, sizeof box);
    if (take_byte(r) != MBR_END)
        r->bad = true;
    uint32_t type = take_int(r);
    if (type < POINT || type > MULTIPOLYGON)
        r->bad = true;
    return type;
}

/* SQLite hands out no address for a blob without bytes, and NULL + 0 is undefined. */
static reader read_from(const unsigned char *blob, int size) {
    static const unsigned char nothing[1];
    const unsigned char *begin = blob != NULL ? blob : nothing;
    return (reader){begin, begin + size, false};
}

grid_status store_column_shape(const grid_store *store, sqlite3_stmt *statement, int i,
                               grid_shapes *shapes, grid_error *err) {
    static const grid_shape_kind kinds[] = {
        [POINT] = GRID_SHAPE_POINT,          [LINESTRING] = GRID_SHAPE_LINE,
        [POLYGON] = GRID_SHAPE_AREA,         [MULTIPOINT] = GRID_SHAPE_POINT,
        [MULTILINESTRING] = GRID_SHAPE_LINE, [MULTIPOLYGON] = GRID_SHAPE_AREA};
    if (sqlite3_column_type(statement, i) == SQLITE_NULL)
        return grid_shapes_begin(shapes, GRID_SHAPE_NONE) ? GRID_OK : grid_fail_nomem(err);
    const unsigned char *blob = sqlite3_column_blob(statement, i);
    int size = sqlite3_column_bytes(statement, i);
    if (blob == NULL && size > 0)
        return grid_fail_nomem(err);
    reader r = read_from(blob, size);
    uint32_t type = take_header(&r), parts = take_count(&r, type);
    grid_shape_kind kind = parts > 0 && !r.bad ? kinds[type] : GRID_SHAPE_NONE;
    if (!r.bad && (!grid_shapes_begin(shapes, kind) || !take_parts(&r, type, parts, shapes)))
        return grid_fail_nomem(err);
    if (r.bad || take_byte(&r) != END || r.at != r.end)
        return grid_fail(err, GRID_E_INPUT, store->path, "holds a broken geometry");
    return GRID_OK;
}

/* ---- points, without the detour over shapes -------------------------------------------- */

enum { POINT_SIZE = HEADER_SIZE + 4 + 2 * sizeof(double) + 1 };

void store_bind_point(const grid_store *store, sqlite3_stmt *statement, int i, double x, double y) {
    unsigned char blob[POINT_SIZE];
    grid_box box = {x, y, x, y};
    grid_xy xy = {x, y};
    unsigned char *at = put_header(blob, store->srid, &box, POINT);
    put_byte(put(at, &xy, sizeof xy), END);
    sqlite3_bind_blob(statement, i, blob, sizeof blob, SQLITE_TRANSIENT);
}

grid_status store_column_point(const grid_store *store, sqlite3_stmt *statement, int i, double *x,
                               double *y, grid_error *err) {
    const unsigned char *blob = sqlite3_column_blob(statement, i);
    int size = sqlite3_column_bytes(statement, i);
    grid_xy xy;
    reader r = read_from(blob, size);
    if (blob == NULL || size != POINT_SIZE || take_header(&r) != POINT || r.bad ||
        !take(&r, &xy, sizeof xy) || take_byte(&r) != END)
        return grid_fail(err, GRID_E_INPUT, store->path, "holds a component that is no point");
    *x = xy.x;
    *y = xy.y;
    return GRID_OK;
}
