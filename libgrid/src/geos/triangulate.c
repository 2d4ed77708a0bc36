#include "geos/geos.h"

#define GEOS_USE_ONLY_R_API
#include <geos_c.h>

#include "base/base.h"
#include "base/vec.h"

#include <stdio.h>

typedef struct session {
    GEOSContextHandle_t geos;
    char message[256]; /* of the last error */
} session;

static void remember(const char *message, void *user) {
    session *s = user;
    snprintf(s->message, sizeof s->message, "%s", message);
}

/* Points in order, so that a triangle's corners can be told by their coordinates. */
typedef struct numbered {
    grid_xy at;
    uint32_t number;
} numbered;

static int compare_numbered(const void *a, const void *b) {
    const numbered *p = a, *q = b;
    if (p->at.x != q->at.x)
        return p->at.x < q->at.x ? -1 : 1;
    return (p->at.y > q->at.y) - (p->at.y < q->at.y);
}

static GEOSGeometry *make_points(const session *s, const numbered *order, size_t n) {
    GEOSCoordSequence *xy = GEOSCoordSeq_create_r(s->geos, (unsigned)n, 2);
    if (xy == NULL)
        return NULL;
    for (unsigned i = 0; i < n; i++)
        GEOSCoordSeq_setXY_r(s->geos, xy, i, order[i].at.x, order[i].at.y);
    return GEOSGeom_createLineString_r(s->geos, xy);
}

static bool read_triangle(const session *s, const GEOSGeometry *polygon, const numbered *order,
                          size_t n, grid_triangle *out) {
    const GEOSGeometry *ring = GEOSGetExteriorRing_r(s->geos, polygon);
    const GEOSCoordSequence *xy = ring ? GEOSGeom_getCoordSeq_r(s->geos, ring) : NULL;
    uint32_t corner[3];
    for (unsigned i = 0; i < 3; i++) {
        numbered key = {0};
        if (xy == NULL || !GEOSCoordSeq_getXY_r(s->geos, xy, i, &key.at.x, &key.at.y))
            return false;
        const numbered *found = bsearch(&key, order, n, sizeof *order, compare_numbered);
        if (found == NULL)
            return false;
        corner[i] = found->number;
    }
    unsigned first = 0;
    for (unsigned i = 1; i < 3; i++)
        if (corner[i] < corner[first])
            first = i;
    for (unsigned i = 0; i < 3; i++)
        out->corner[i] = corner[(first + i) % 3];
    return true;
}

static int compare_triangles(const void *a, const void *b) {
    const grid_triangle *s = a, *t = b;
    for (int i = 0; i < 3; i++)
        if (s->corner[i] != t->corner[i])
            return s->corner[i] < t->corner[i] ? -1 : 1;
    return 0;
}

static grid_status read_triangles(session *s, const GEOSGeometry *all, const numbered *order,
                                  size_t n, grid_triangle **out, size_t *n_out, grid_error *err) {
    int count = GEOSGetNumGeometries_r(s->geos, all);
    *out = GRID_NEW(grid_triangle, count > 0 ? (size_t)count : 0);
    if (*out == NULL)
        return grid_fail_nomem(err);
    for (int i = 0; i < count; i++)
        if (!read_triangle(s, GEOSGetGeometryN_r(s->geos, all, i), order, n, &(*out)[i])) {
            free(*out);
            *out = NULL;
            return grid_fail(err, GRID_E_INTERNAL, "", "a triangle has corners of its own");
        }
    qsort(*out, (size_t)count, sizeof **out, compare_triangles);
    *n_out = (size_t)count;
    return GRID_OK;
}

grid_status grid_triangulate(const grid_xy *points, size_t n, grid_triangle **out,
                             size_t *n_triangles, grid_error *err) {
    *out = NULL;
    *n_triangles = 0;
    if (n < 3)
        return GRID_OK;
    numbered *order = GRID_NEW(numbered, n);
    session s = {.geos = GEOS_init_r()};
    if (order == NULL || s.geos == NULL) {
        free(order);
        if (s.geos != NULL)
            GEOS_finish_r(s.geos);
        return grid_fail_nomem(err);
    }
    GEOSContext_setErrorMessageHandler_r(s.geos, remember, &s);
    for (size_t i = 0; i < n; i++)
        order[i] = (numbered){points[i], (uint32_t)i};
    qsort(order, n, sizeof *order, compare_numbered);
    GEOSGeometry *cloud = make_points(&s, order, n);
    GEOSGeometry *all = cloud ? GEOSDelaunayTriangulation_r(s.geos, cloud, 0, 0) : NULL;
    grid_status status = all == NULL ? grid_fail(err, GRID_E_INTERNAL, "",
                                                 "triangulation failed: %s", s.message)
                                     : read_triangles(&s, all, order, n, out, n_triangles, err);
    GEOSGeom_destroy_r(s.geos, all);
    GEOSGeom_destroy_r(s.geos, cloud);
    GEOS_finish_r(s.geos);
    free(order);
    return status;
}
