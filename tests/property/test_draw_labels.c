/*
 * Labels of random maps: no two come nearer to each other than the gap, none leaves the frame, and
 * every grid has its number unless the page says that it has not.
 */
#include <grid/draw.h>

#include "draw/sheet.h"

#include "random.h"
#include "town.h"
#include "unit.h"

enum { MOST = 400, ROADS = 30, STEPS = 40, TEXT = 40 };

typedef struct scene {
    town t;
    size_t block; /* so many grids a side are a community */
    grid_units level[3];
    const grid_units *levels[3];
    grid_level info[3];
    const char *code[3][MOST], *parent[3][MOST], *name[3][MOST];
    char codes[3][MOST][TEXT], names[3][MOST][TEXT * 3];
    int64_t households[3][MOST], persons[3][MOST];
    double area[3][MOST];
    grid_shapes *roads;
    const char *road_name[ROADS];
    char road_names[ROADS][TEXT * 3];
    uint8_t road_class[ROADS];
    grid_map map;
} scene;

/* Names of nothing much: Chinese or Latin, some long. */
static void random_name(char *out, uint32_t most) {
    static const char *const parts[] = {"望",      "嵩", "路",   "广",  "成",
                                        "street ", "Av", "花园", "社区"};
    uint32_t n = 1 + random_below(most);
    out[0] = '\0';
    for (uint32_t i = 0; i < n; i++)
        strcat(out, parts[random_below(sizeof parts / sizeof *parts)]);
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

/* Level l of blocks of `size` grids a side; codes ascend. */
static void make_level(scene *s, int l, size_t size) {
    const town *t = &s->t;
    size_t n = 0;
    grid_shapes *shapes = grid_shapes_new();
    for (size_t j = 0; j < t->ny; j += size) {
        for (size_t i = 0; i < t->nx; i += size, n++) {
            size_t above = l == 2 ? j / s->block * (t->nx / s->block) + i / s->block : 0;
            snprintf(s->codes[l][n], TEXT, "%.20s%03zu", l == 0 ? "41" : s->codes[l - 1][above], n);
            random_name(s->names[l][n], l == 2 ? 2 : 8);
            s->code[l][n] = s->codes[l][n];
            s->parent[l][n] = l == 0 ? "" : s->codes[l - 1][above];
            s->name[l][n] = s->names[l][n];
            s->households[l][n] = random_below(100000);
            s->persons[l][n] = -1;
            add_block(t, shapes, i, j, size, size);
            s->area[l][n] = grid_shapes_area(shapes, n);
        }
    }
    s->level[l] = (grid_units){.n = n,
                               .level = l + 1,
                               .code = s->code[l],
                               .parent_code = s->parent[l],
                               .name = s->name[l],
                               .households = s->households[l],
                               .persons = s->persons[l],
                               .area_m2 = s->area[l],
                               .shapes = shapes};
    s->levels[l] = &s->level[l];
}

/* Roads that wander through the town and beyond. */
static void make_roads(scene *s) {
    double size = s->t.cell_m * (double)s->t.nx;
    s->roads = grid_shapes_new();
    for (int r = 0; r < ROADS; r++) {
        double x = s->t.x0 + random_below(1000) * size / 1000,
               y = s->t.y0 + random_below(1000) * size / 1000, turn = random_below(628) / 100.0;
        town_need(grid_shapes_begin(s->roads, GRID_SHAPE_LINE) &&
                  grid_shapes_begin_part(s->roads) && grid_shapes_begin_chain(s->roads));
        for (int k = 0; k < STEPS; k++) {
            town_need(grid_shapes_add(s->roads, x, y));
            turn += (random_below(100) - 49.5) / 150;
            x += cos(turn) * size / STEPS;
            y += sin(turn) * size / STEPS;
        }
        random_name(s->road_names[r], 6);
        s->road_name[r] = s->road_names[r];
        s->road_class[r] = (uint8_t)(1 + random_below(6));
    }
}

static void make_scene(scene *s) {
    memset(s, 0, sizeof *s);
    s->block = 1 + random_below(4);
    size_t side = s->block * (1 + random_below((uint32_t)(18 / s->block)));
    s->t = (town){side, side, 4, 60 + random_below(400), 500000, 3700000, random_state};
    make_level(s, 0, side);
    make_level(s, 1, s->block);
    make_level(s, 2, 1);
    make_roads(s);
    s->info[0] = (grid_level){1, "street", "given", "", 0, 0, 0};
    s->info[1] = (grid_level){2, "community", "given", "", 0, 0, 0};
    s->info[2] = (grid_level){3, "grid", "split", "households", 300, 500, 400};
    s->map = (grid_map){.crs = "EPSG:4547",
                        .level = s->info,
                        .units = s->levels,
                        .n_levels = 3,
                        .lines = {s->roads, s->road_name, s->road_class}};
}

static void scene_free(scene *s) {
    for (int l = 0; l < 3; l++)
        grid_shapes_free(s->level[l].shapes);
    grid_shapes_free(s->roads);
}

/* ---- what must hold ----------------------------------------------------------------- */

static bool nearer(ink_box a, ink_box b, double gap) {
    return a.x0 < b.x1 + gap && b.x0 < a.x1 + gap && a.y0 < b.y1 + gap && b.y0 < a.y1 + gap;
}

static void assert_apart(const sheet_page *p, unsigned seed) {
    const ink_box *f = &p->view.frame;
    for (size_t i = 0; i < p->labels.taken.n; i++) {
        const place_box *a = &p->labels.taken.at[i];
        if (a->box.x0 < f->x0 || a->box.y0 < f->y0 || a->box.x1 > f->x1 || a->box.y1 > f->y1)
            fail_msg("seed %u: label %u leaves the frame", seed, a->label);
        for (size_t k = 0; k < i; k++) {
            const place_box *b = &p->labels.taken.at[k];
            /* A leader line starts in its area and may pass its neighbours closely. */
            bool line = fmin(a->box.x1 - a->box.x0, b->box.x1 - b->box.x0) < .21;
            if (a->label != b->label && nearer(a->box, b->box, line ? 0 : p->labels.gap - 1e-9))
                fail_msg("seed %u: labels %u and %u are too near", seed, a->label, b->label);
        }
    }
}

static size_t count_labels(const sheet_page *p) {
    return p->labels.label;
}

static void draw(const grid_atlas *a, grid_sheet sheet, const grid_sheet_options *o,
                 unsigned seed) {
    sheet_page p = {.a = a, .o = o, .sheet = sheet};
    ink_store *store = ink_store_new();
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cr = cairo_create(surface);
    assert_int_equal(sheet_lay_out(&p, NULL), GRID_OK);
    ink_begin(&p.pen, cr, store);
    place_begin(&p.labels, p.view.frame, .3 * p.s);
    assert_true(sheet_draw_map(&p) && sheet_draw_labels(&p));
    assert_int_equal(p.pen.missing, 0);
    assert_apart(&p, seed);
    if (sheet.level == a->grids) /* its number, or the admission */
        assert_true(count_labels(&p) + p.homeless >= 1);
    place_end(&p.labels);
    ink_end(&p.pen);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    ink_store_free(store);
}

static void labels_keep_apart(void **state) {
    (void)state;
    static const char *const papers[] = {"A4", "A3", "8K", "4K", "A1"};
    const char *wanted = getenv("GRID_SEEDS");
    unsigned seeds = wanted != NULL ? (unsigned)atoi(wanted) : 60;
    static scene s;
    for (unsigned seed = 1; seed <= seeds; seed++) {
        random_state = 0x9e3779b97f4a7c15u * seed;
        make_scene(&s);
        grid_atlas *a;
        assert_int_equal(grid_atlas_build(&s.map, NULL, &a, NULL), GRID_OK);
        for (size_t level = 0; level <= 3; level++) {
            const grid_sheet_options o = {.paper = papers[random_below(5)],
                                          .turn = random_below(3),
                                          .style = random_below(3)};
            size_t n = level < 3 ? s.level[level].n : 1;
            draw(a, (grid_sheet){level, random_below((uint32_t)n)}, &o, seed);
        }
        grid_atlas_free(a);
        scene_free(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_keep_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
