/*
 * Locating against brute force in exact integers: every claim of every unit for every point, on
 * coverages and on rubbish, at the points where rounding would show; by every kernel, one by one
 * and in batches, with the directory and without it.
 */
#include <grid/io.h>
#include <grid/locate.h>

#include "locate/kernel.h"
#include "town.h"
#include "unit.h"

/* ---- the oracle ---------------------------------------------------------------------------- */

/* Coordinates as integers of 2^-40, exact for the doubles that the tests use. */
typedef __int128 wide;

static wide to_wide(double value) {
    double scaled = ldexp(value, 40);
    assert_true(fabs(scaled) < 0x1p62 && scaled == nearbyint(scaled));
    return (wide)(int64_t)scaled;
}

static int side(grid_xy a, grid_xy b, grid_xy p) {
    wide ax = to_wide(a.x), ay = to_wide(a.y);
    wide cross = (to_wide(b.x) - ax) * (to_wide(p.y) - ay) -
                 (to_wide(b.y) - ay) * (to_wide(p.x) - ax);
    return (cross > 0) - (cross < 0);
}

typedef struct verdict {
    bool covers, touches;
} verdict;

/* Even-odd along a ray east from (x + e, y + e^2), and whether the point is on a ring. */
static verdict judge(const grid_shapes *s, size_t f, grid_xy p) {
    verdict v = {false, false};
    if (s->kind[f] != GRID_SHAPE_AREA)
        return v;
    for (size_t c = s->chain_start[s->part_start[f]]; c < s->chain_start[s->part_start[f + 1]]; c++)
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
            grid_xy a = s->xy[i], b = s->xy[i + 1];
            if (a.y > b.y || (a.y == b.y && a.x > b.x)) {
                grid_xy swap = a;
                a = b;
                b = swap;
            }
            if (p.y < a.y || p.y > b.y)
                continue;
            int o = side(a, b, p);
            v.covers ^= a.y <= p.y && p.y < b.y && o > 0;
            v.touches |= o == 0 && fmin(a.x, b.x) <= p.x && p.x <= fmax(a.x, b.x);
        }
    return v;
}

/* A ring edge that a unit has twice is no border of it. */
static bool edge_is_doubled(const grid_shapes *s, size_t f, size_t edge) {
    unsigned times = 0;
    for (size_t c = s->chain_start[s->part_start[f]]; c < s->chain_start[s->part_start[f + 1]]; c++)
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
            bool same = s->xy[i].x == s->xy[edge].x && s->xy[i].y == s->xy[edge].y &&
                        s->xy[i + 1].x == s->xy[edge + 1].x && s->xy[i + 1].y == s->xy[edge + 1].y;
            bool back = s->xy[i].x == s->xy[edge + 1].x && s->xy[i].y == s->xy[edge + 1].y &&
                        s->xy[i + 1].x == s->xy[edge].x && s->xy[i + 1].y == s->xy[edge].y;
            times += same || back;
        }
    return times > 1;
}

/* ---- the cases --------------------------------------------------------------------------------
 */

typedef struct place {
    const grid_locate_layer *layers;
    size_t n_layers;
    grid_rtree **tree; /* per layer, of the features' boxes: who may claim a point at all */
    grid_locator *locator;
} place;

/* What all units of a layer together say of a point. */
typedef struct claims {
    const grid_locate_layer *layer;
    grid_xy p;
    uint32_t unit, rim, n;
} claims;

static bool is_before(const claims *c, uint32_t f, uint32_t other) {
    return other == GRID_NONE || strcmp(c->layer->code[f], c->layer->code[other]) < 0;
}

static bool ask(void *user, size_t i) {
    claims *c = user;
    uint32_t f = (uint32_t)i;
    verdict v = judge(c->layer->shapes, f, c->p);
    c->n += v.covers;
    if (v.covers && is_before(c, f, c->unit))
        c->unit = f;
    if (v.touches && is_before(c, f, c->rim))
        c->rim = f;
    return true;
}

static void expect_hit(const place *w, size_t layer, grid_xy p, grid_hit hit) {
    claims c = {&w->layers[layer], p, GRID_NONE, GRID_NONE, 0};
    const grid_box here = {p.x, p.y, p.x, p.y};
    grid_rtree_find(w->tree[layer], &here, ask, &c);
    bool border = c.rim != GRID_NONE;
    if (c.n == 0 && border) {
        c.n = 1;
        c.unit = c.rim;
    }
    if (hit.unit != c.unit || hit.claims != c.n || hit.border != border)
        fail_msg("(%a, %a): unit %u with %u claims, not %u with %u", p.x, p.y, hit.unit, hit.claims,
                 c.unit, c.n);
}

static void expect_all(place *w, const grid_xy *p, size_t n) {
    size_t bytes = n * w->n_layers * sizeof(grid_hit);
    grid_hit *first = malloc(bytes + 1), *again = malloc(bytes + 1);
    memset(first, 0, bytes);
    memset(again, 0, bytes);
    for (size_t i = 0; i < n; i++)
        grid_locator_find(w->locator, p[i].x, p[i].y, first + i * w->n_layers);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < w->n_layers; k++)
            expect_hit(w, k, p[i], first[i * w->n_layers + k]);
    kernel_id best = w->locator->kernel;
    for (int k = KERNEL_PLAIN; k <= KERNEL_AVX2; k++)
        for (int directory = 0; directory < 2 && kernel_runs((kernel_id)k); directory++) {
            w->locator->kernel = (kernel_id)k;
            grid_locator_use_directory(w->locator, directory);
            grid_locator_find_many(w->locator, p, n, again);
            for (size_t i = 0; i < n * w->n_layers; i++)
                assert_true(first[i].unit == again[i].unit && first[i].claims == again[i].claims &&
                            first[i].border == again[i].border);
        }
    w->locator->kernel = best;
    free(first);
    free(again);
}

static place open_place(const grid_locate_layer *layers, size_t n) {
    place w = {layers, n, calloc(n, sizeof(grid_rtree *)), NULL};
    for (size_t k = 0; k < n; k++)
        assert_int_equal(grid_rtree_build_shapes(layers[k].shapes, &w.tree[k], NULL), GRID_OK);
    grid_context one = {.threads = 1}, three = {.threads = 3};
    grid_locator *other;
    assert_int_equal(grid_locator_build(layers, n, &one, &w.locator, NULL), GRID_OK);
    assert_int_equal(grid_locator_build(layers, n, &three, &other, NULL), GRID_OK);
    assert_int_equal(w.locator->size, other->size);
    assert_memory_equal(w.locator->image, other->image, other->size);
    grid_locator_free(other);
    return w;
}

static void close_place(place *w) {
    for (size_t k = 0; k < w->n_layers; k++)
        grid_rtree_free(w->tree[k]);
    free(w->tree);
    grid_locator_free(w->locator);
}

static double nudge(double value, uint64_t how) {
    return how % 3 == 0 ? value : nextafter(value, how % 3 == 1 ? INFINITY : -INFINITY);
}

/* A point where it is hardest: a vertex, a rounded point of an edge, a corner of the lattice, a
 * neighbour in x or y; each moved by an ulp or not. */
static grid_xy hard_point(const place *w, size_t layer, uint64_t seed) {
    const grid_shapes *s = w->layers[layer].shapes;
    uint64_t h = town_hash(seed, 1, 2, 3), kind = h % 7;
    size_t i = (size_t)((h >> 8) % (s->n_xy - 1)), j = (size_t)((h >> 32) % s->n_xy);
    grid_xy a = s->xy[i], b = s->xy[i + 1], p = a;
    const nest_image *head = w->locator->nest[w->locator->layer[layer].nest].head;
    if (kind == 1 || kind == 2) {
        double t = kind == 1 ? 0.5 : (double)(town_hash(seed, 4, 5, 6) >> 11) * 0x1p-53;
        p = (grid_xy){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
    } else if (kind == 3) {
        p.y = s->xy[j].y;
    } else if (kind == 4) {
        unsigned bits = 14 + (unsigned)(h >> 60);
        p.x = head->origin_x +
              ldexp(floor(ldexp(lattice_x(head, a.x), -(int)bits)), (int)bits) / head->scale_x;
        if (h >> 59 & 1)
            p.y = head->origin_y +
                  ldexp(floor(ldexp(lattice_y(head, a.y), -(int)bits)), (int)bits) / head->scale_y;
    } else if (kind == 5) {
        grid_xy c = s->xy[j];
        p = (grid_xy){(a.x + c.x) / 2, (a.y + c.y) / 2};
    }
    return (grid_xy){nudge(p.x, h >> 40), nudge(p.y, h >> 44)};
}

static unsigned seeds(unsigned usual) {
    const char *wanted = getenv("GRID_SEEDS");
    return wanted != NULL ? (unsigned)atoi(wanted) : usual;
}

/* Towns of three levels of which the middle one is made of bands of grids. */
static void towns(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < seeds(6); seed++) {
        const town t = {
            3 + seed % 9, 2 + seed % 7, 1 + seed * 5 % 31, 300 + 17.3 * (double)seed, 412345.678,
            3765432.1,    seed};
        grid_shapes *grids = town_grids(&t), *outline = town_outline(&t);
        const char **codes = town_codes(grids->n), *whole[] = {"town"};
        const grid_locate_layer layers[] = {{"town", outline, whole}, {"grid", grids, codes}};
        place w = open_place(layers, 2);
        if (seed > 0)
            assert_int_equal(w.locator->n_nests, 1);
        enum { POINTS = 20000 };
        grid_xy *p = malloc(POINTS * sizeof *p);
        for (uint64_t i = 0; i < POINTS; i++)
            p[i] = hard_point(&w, i % 2, seed * POINTS + i);
        expect_all(&w, p, POINTS);
        for (size_t i = 0; i < POINTS; i++) {
            grid_hit hits[2];
            grid_locator_find(w.locator, p[i].x, p[i].y, hits);
            assert_true(hits[1].claims <= 1);
        }
        free(p);
        free(codes);
        close_place(&w);
        grid_shapes_free(grids);
        grid_shapes_free(outline);
    }
}

/* Random closed chains of few small integers: they cross, overlap, touch, repeat. */
static grid_shapes *rubbish(uint64_t seed, size_t n, uint64_t range, double step) {
    grid_shapes *s = grid_shapes_new();
    for (uint64_t f = 0; f < n; f++) {
        size_t corners = 3 + town_hash(seed, f, 0, 0) % 6;
        assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                    grid_shapes_begin_chain(s));
        for (uint64_t k = 0; k <= corners; k++) {
            uint64_t h = town_hash(seed, f, k % corners, 1);
            assert_true(grid_shapes_add(s, 100000 + (double)(h % range) * step,
                                        200000 + (double)((h >> 32) % range) * step));
        }
    }
    return s;
}

/* Points on an edge that its unit has twice are no border to the index, but touch for the oracle.
 */
static bool is_on_doubled(const grid_shapes *s, grid_xy p) {
    for (size_t f = 0; f < s->n; f++)
        for (size_t c = s->chain_start[s->part_start[f]]; c < s->chain_start[s->part_start[f + 1]];
             c++)
            for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
                grid_xy a = s->xy[i], b = s->xy[i + 1];
                bool in_box = fmin(a.x, b.x) <= p.x && p.x <= fmax(a.x, b.x) &&
                              fmin(a.y, b.y) <= p.y && p.y <= fmax(a.y, b.y);
                if (in_box && side(a, b, p) == 0 &&
                    ((a.x == b.x && a.y == b.y) || edge_is_doubled(s, f, i)))
                    return true;
            }
    return false;
}

static void anything(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < seeds(120); seed++) {
        uint64_t range = 3 + seed % 40;
        double step = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 0.001 : 17.25;
        grid_shapes *a = rubbish(seed, 1 + seed % 12, range, step);
        grid_shapes *b = rubbish(seed ^ 77, 1 + seed % 3, range, step);
        const char **codes = town_codes(12);
        const grid_locate_layer layers[] = {{"a", a, codes}, {"b", b, codes}};
        place w = open_place(layers, 2);
        enum { POINTS = 400 };
        grid_xy p[POINTS];
        size_t n = 0;
        for (uint64_t i = 0; i < POINTS; i++) {
            p[n] = hard_point(&w, i % 2, seed * POINTS + i);
            n += !is_on_doubled(a, p[n]) && !is_on_doubled(b, p[n]);
        }
        expect_all(&w, p, n);
        free(codes);
        close_place(&w);
        grid_shapes_free(a);
        grid_shapes_free(b);
    }
}

/* Many hard points of one layer, of which none may be claimed twice. */
static void expect_layer(const grid_shapes *s, const char *const *codes, size_t points,
                         bool is_coverage) {
    const grid_locate_layer layer = {.name = "grid", .shapes = s, .code = codes};
    place w = open_place(&layer, 1);
    enum { PART = 50000 };
    grid_xy *p = malloc(PART * sizeof *p);
    grid_hit hit;
    for (size_t done = 0; done < points; done += PART) {
        size_t n = points - done < PART ? points - done : PART;
        for (size_t i = 0; i < n; i++)
            p[i] = hard_point(&w, 0, done + i);
        expect_all(&w, p, n);
        for (size_t i = 0; i < n && is_coverage; i++) {
            grid_locator_find(w.locator, p[i].x, p[i].y, &hit);
            assert_true(hit.claims <= 1);
        }
    }
    free(p);
    close_place(&w);
}

/* The sizes of a district and a city: a million points each when GRID_LONG is set. */
static void large_towns(void **state) {
    (void)state;
    static const size_t sizes[][3] = {{20, 10, 51}, {38, 28, 49}, {160, 125, 46}};
    bool is_long = getenv("GRID_LONG") != NULL;
    for (size_t i = 0; i < (is_long ? 3 : 1); i++) {
        const town t = {sizes[i][0], sizes[i][1], sizes[i][2], 300, 500000, 3400000, i};
        grid_shapes *s = town_grids(&t);
        const char **codes = town_codes(s->n);
        expect_layer(s, codes, is_long ? 1000000 : 20000, true);
        free(codes);
        grid_shapes_free(s);
    }
}

/* Real coverages, where they are there. */
static void real_layers(void **state) {
    (void)state;
    static const char *const specs[] = {GRID_SHARED_DIR "/data/chiayi/chiayi.gpkg:households",
                                        GRID_SHARED_DIR
                                        "/data/cambridge/cambridge.gpkg:adj_blocks2020_clean"};
    for (size_t k = 0; k < sizeof specs / sizeof *specs; k++) {
        grid_layer *layer;
        const grid_layer_options options = {0};
        if (grid_layer_read(specs[k], &options, NULL, &layer, NULL) != GRID_OK) {
            print_message("%s is not there\n", specs[k]);
            continue;
        }
        const char **codes = town_codes(layer->n);
        expect_layer(layer->shapes, codes, getenv("GRID_LONG") != NULL ? 1000000 : 20000, true);
        free(codes);
        grid_layer_free(layer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(towns),
        cmocka_unit_test(anything),
        cmocka_unit_test(large_towns),
        cmocka_unit_test(real_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
