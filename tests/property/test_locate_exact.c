/*
 * Locating against brute force in exact integers: every claim of every unit for every point, on
 * coverages and on rubbish, at the points where rounding would show; by every kernel, one by one
 * and in batches, with the directory and without it.
 */
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
            v.touches |= o == 0 && fmin(a.x, b.x) <= p.x && p.x <= fmax(a.x, b.x) &&
                         (a.x != b.x || a.y != b.y || true);
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
    const grid_box **box; /* per layer, per feature */
    grid_locator *locator;
} place;

static void expect_hit(const place *w, size_t layer, grid_xy p, grid_hit hit) {
    const grid_shapes *s = w->layers[layer].shapes;
    const char *const *code = w->layers[layer].code;
    uint32_t unit = GRID_NONE, rim = GRID_NONE, claims = 0;
    for (uint32_t f = 0; f < s->n; f++) {
        const grid_box *box = &w->box[layer][f];
        if (!(p.x >= box->min_x && p.x <= box->max_x && p.y >= box->min_y && p.y <= box->max_y))
            continue;
        verdict v = judge(s, f, p);
        claims += v.covers;
        if (v.covers && (unit == GRID_NONE || strcmp(code[f], code[unit]) < 0))
            unit = f;
        if (v.touches && (rim == GRID_NONE || strcmp(code[f], code[rim]) < 0))
            rim = f;
    }
    assert_int_equal(hit.border, rim != GRID_NONE);
    if (claims == 0 && rim != GRID_NONE) {
        claims = 1;
        unit = rim;
    }
    if (hit.unit != unit || hit.claims != claims)
        fail_msg("(%a, %a): unit %u with %u claims, not %u with %u", p.x, p.y, hit.unit, hit.claims,
                 unit, claims);
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
    place w = {layers, n, calloc(n, sizeof(grid_box *)), NULL};
    for (size_t k = 0; k < n; k++) {
        grid_box *box = calloc(layers[k].shapes->n + 1, sizeof *box);
        for (size_t f = 0; f < layers[k].shapes->n; f++)
            box[f] = grid_shapes_box(layers[k].shapes, f);
        w.box[k] = box;
    }
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
        free((void *)(uintptr_t)w->box[k]);
    free(w->box);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(towns),
        cmocka_unit_test(anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
