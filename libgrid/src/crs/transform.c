#include "crs/crs.h"

#include "base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct grid_crs_transform {
    PJ_CONTEXT *context;
    PJ *step[2]; /* applied in turn; NULL where there is nothing to do */
    crs_shift from, to;
};

/* ---- datums ------------------------------------------------------------------------- */

/* What the datum of a CRS is known by. */
typedef struct datum {
    double semi_major_m, inverse_flattening;
    bool bound; /* carries its own shift to WGS 84 */
    PJ *pj;
} datum;

static void datum_of(PJ_CONTEXT *context, const PJ *crs, datum *out) {
    *out = (datum){.bound = proj_get_type(crs) == PJ_TYPE_BOUND_CRS};
    PJ *base = out->bound ? proj_get_source_crs(context, crs) : NULL;
    const PJ *plain = base ? base : crs;
    PJ *ellipsoid = proj_get_ellipsoid(context, plain);
    if (ellipsoid != NULL)
        proj_ellipsoid_get_parameters(context, ellipsoid, &out->semi_major_m, NULL, NULL,
                                      &out->inverse_flattening);
    PJ *geodetic = proj_crs_get_geodetic_crs(context, plain);
    out->pj = geodetic ? proj_crs_get_datum_forced(context, geodetic) : NULL;
    proj_destroy(geodetic);
    proj_destroy(ellipsoid);
    proj_destroy(base);
}

/*
 * WGS 84, CGCS2000, ETRS89, TWD97, ITRF ... : datums on a geocentric ellipsoid of this
 * size agree within a metre or two, so no transformation between them is no harm.
 */
static bool is_geocentric(const datum *d) {
    return fabs(d->semi_major_m - 6378137) < 0.5 && fabs(d->inverse_flattening - 298.2572) < 1e-3;
}

static double box_area(const grid_box *b) {
    return b->max_x > b->min_x && b->max_y > b->min_y
               ? (b->max_x - b->min_x) * (b->max_y - b->min_y)
               : 0;
}

static bool area_of(PJ_CONTEXT *context, const PJ *pj, grid_box *out) {
    return proj_get_area_of_use(context, pj, &out->min_x, &out->min_y, &out->max_x, &out->max_y,
                                NULL) &&
           out->min_x > -1000;
}

/*
 * True when PROJ knows a real transformation for most of the area of use. PROJ has a few for
 * Beijing 1954 that hold for a gulf or an oil field, and would use them anywhere.
 */
static bool has_real_operation(PJ_CONTEXT *context, const PJ *from, const PJ *to) {
    grid_box area, op_area;
    bool area_known = area_of(context, from, &area) || area_of(context, to, &area);
    PJ_OPERATION_FACTORY_CONTEXT *factory = proj_create_operation_factory_context(context, NULL);
    if (factory == NULL)
        return false;
    proj_operation_factory_context_set_allow_ballpark_transformations(context, factory, 0);
    proj_operation_factory_context_set_spatial_criterion(
        context, factory, PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
    PJ_OBJ_LIST *list = proj_create_operations(context, from, to, factory);
    int n = list ? proj_list_get_count(list) : 0;
    bool found = false;
    for (int i = 0; i < n && !found; i++) {
        PJ *op = proj_list_get(context, list, i);
        found = proj_coordoperation_is_instantiable(context, op);
        if (found && area_known && area_of(context, op, &op_area)) {
            grid_box both = {fmax(area.min_x, op_area.min_x), fmax(area.min_y, op_area.min_y),
                             fmin(area.max_x, op_area.max_x), fmin(area.max_y, op_area.max_y)};
            found = box_area(&both) >= box_area(&area) / 2;
        }
        proj_destroy(op);
    }
    proj_list_destroy(list);
    proj_operation_factory_context_destroy(factory);
    return found;
}

/* Whether the datums are so related that coordinates can be brought from one to the other. */
static grid_status check_datums(PJ_CONTEXT *context, const PJ *from, const PJ *to,
                                grid_error *err) {
    datum a, b;
    datum_of(context, from, &a);
    datum_of(context, to, &b);
    bool same = a.pj != NULL && b.pj != NULL &&
                proj_is_equivalent_to_with_ctx(context, a.pj, b.pj, PJ_COMP_EQUIVALENT);
    bool fine = same || ((a.bound || is_geocentric(&a)) && (b.bound || is_geocentric(&b))) ||
                has_real_operation(context, from, to);
    proj_destroy(a.pj);
    proj_destroy(b.pj);
    if (fine)
        return GRID_OK;
    grid_fail(err, GRID_E_INPUT, "",
              "no transformation is known from %.100s to %.100s; leaving the datum as it is would "
              "move everything by tens of metres",
              proj_get_name(from), proj_get_name(to));
    return grid_hint(err, GRID_E_INPUT,
                     "name the source CRS as a PROJ string with its seven parameters "
                     "(+towgs84=dx,dy,dz,rx,ry,rz,ds), or have the data converted");
}

/* ---- the transformation ------------------------------------------------------------- */

static bool same_crs(PJ_CONTEXT *context, const PJ *a, const PJ *b) {
    PJ *x = proj_normalize_for_visualization(context, a);
    PJ *y = proj_normalize_for_visualization(context, b);
    bool same = proj_is_equivalent_to_with_ctx(context, x ? x : a, y ? y : b,
                                               PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS);
    proj_destroy(x);
    proj_destroy(y);
    return same;
}

static grid_status make_step(PJ_CONTEXT *context, const PJ *from, const PJ *to, PJ **out,
                             grid_error *err) {
    if (same_crs(context, from, to))
        return GRID_OK;
    GRID_TRY(check_datums(context, from, to, err));
    PJ *pj = proj_create_crs_to_crs_from_pj(context, from, to, NULL, NULL);
    *out = pj ? proj_normalize_for_visualization(context, pj) : NULL;
    proj_destroy(pj);
    if (*out == NULL)
        return grid_fail(err, GRID_E_INPUT, "", "no transformation is known from %.100s to %.100s",
                         proj_get_name(from), proj_get_name(to));
    return GRID_OK;
}

/*
 * A CRS with parameters of its own goes through WGS 84, which they lead to: PROJ would
 * silently leave them out on the way to any other datum.
 */
static grid_status connect(grid_crs_transform *t, const PJ *from, const PJ *to, grid_error *err) {
    bool bound = proj_get_type(from) == PJ_TYPE_BOUND_CRS || proj_get_type(to) == PJ_TYPE_BOUND_CRS;
    if (!bound || same_crs(t->context, from, to))
        return make_step(t->context, from, to, &t->step[0], err);
    PJ *wgs84 = proj_create(t->context, "EPSG:4326");
    if (wgs84 == NULL)
        return grid_fail(err, GRID_E_INTERNAL, "", "PROJ has no database");
    grid_status status = make_step(t->context, from, wgs84, &t->step[0], err);
    if (status == GRID_OK)
        status = make_step(t->context, wgs84, to, &t->step[1], err);
    proj_destroy(wgs84);
    return status;
}

grid_status grid_crs_transform_new(const char *from, const char *to, grid_crs_transform **out,
                                   grid_error *err) {
    *out = NULL;
    grid_crs_transform *t = calloc(1, sizeof *t);
    if (t == NULL || (t->context = crs_context_new()) == NULL) {
        free(t);
        return grid_fail_nomem(err);
    }
    PJ *a = NULL, *b = NULL;
    grid_status status = crs_parse(t->context, from, &a, &t->from, err);
    if (status == GRID_OK)
        status = crs_parse(t->context, to, &b, &t->to, err);
    if (status == GRID_OK)
        status = connect(t, a, b, err);
    proj_destroy(a);
    proj_destroy(b);
    if (status != GRID_OK) {
        grid_crs_transform_free(t);
        return status;
    }
    *out = t;
    return GRID_OK;
}

grid_status grid_crs_transform_clone(const grid_crs_transform *transform, grid_crs_transform **out,
                                     grid_error *err) {
    *out = NULL;
    grid_crs_transform *t = calloc(1, sizeof *t);
    if (t == NULL)
        return grid_fail_nomem(err);
    t->from = transform->from;
    t->to = transform->to;
    t->context = crs_context_new();
    bool done = t->context != NULL;
    for (size_t i = 0; i < 2 && done; i++)
        if (transform->step[i] != NULL)
            done = (t->step[i] = proj_clone(t->context, transform->step[i])) != NULL;
    if (!done) {
        grid_crs_transform_free(t);
        return grid_fail_nomem(err);
    }
    *out = t;
    return GRID_OK;
}

void grid_crs_transform_free(grid_crs_transform *t) {
    if (t == NULL)
        return;
    proj_destroy(t->step[0]);
    proj_destroy(t->step[1]);
    proj_context_destroy(t->context);
    free(t);
}

bool grid_crs_transform_is_identity(const grid_crs_transform *t) {
    return t->step[0] == NULL && t->step[1] == NULL && t->from == t->to;
}

size_t grid_crs_transform_apply(const grid_crs_transform *t, grid_xy *xy, size_t n) {
    if (n == 0 || grid_crs_transform_is_identity(t))
        return 0;
    crs_shift_undo(t->from, xy, n);
    for (size_t step = 0; step < 2; step++) {
        if (t->step[step] == NULL)
            continue;
        proj_errno_reset(t->step[step]);
        proj_trans_generic(t->step[step], PJ_FWD, &xy->x, sizeof *xy, n, &xy->y, sizeof *xy, n,
                           NULL, 0, 0, NULL, 0, 0);
    }
    crs_shift_apply(t->to, xy, n);
    size_t lost = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(xy[i].x) || !isfinite(xy[i].y)) {
            xy[i] = (grid_xy){NAN, NAN};
            lost++;
        }
    }
    return lost;
}
