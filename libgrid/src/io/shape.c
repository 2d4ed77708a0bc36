#include "io/io.h"

#include "base/vec.h"

#include <math.h>

/* One feature on its way in: coordinates, and where chains and parts end. */
struct io_shape_reader {
    GRID_VEC(grid_xy) xy;
    GRID_VEC(size_t) chain_end;
    GRID_VEC(size_t) part_end;
    bool as_is;
};

io_shape_reader *io_shape_reader_new(bool as_is) {
    io_shape_reader *r = calloc(1, sizeof *r);
    if (r != NULL)
        r->as_is = as_is;
    return r;
}

void io_shape_reader_free(io_shape_reader *r) {
    if (r == NULL)
        return;
    GRID_VEC_FREE(&r->xy);
    GRID_VEC_FREE(&r->chain_end);
    GRID_VEC_FREE(&r->part_end);
    free(r);
}

static grid_shape_kind kind_of(OGRGeometryH g) {
    switch (OGR_GT_Flatten(OGR_G_GetGeometryType(g))) {
    case wkbPoint:
    case wkbMultiPoint:
        return GRID_SHAPE_POINT;
    case wkbLineString:
    case wkbMultiLineString:
        return GRID_SHAPE_LINE;
    case wkbPolygon:
    case wkbMultiPolygon:
    case wkbTriangle:
    case wkbTIN:
    case wkbPolyhedralSurface:
        return GRID_SHAPE_AREA;
    case wkbGeometryCollection: {
        grid_shape_kind highest = GRID_SHAPE_NONE;
        for (int i = 0; i < OGR_G_GetGeometryCount(g); i++) {
            grid_shape_kind kind = kind_of(OGR_G_GetGeometryRef(g, i));
            highest = kind > highest ? kind : highest;
        }
        return highest;
    }
    default:
        return GRID_SHAPE_NONE;
    }
}

typedef enum chain_result { CHAIN_OK, CHAIN_DROPPED, CHAIN_BAD, CHAIN_NOMEM } chain_result;

/* Takes the points of `g` as one chain. */
static chain_result add_chain(io_shape_reader *r, OGRGeometryH g, grid_shape_kind kind,
                              io_shape_notes *notes) {
    int n = OGR_G_GetPointCount(g);
    size_t begin = r->xy.n, count = n > 0 ? (size_t)n : 0;
    if (!GRID_RESERVE(&r->xy, count + 1))
        return CHAIN_NOMEM;
    grid_xy *xy = r->xy.at + begin;
    if (count > 0)
        OGR_G_GetPoints(g, &xy->x, sizeof *xy, &xy->y, sizeof *xy, NULL, 0);
    if (r->as_is && kind == GRID_SHAPE_AREA) {
        r->xy.n = begin + count;
        return GRID_PUSH(&r->chain_end, r->xy.n) ? CHAIN_OK : CHAIN_NOMEM;
    }
    for (size_t i = 0; i < count; i++)
        if (!isfinite(xy[i].x) || !isfinite(xy[i].y))
            return CHAIN_BAD;
    bool open = count > 0 && (xy[0].x != xy[count - 1].x || xy[0].y != xy[count - 1].y);
    if (kind == GRID_SHAPE_AREA && open && count >= 3) {
        xy[count++] = xy[0];
        notes->closed++;
    }
    static const size_t least[] = {
        [GRID_SHAPE_POINT] = 1, [GRID_SHAPE_LINE] = 2, [GRID_SHAPE_AREA] = 4};
    if (count < least[kind]) {
        notes->dropped += count > 0;
        return CHAIN_DROPPED;
    }
    r->xy.n = begin + count;
    return GRID_PUSH(&r->chain_end, r->xy.n) ? CHAIN_OK : CHAIN_NOMEM;
}

static chain_result add_part(io_shape_reader *r, OGRGeometryH g, grid_shape_kind kind,
                             io_shape_notes *notes) {
    chain_result result = CHAIN_DROPPED;
    if (kind != GRID_SHAPE_AREA) {
        result = add_chain(r, g, kind, notes);
    } else {
        int rings = OGR_G_GetGeometryCount(g);
        for (int i = 0; i < rings; i++) {
            chain_result ring = add_chain(r, OGR_G_GetGeometryRef(g, i), kind, notes);
            if (ring >= CHAIN_BAD || (i == 0 && ring != CHAIN_OK))
                return ring; /* without its outer ring a part is nothing */
            result = CHAIN_OK;
        }
    }
    if (result == CHAIN_OK && !GRID_PUSH(&r->part_end, r->chain_end.n))
        return CHAIN_NOMEM;
    return result;
}

/* Takes all parts of the wanted kind out of `g`, however deep they are. */
static chain_result add_parts(io_shape_reader *r, OGRGeometryH g, grid_shape_kind kind,
                              io_shape_notes *notes) {
    switch (OGR_GT_Flatten(OGR_G_GetGeometryType(g))) {
    case wkbPoint:
    case wkbLineString:
    case wkbPolygon:
    case wkbTriangle:
        if (kind_of(g) == kind)
            return add_part(r, g, kind, notes);
        notes->mixed = true;
        return CHAIN_OK;
    default:
        for (int i = 0; i < OGR_G_GetGeometryCount(g); i++) {
            chain_result result = add_parts(r, OGR_G_GetGeometryRef(g, i), kind, notes);
            if (result >= CHAIN_BAD)
                return result;
        }
        return CHAIN_OK;
    }
}

static bool emit(const io_shape_reader *r, grid_shapes *shapes, grid_shape_kind kind) {
    if (!grid_shapes_begin(shapes, kind))
        return false;
    size_t chain = 0, i = 0;
    for (size_t part = 0; part < r->part_end.n; part++) {
        if (!grid_shapes_begin_part(shapes))
            return false;
        for (; chain < r->part_end.at[part]; chain++) {
            if (!grid_shapes_begin_chain(shapes))
                return false;
            for (; i < r->chain_end.at[chain]; i++)
                if (!grid_shapes_add(shapes, r->xy.at[i].x, r->xy.at[i].y))
                    return false;
        }
    }
    return true;
}

static bool add_linear(io_shape_reader *r, grid_shapes *shapes, OGRGeometryH g,
                       io_shape_notes *notes) {
    grid_shape_kind kind = kind_of(g);
    r->xy.n = r->chain_end.n = r->part_end.n = 0;
    chain_result result = add_parts(r, g, kind, notes);
    if (result == CHAIN_NOMEM)
        return false;
    if (result == CHAIN_BAD)
        notes->unusable = "has a coordinate that is no number";
    else if (r->part_end.n == 0)
        notes->unusable = notes->dropped ? "has no extent" : "is empty";
    if (notes->unusable != NULL)
        return grid_shapes_begin(shapes, GRID_SHAPE_NONE);
    return emit(r, shapes, kind);
}

bool io_shape_add(io_shape_reader *r, grid_shapes *shapes, OGRGeometryH geometry,
                  io_shape_notes *notes) {
    *notes = (io_shape_notes){0};
    if (geometry == NULL) {
        notes->unusable = "is missing";
        return grid_shapes_begin(shapes, GRID_SHAPE_NONE);
    }
    if (!OGR_G_HasCurveGeometry(geometry, 1))
        return add_linear(r, shapes, geometry, notes);
    OGRGeometryH linear = OGR_G_GetLinearGeometry(geometry, 0, NULL);
    bool done = linear != NULL && add_linear(r, shapes, linear, notes);
    OGR_G_DestroyGeometry(linear);
    return done;
}

static OGRGeometryH chain_geometry(const grid_shapes *s, size_t chain, OGRwkbGeometryType type) {
    OGRGeometryH g = OGR_G_CreateGeometry(type);
    size_t begin = s->xy_start[chain], n = s->xy_start[chain + 1] - begin;
    if (type == wkbPoint)
        OGR_G_SetPoint_2D(g, 0, s->xy[begin].x, s->xy[begin].y);
    else
        OGR_G_SetPoints(g, (int)n, &s->xy[begin].x, sizeof *s->xy, &s->xy[begin].y, sizeof *s->xy,
                        NULL, 0);
    return g;
}

static OGRGeometryH part_geometry(const grid_shapes *s, size_t part, uint8_t kind) {
    size_t first = s->chain_start[part];
    if (kind == GRID_SHAPE_POINT)
        return chain_geometry(s, first, wkbPoint);
    if (kind == GRID_SHAPE_LINE)
        return chain_geometry(s, first, wkbLineString);
    OGRGeometryH polygon = OGR_G_CreateGeometry(wkbPolygon);
    for (size_t c = first; c < s->chain_start[part + 1]; c++)
        OGR_G_AddGeometryDirectly(polygon, chain_geometry(s, c, wkbLinearRing));
    return polygon;
}

OGRGeometryH io_shape_geometry(const grid_shapes *s, size_t f, bool multi) {
    uint8_t kind = s->kind[f];
    size_t begin = s->part_start[f], end = s->part_start[f + 1];
    if (kind == GRID_SHAPE_NONE || begin == end)
        return NULL;
    if (!multi && end - begin == 1)
        return part_geometry(s, begin, kind);
    static const OGRwkbGeometryType types[] = {[GRID_SHAPE_POINT] = wkbMultiPoint,
                                               [GRID_SHAPE_LINE] = wkbMultiLineString,
                                               [GRID_SHAPE_AREA] = wkbMultiPolygon};
    OGRGeometryH g = OGR_G_CreateGeometry(types[kind]);
    for (size_t p = begin; p < end; p++)
        OGR_G_AddGeometryDirectly(g, part_geometry(s, p, kind));
    return g;
}
