/*
 * Writes a made-up city as a grid database for bench_map:
 *   bench_map_town NX NY PER_SIDE OUT.sqlite
 * NX * NY grids (multiples of 40 and 25) with PER_SIDE edges a side; 4 x 5 grids are a community,
 * 10 x 5 communities a street office; every side between two grids is a stretch of border along a
 * named road, lane or arterial.
 */
#include <grid/store.h>

#include "town.h"

enum { COMMUNITY_X = 4, COMMUNITY_Y = 5, STREET_X = 40, STREET_Y = 25, TEXT = 24 };

static char *text_new(size_t n, const char ***out) {
    *out = malloc((n + 1) * sizeof **out);
    char *pool = calloc(n + 1, TEXT);
    town_need(*out != NULL && pool != NULL);
    for (size_t i = 0; i < n; i++)
        (*out)[i] = pool + i * TEXT;
    return pool;
}

static void *array(size_t n, size_t size) {
    void *a = calloc(n + 1, size);
    town_need(a != NULL);
    return a;
}

/* "410482" + street + community + grid, as many of them as the block is small. */
static void code_of(const town *t, size_t i, size_t j, size_t bx, char out[TEXT]) {
    size_t street = j / STREET_Y * (t->nx / STREET_X) + i / STREET_X;
    size_t community = j % STREET_Y / COMMUNITY_Y * (STREET_X / COMMUNITY_X) +
                       i % STREET_X / COMMUNITY_X;
    size_t grid = j % COMMUNITY_Y * COMMUNITY_X + i % COMMUNITY_X;
    int n = snprintf(out, TEXT, "410482%03zu", street + 1);
    if (bx < STREET_X)
        n += snprintf(out + n, TEXT - (size_t)n, "%03zu", community + 1);
    if (bx < COMMUNITY_X)
        snprintf(out + n, TEXT - (size_t)n, "%03zu", grid + 1);
}

static void add_block(const town *t, grid_shapes *s, size_t i, size_t j, size_t bx, size_t by) {
    town_need(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
              grid_shapes_begin_chain(s));
    for (size_t k = 0; k < bx; k++)
        town_walk(t, s, i + k, j, 0, false);
    for (size_t k = 0; k < by; k++)
        town_walk(t, s, i + bx, j + k, 1, false);
    for (size_t k = bx; k-- > 0;)
        town_walk(t, s, i + k, j + by, 0, true);
    for (size_t k = by; k-- > 0;)
        town_walk(t, s, i, j + k, 1, true);
    grid_xy first = town_corner(t, i, j);
    town_need(grid_shapes_add(s, first.x, first.y));
}

static grid_status write_level(const town *t, int level, size_t bx, size_t by, grid_store *store,
                               grid_error *err) {
    static const char *const kinds[] = {"street", "community", "grid"};
    size_t n = t->nx / bx * (t->ny / by), k = 0;
    grid_units u = {.n = n, .level = level, .shapes = grid_shapes_new()};
    char *codes = text_new(n, &u.code), *parents = text_new(n, &u.parent_code);
    char *names = text_new(n, &u.name);
    u.kind = array(n, sizeof *u.kind);
    u.status = array(n, sizeof *u.status);
    u.reason = u.valid_from = u.valid_to = array(n, sizeof *u.reason);
    u.households = array(n, sizeof *u.households);
    u.persons = array(n, sizeof *u.persons);
    u.workload = array(n, sizeof *u.workload);
    u.area_m2 = array(n, sizeof *u.area_m2);
    for (size_t j = 0; j < t->ny; j += by) {
        for (size_t i = 0; i < t->nx; i += bx, k++) {
            code_of(t, i, j, bx, codes + k * TEXT);
            if (level > 1)
                code_of(t, i, j, level == 2 ? STREET_X : COMMUNITY_X, parents + k * TEXT);
            if (level < 3)
                snprintf(names + k * TEXT, TEXT, level == 1 ? "第%zu街道" : "第%zu社区", k + 1);
            u.kind[k] = kinds[level - 1];
            u.status[k] = "OK";
            u.reason[k] = "";
            u.households[k] = (int64_t)(400 * bx * by);
            u.persons[k] = (int64_t)(1250 * bx * by);
            add_block(t, u.shapes, i, j, bx, by);
            u.area_m2[k] = grid_shapes_area(u.shapes, k);
        }
    }
    grid_status status = grid_store_write_units(store, &u, err);
    grid_shapes_free(u.shapes);
    return status;
}

/* A grid's code; none beyond the city's rim. */
static void side_code(const town *t, size_t i, size_t j, char *out) {
    if (i < t->nx && j < t->ny) /* -1 is no column and no row either */
        code_of(t, i, j, 1, out);
}

static grid_status write_borders(const town *t, grid_store *store, grid_error *err) {
    size_t n = (t->nx + 1) * t->ny + (t->ny + 1) * t->nx, k = 0;
    grid_border_rows b = {.shapes = grid_shapes_new()};
    char *left = text_new(n, &b.left_code), *right = text_new(n, &b.right_code);
    char *names = text_new(n, &b.name);
    b.border_class = array(n, sizeof *b.border_class);
    b.length_m = array(n, sizeof *b.length_m);
    for (size_t j = 0; j <= t->ny; j++) {
        for (size_t i = 0; i <= t->nx; i++) {
            for (int upright = 0; upright < 2; upright++) {
                if (upright ? j == t->ny : i == t->nx)
                    continue;
                size_t line = upright ? i : j;
                side_code(t, upright ? i - 1 : i, j, left + k * TEXT);
                side_code(t, i, upright ? j : j - 1, right + k * TEXT);
                b.border_class[k] = line % 20 == 0 ? "arterial" : line % 4 == 0 ? "road" : "lane";
                snprintf(names + k * TEXT, TEXT, "%s%zu路", upright ? "经" : "纬", line + 1);
                town_need(grid_shapes_begin(b.shapes, GRID_SHAPE_LINE) &&
                          grid_shapes_begin_part(b.shapes) && grid_shapes_begin_chain(b.shapes));
                for (size_t p = 0; p <= t->per_side; p++) {
                    grid_xy at = town_side(t, i, j, upright, p);
                    town_need(grid_shapes_add(b.shapes, at.x, at.y));
                }
                b.length_m[k++] = t->cell_m;
            }
        }
    }
    b.n = k;
    grid_status status = grid_store_write_borders(store, &b, err);
    grid_shapes_free(b.shapes);
    return status;
}

static grid_status write_city(const town *t, const char *path, grid_error *err) {
    static const grid_level levels[] = {{1, "street", "given", "", 0, 0, 0},
                                        {2, "community", "given", "", 0, 0, 0},
                                        {3, "grid", "split", "households", 300, 500, 400}};
    grid_store *store;
    grid_status status = grid_store_create(path, "EPSG:4547", true, &store, err);
    if (status != GRID_OK)
        return status;
    status = grid_store_write_levels(store, levels, 3, err);
    status = status ? status : write_level(t, 1, STREET_X, STREET_Y, store, err);
    status = status ? status : write_level(t, 2, COMMUNITY_X, COMMUNITY_Y, store, err);
    status = status ? status : write_level(t, 3, 1, 1, store, err);
    status = status ? status : write_borders(t, store, err);
    if (status == GRID_OK)
        return grid_store_commit(store, err);
    grid_store_close(store);
    return status;
}

int main(int argc, char **argv) {
    if (argc != 5)
        return fprintf(stderr, "usage: bench_map_town NX NY PER_SIDE OUT.sqlite\n"), 2;
    const town t = {strtoul(argv[1], NULL, 10),
                    strtoul(argv[2], NULL, 10),
                    strtoul(argv[3], NULL, 10),
                    240,
                    470000,
                    3400000,
                    1};
    grid_error err = {0};
    if (t.nx % STREET_X != 0 || t.ny % STREET_Y != 0 || t.per_side == 0)
        return fprintf(stderr, "NX must be a multiple of 40, NY of 25\n"), 2;
    if (write_city(&t, argv[4], &err) != GRID_OK)
        return fprintf(stderr, "%s: %s\n", err.where, err.message), 1;
    return 0; /* the arrays live as long as the process */
}
