#include <grid/cover.h>
#include <grid/draw.h>

#include <cairo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* n x n squares of 100 m with jagged common sides, row by row from the south-west. */
static grid_xy corner(size_t i, size_t k) {
    return (grid_xy){500000 + 100.0 * (double)i, 3700000 + 100.0 * (double)k};
}

static bool add_side(grid_shapes *s, grid_xy a, grid_xy b) {
    /* The dent is the same from both ends, so that neighbours share it. */
    bool flat = a.y == b.y;
    grid_xy middle = {(a.x + b.x) / 2 + (flat ? 0 : 7), (a.y + b.y) / 2 + (flat ? 5 : 0)};
    return grid_shapes_add(s, middle.x, middle.y) && grid_shapes_add(s, b.x, b.y);
}

static grid_shapes *checkerboard(size_t n) {
    grid_shapes *s = grid_shapes_new();
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n; i++) {
            grid_xy c[] = {corner(i, k), corner(i + 1, k), corner(i + 1, k + 1), corner(i, k + 1)};
            assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA));
            assert_true(grid_shapes_begin_part(s));
            assert_true(grid_shapes_begin_chain(s));
            assert_true(grid_shapes_add(s, c[0].x, c[0].y));
            for (int e = 0; e < 4; e++)
                assert_true(add_side(s, c[e], c[(e + 1) % 4]));
        }
    }
    return s;
}

static void borders_are_stored_once(void **state) {
    (void)state;
    const size_t n = 5;
    grid_shapes *s = checkerboard(n);
    grid_arcs *arcs;
    assert_int_equal(grid_arcs_build(s, &arcs, NULL), GRID_OK);
    size_t inner = 0, rim = 0, references = 0;
    for (size_t a = 0; a < arcs->n; a++) {
        bool outside = arcs->arc[a].left == GRID_NONE || arcs->arc[a].right == GRID_NONE;
        inner += !outside;
        rim += outside;
    }
    for (size_t c = 0; c < s->n_chains; c++)
        references += arcs->ref_start[c + 1] - arcs->ref_start[c];
    assert_int_equal(inner, 2 * n * (n - 1));
    assert_int_equal(references, 2 * inner + rim);
    grid_arcs_free(arcs);
    grid_shapes_free(s);
}

static void an_island_shares_its_ring_with_the_hole(void **state) {
    (void)state;
    static const grid_xy outer[] = {{0, 0}, {9, 0}, {9, 9}, {0, 9}, {0, 0}};
    static const grid_xy hole[] = {{3, 3}, {3, 6}, {6, 6}, {6, 3}, {3, 3}};
    static const grid_xy island[] = {{6, 6}, {3, 6}, {3, 3}, {6, 3}, {6, 6}};
    grid_shapes *s = grid_shapes_new();
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    for (int i = 0; i < 5; i++)
        assert_true(grid_shapes_add(s, outer[i].x, outer[i].y));
    assert_true(grid_shapes_begin_chain(s));
    for (int i = 0; i < 5; i++)
        assert_true(grid_shapes_add(s, hole[i].x, hole[i].y));
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    for (int i = 0; i < 5; i++)
        assert_true(grid_shapes_add(s, island[i].x, island[i].y));
    grid_arcs *arcs;
    assert_int_equal(grid_arcs_build(s, &arcs, NULL), GRID_OK);
    assert_int_equal(arcs->n, 2);
    assert_true(arcs->arc[1].left != GRID_NONE && arcs->arc[1].right != GRID_NONE);
    grid_arcs_free(arcs);
    grid_shapes_free(s);
}

static void simplifying_keeps_junctions(void **state) {
    (void)state;
    grid_shapes *s = checkerboard(4);
    grid_arcs *arcs, *whole;
    assert_int_equal(grid_arcs_build(s, &arcs, NULL), GRID_OK);
    assert_int_equal(grid_arcs_build(s, &whole, NULL), GRID_OK);
    assert_int_equal(grid_arcs_simplify(arcs, 1000, NULL), GRID_OK);
    assert_true(arcs->n_xy < whole->n_xy);
    for (size_t a = 0; a < arcs->n; a++) {
        const grid_arc *x = &arcs->arc[a], *y = &whole->arc[a];
        assert_memory_equal(&arcs->xy[x->xy_start], &whole->xy[y->xy_start], sizeof(grid_xy));
        assert_memory_equal(&arcs->xy[x->xy_start + x->n_xy - 1],
                            &whole->xy[y->xy_start + y->n_xy - 1], sizeof(grid_xy));
    }
    grid_arcs_free(arcs);
    grid_arcs_free(whole);
    grid_shapes_free(s);
}

static void neighbours_get_different_colours(void **state) {
    (void)state;
    for (size_t n = 1; n < 20; n += 3) {
        grid_shapes *s = checkerboard(n);
        grid_arcs *arcs;
        uint8_t colour[400], needed;
        assert_int_equal(grid_arcs_build(s, &arcs, NULL), GRID_OK);
        assert_int_equal(grid_arcs_colour(arcs, (uint32_t)s->n, 6, colour, &needed, NULL), GRID_OK);
        assert_true(needed <= 6);
        for (size_t a = 0; a < arcs->n; a++)
            if (arcs->arc[a].left != GRID_NONE && arcs->arc[a].right != GRID_NONE)
                assert_int_not_equal(colour[arcs->arc[a].left], colour[arcs->arc[a].right]);
        grid_arcs_free(arcs);
        grid_shapes_free(s);
    }
}

/* ---- a small division --------------------------------------------------------------- */

enum { SIDE = 3, GRIDS = SIDE * SIDE };

typedef struct town {
    grid_units community, grids;
    const grid_units *levels[2];
    grid_level level[2];
    const char *code[GRIDS], *parent[GRIDS], *name[GRIDS], *top[1], *none[1];
    char text[GRIDS][16];
    int64_t households[GRIDS], persons[GRIDS];
    double area[GRIDS];
    grid_border_rows borders;
    const char *left[1], *right[1], *class[1], *road[1];
    double length[1];
    grid_map map;
} town;

static grid_shapes *one_square(void) {
    grid_shapes *s = grid_shapes_new();
    grid_xy c[] = {corner(0, 0), corner(SIDE, 0), corner(SIDE, SIDE), corner(0, SIDE),
                   corner(0, 0)};
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    for (int i = 0; i < 5; i++)
        assert_true(grid_shapes_add(s, c[i].x, c[i].y));
    return s;
}

static void town_make(town *t) {
    memset(t, 0, sizeof *t);
    t->top[0] = "410482001001";
    t->none[0] = "";
    for (int i = 0; i < GRIDS; i++) {
        snprintf(t->text[i], sizeof t->text[i], "%s%03d", t->top[0], i + 1);
        t->code[i] = t->text[i];
        t->parent[i] = t->top[0];
        t->name[i] = "";
        t->households[i] = 300 + 10 * i;
        t->persons[i] = 1000 + i;
        t->area[i] = 10000;
    }
    t->grids = (grid_units){.n = GRIDS,
                            .level = 2,
                            .code = t->code,
                            .parent_code = t->parent,
                            .name = t->name,
                            .households = t->households,
                            .persons = t->persons,
                            .area_m2 = t->area,
                            .shapes = checkerboard(SIDE)};
    t->community = (grid_units){.n = 1,
                                .level = 1,
                                .code = t->top,
                                .parent_code = t->none,
                                .name = t->top,
                                .households = t->households,
                                .persons = t->persons,
                                .area_m2 = t->area,
                                .shapes = one_square()};
    t->levels[0] = &t->community;
    t->levels[1] = &t->grids;
    t->level[0] = (grid_level){1, "community", "given", "", 0, 0, 0};
    t->level[1] = (grid_level){2, "grid", "split", "households", 300, 500, 0};
    t->map = (grid_map){.crs = "EPSG:4547",
                        .date = "2026-01-01",
                        .source = "made up",
                        .level = t->level,
                        .units = t->levels,
                        .n_levels = 2};
}

static void town_free(town *t) {
    grid_shapes_free(t->grids.shapes);
    grid_shapes_free(t->community.shapes);
    grid_shapes_free(t->borders.shapes);
}

static void bounds_name_neighbours_and_roads(void **state) {
    (void)state;
    town t;
    town_make(&t);
    grid_atlas *a;
    assert_int_equal(grid_atlas_build(&t.map, NULL, &a, NULL), GRID_OK);
    assert_string_equal(grid_atlas_bounds(a, 1, 4),
                        "东至410482001001006，南至410482001001002，西至410482001001004，"
                        "北至410482001001008");
    assert_string_equal(grid_atlas_bounds(a, 0, 0),
                        "东至辖区界，南至辖区界，西至辖区界，北至辖区界");
    grid_atlas_free(a);

    /* One row: the middle grid's north side, the grid on the line's left when going west. */
    t.left[0] = t.code[4];
    t.right[0] = t.code[7];
    t.class[0] = "road";
    t.road[0] = "望嵩路";
    t.length[0] = 100;
    grid_shapes *line = grid_shapes_new();
    assert_true(grid_shapes_begin(line, GRID_SHAPE_LINE) && grid_shapes_begin_part(line));
    assert_true(grid_shapes_begin_chain(line));
    assert_true(grid_shapes_add(line, corner(2, 2).x, corner(2, 2).y));
    assert_true(grid_shapes_add(line, corner(1, 2).x, corner(1, 2).y));
    t.borders = (grid_border_rows){1, t.left, t.right, t.class, t.road, t.length, line};
    t.map.borders = &t.borders;
    assert_int_equal(grid_atlas_build(&t.map, NULL, &a, NULL), GRID_OK);
    assert_string_equal(grid_atlas_bounds(a, 1, 4), "东至—，南至—，西至—，北至望嵩路");
    assert_string_equal(grid_atlas_bounds(a, 1, 7), "东至—，南至望嵩路，西至—，北至—");
    assert_true(grid_atlas_value(a, GRID_THEME_ROAD, 4) == 100);
    assert_true(grid_atlas_value(a, GRID_THEME_DEVIATION, 4) == -15);
    grid_atlas_free(a);
    town_free(&t);
}

static char *slurp(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = malloc(1 << 22);
    *n = fread(bytes, 1, 1 << 22, f);
    fclose(f);
    return bytes;
}

static void sheets_are_the_same_every_time(void **state) {
    (void)state;
    town t;
    town_make(&t);
    grid_atlas *a;
    assert_int_equal(grid_atlas_build(&t.map, NULL, &a, NULL), GRID_OK);
    const grid_sheet sheets[] = {{0, 0}, {1, 4}};
    static const char *const ends[] = {"pdf", "svg", "png"};
    for (size_t e = 0; e < 3; e++) {
        char path[2][64];
        char *bytes[2];
        size_t n[2];
        for (int k = 0; k < 2; k++) {
            snprintf(path[k], sizeof path[k], "test_draw_%d.%s", k, ends[e]);
            /* A process each: Cairo numbers the parts of an SVG through all files of one. */
            pid_t child = fork();
            if (child == 0) {
                grid_sheet_options o = {.paper = "A4", .dpi = 50};
                _exit((int)grid_sheets_draw(a, sheets, e == 0 ? 2 : 1, &o, path[k], NULL, NULL));
            }
            int result = -1;
            assert_true(waitpid(child, &result, 0) == child && result == 0);
            bytes[k] = slurp(path[k], &n[k]);
            remove(path[k]);
        }
        assert_true(n[0] > 1000 && n[0] == n[1]);
        assert_memory_equal(bytes[0], bytes[1], n[0]);
        free(bytes[0]);
        free(bytes[1]);
    }
    grid_atlas_free(a);
    town_free(&t);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    town t;
    town_make(&t);
    grid_atlas *a;
    grid_error err = {0};
    assert_int_equal(grid_atlas_build(&t.map, NULL, &a, NULL), GRID_OK);
    const grid_sheet sheets[] = {{0, 0}, {1, 4}};
    grid_sheet_options o = {.paper = "A4", .scale = 500};
    assert_int_equal(grid_sheets_draw(a, sheets, 1, &o, "no.png", NULL, &err), GRID_E_ARG);
    assert_true(err.hint[0] != '\0');
    o = (grid_sheet_options){.paper = "A9"};
    assert_int_equal(grid_sheets_draw(a, sheets, 1, &o, "no.png", NULL, &err), GRID_E_ARG);
    o = (grid_sheet_options){.paper = "A4"};
    assert_int_equal(grid_sheets_draw(a, sheets, 2, &o, "no.png", NULL, &err), GRID_E_ARG);
    assert_int_equal(grid_sheets_draw(a, sheets, 1, &o, "/no/such/folder/x.pdf", NULL, &err),
                     GRID_E_WRITE);
    assert_null(fopen("no.png", "rb"));
    grid_atlas_free(a);
    town_free(&t);
}

/* ---- pictures ----------------------------------------------------------------------- */

enum { BLOCK = 6 };

/* Mean lightness of a block of pixels, 0 .. 255: fine differences of fonts and edges vanish. */
static double block_mean(cairo_surface_t *s, int bx, int by) {
    const unsigned char *data = cairo_image_surface_get_data(s);
    int stride = cairo_image_surface_get_stride(s);
    double sum = 0;
    for (int y = by * BLOCK; y < (by + 1) * BLOCK; y++)
        for (int x = bx * BLOCK; x < (bx + 1) * BLOCK; x++)
            sum += .114 * data[y * stride + 4 * x] + .587 * data[y * stride + 4 * x + 1] +
                   .299 * data[y * stride + 4 * x + 2];
    return sum / (BLOCK * BLOCK);
}

/* How much two pictures may differ: mean lightness of all blocks, and share of blocks that look
   different. */
typedef struct tolerance {
    double mean, odd;
} tolerance;

static const tolerance same_painter = {1.5, .01}, other_painter = {3, .03};

static void assert_alike(const char *path, const char *golden, tolerance most) {
    cairo_surface_t *a = cairo_image_surface_create_from_png(path);
    cairo_surface_t *b = cairo_image_surface_create_from_png(golden);
    assert_int_equal(cairo_surface_status(a), CAIRO_STATUS_SUCCESS);
    assert_int_equal(cairo_surface_status(b), CAIRO_STATUS_SUCCESS);
    int width = cairo_image_surface_get_width(a), height = cairo_image_surface_get_height(a);
    assert_int_equal(width, cairo_image_surface_get_width(b));
    assert_int_equal(height, cairo_image_surface_get_height(b));
    double sum = 0, odd = 0, n = (double)(width / BLOCK) * (height / BLOCK);
    for (int by = 0; by < height / BLOCK; by++) {
        for (int bx = 0; bx < width / BLOCK; bx++) {
            double difference = fabs(block_mean(a, bx, by) - block_mean(b, bx, by));
            sum += difference;
            odd += difference > 24;
        }
    }
    cairo_surface_destroy(a);
    cairo_surface_destroy(b);
    if (sum / n > most.mean || odd / n > most.odd)
        fail_msg("%s: mean difference %.2f, %.2f %% of the blocks", path, sum / n, 100 * odd / n);
}

/* A road across the town, bent, with a name. */
static grid_shapes *road(void) {
    grid_shapes *s = grid_shapes_new();
    assert_true(grid_shapes_begin(s, GRID_SHAPE_LINE) && grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    for (int i = 0; i <= 20; i++)
        assert_true(grid_shapes_add(s, corner(0, 0).x - 50 + 20 * i,
                                    corner(0, 1).y + 50 + 15 * sin(i / 4.0)));
    return s;
}

/* The small division with a road and a person: what the golden pictures show. */
typedef struct scenery {
    town t;
    grid_shapes *line;
    grid_atlas *a;
} scenery;

static void scenery_make(scenery *s) {
    static const char *const road_name[] = {"望嵩中路"};
    static const uint8_t road_class[] = {4}; /* arterial */
    static const grid_map_person people[] = {{"410482001001", "网格长", "某某", "13900000000"}};
    town_make(&s->t);
    s->line = road();
    s->t.map.lines = (grid_map_layer){s->line, road_name, road_class};
    s->t.map.person = people;
    s->t.map.n_persons = 1;
    assert_int_equal(grid_atlas_build(&s->t.map, NULL, &s->a, NULL), GRID_OK);
}

static void scenery_free(scenery *s) {
    grid_atlas_free(s->a);
    grid_shapes_free(s->line);
    town_free(&s->t);
}

/* Golden pictures are drawn anew with GRID_GOLDEN=write. */
static bool writes_golden(void) {
    const char *mode = getenv("GRID_GOLDEN");
    return mode != NULL && strcmp(mode, "write") == 0;
}

static const char *golden(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, GRID_DATA_DIR "/../tests/golden/%s.png", name);
    return path;
}

static const grid_sheet community = {0, 0};
static const grid_sheet_options community_look = {.paper = "A4", .dpi = 60};

static void sheets_look_as_they_did(void **state) {
    (void)state;
    static const struct {
        const char *name;
        grid_sheet sheet;
        grid_sheet_options options;
    } cases[] = {
        {"community", {0, 0}, {.paper = "A4", .dpi = 60}},
        {"grid-beijing", {1, 4}, {.paper = "A4", .dpi = 60, .style = GRID_STYLE_BEIJING}},
        {"portrait-theme",
         {0, 0},
         {.paper = "8K", .dpi = 50, .turn = GRID_PAPER_PORTRAIT, .theme = GRID_THEME_HOUSEHOLDS}},
    };
    scenery s;
    scenery_make(&s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[64];
        snprintf(path, sizeof path, "test_draw_%s.png", cases[i].name);
        assert_int_equal(grid_sheets_draw(s.a, &cases[i].sheet, 1, &cases[i].options,
                                          writes_golden() ? golden(cases[i].name) : path, NULL,
                                          NULL),
                         GRID_OK);
        if (!writes_golden())
            assert_alike(path, golden(cases[i].name), same_painter);
        remove(path);
    }
    scenery_free(&s);
}

/* Skips where the program that looks at a format is not installed. */
static void run_or_skip(const char *program, const char *command) {
    char which[128];
    snprintf(which, sizeof which, "command -v %s >/dev/null 2>&1", program);
    if (system(which) != 0) {
        print_message("%s is not installed\n", program);
        skip();
    }
    assert_int_equal(system(command), 0);
}

/* A sheet must look the same in every format, whoever paints it. */
static void looks_like_the_picture(const char *file, const char *program, const char *command) {
    scenery s;
    scenery_make(&s);
    assert_int_equal(grid_sheets_draw(s.a, &community, 1, &community_look, file, NULL, NULL),
                     GRID_OK);
    scenery_free(&s);
    run_or_skip(program, command);
    assert_alike("test_draw_seen.png", golden("community"), other_painter);
    remove(file);
    remove("test_draw_seen.png");
}

static void a_pdf_looks_like_the_picture(void **state) {
    (void)state;
    looks_like_the_picture("test_draw_seen.pdf", "pdftoppm",
                           "pdftoppm -png -singlefile -scale-to-x 702 -scale-to-y 496 "
                           "test_draw_seen.pdf test_draw_seen");
}

static void an_svg_looks_like_the_picture(void **state) {
    (void)state;
    looks_like_the_picture("test_draw_seen.svg", "rsvg-convert",
                           "rsvg-convert -w 702 -h 496 -o test_draw_seen.png test_draw_seen.svg");
}

static void a_page_looks_as_it_did(void **state) {
    (void)state;
    const grid_page_options o = {.simplify_m2 = 0};
    scenery s;
    scenery_make(&s);
    assert_int_equal(grid_page_write(s.a, &o, "test_draw_page.html", NULL, NULL), GRID_OK);
    scenery_free(&s);
    run_or_skip("chromium", "timeout 60 chromium --headless --no-sandbox --disable-gpu "
                            "--hide-scrollbars --window-size=800,500 --virtual-time-budget=3000 "
                            "--screenshot=test_draw_page.png test_draw_page.html >/dev/null 2>&1");
    if (writes_golden())
        assert_int_equal(rename("test_draw_page.png", golden("page")), 0);
    else
        assert_alike("test_draw_page.png", golden("page"), other_painter);
    remove("test_draw_page.html");
    remove("test_draw_page.png");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_are_stored_once),
        cmocka_unit_test(an_island_shares_its_ring_with_the_hole),
        cmocka_unit_test(simplifying_keeps_junctions),
        cmocka_unit_test(neighbours_get_different_colours),
        cmocka_unit_test(bounds_name_neighbours_and_roads),
        cmocka_unit_test(sheets_are_the_same_every_time),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(sheets_look_as_they_did),
        cmocka_unit_test(a_pdf_looks_like_the_picture),
        cmocka_unit_test(an_svg_looks_like_the_picture),
        cmocka_unit_test(a_page_looks_as_it_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
