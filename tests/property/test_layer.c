/*
 * Random layers, written and read again: what comes back is what went in, bit for bit, in formats
 * that can hold it.
 */
#include <grid/io.h>

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

enum { MAX_ROWS = 20, FIELDS = 3 };

static uint64_t random_state;

static uint64_t random_bits(void) { /* xorshift64* (G. Marsaglia, S. Vigna) */
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * UINT64_C(2685821657736338717);
}

static size_t below(size_t n) {
    return (size_t)(random_bits() >> 33) % n;
}

static double random_coordinate(void) {
    return 100000 + (double)(random_bits() >> 11) * 0x1p-53 * 800000;
}

static const char *random_text(char *out) {
    static const char *const pieces[] = {"网格", "a",   "\"", ",", "'", "\n",
                                         " ",    "<&>", ";",  "é", "\\"};
    out[0] = 'x'; /* blanks at the ends are not every format's to keep */
    out[1] = '\0';
    for (size_t i = below(6); i > 0; i--)
        strcat(out, pieces[below(sizeof pieces / sizeof *pieces)]);
    return strcat(out, "x");
}

static void add_chain(grid_shapes *s, grid_shape_kind kind) {
    assert_true(grid_shapes_begin_chain(s));
    size_t n = kind == GRID_SHAPE_POINT ? 1 : kind + 1 + below(5);
    size_t first = s->n_xy;
    for (size_t i = 0; i < n; i++)
        assert_true(grid_shapes_add(s, random_coordinate(), random_coordinate()));
    if (kind == GRID_SHAPE_AREA)
        assert_true(grid_shapes_add(s, s->xy[first].x, s->xy[first].y));
}

static grid_shapes *random_shapes(size_t n, grid_shape_kind kind) {
    grid_shapes *s = grid_shapes_new();
    for (size_t f = 0; f < n; f++) {
        bool none = below(8) == 0;
        assert_true(grid_shapes_begin(s, none ? GRID_SHAPE_NONE : kind));
        for (size_t p = none ? 0 : 1 + below(3); p > 0; p--) {
            assert_true(grid_shapes_begin_part(s));
            add_chain(s, kind);
            for (size_t hole = kind == GRID_SHAPE_AREA ? below(3) : 0; hole > 0; hole--)
                add_chain(s, kind);
        }
    }
    return s;
}

typedef struct table {
    char text[MAX_ROWS][64];
    const char *texts[MAX_ROWS];
    int64_t integers[MAX_ROWS];
    double reals[MAX_ROWS];
    bool null[MAX_ROWS];
    grid_field field[FIELDS];
    grid_shapes *shapes;
    grid_layer_out out;
} table;

static void make_table(table *t) {
    size_t n = 1 + below(MAX_ROWS);
    for (size_t i = 0; i < n; i++) {
        t->texts[i] = below(5) ? random_text(t->text[i]) : NULL;
        t->integers[i] = (int64_t)random_bits() >> below(63);
        t->reals[i] = below(5) ? (double)(int64_t)random_bits() * 0x1p-40 : NAN;
        t->null[i] = below(5) == 0;
    }
    t->field[0] = (grid_field){.name = "text", .type = GRID_COLUMN_TEXT, .text = t->texts};
    t->field[1] = (grid_field){
        .name = "integer", .type = GRID_COLUMN_INT, .integer = t->integers, .null = t->null};
    t->field[2] = (grid_field){.name = "real", .type = GRID_COLUMN_REAL, .real = t->reals};
    t->shapes = random_shapes(n, (grid_shape_kind)(1 + below(3)));
    t->out = (grid_layer_out){.name = "layer",
                              .crs = "EPSG:4547",
                              .shapes = t->shapes,
                              .field = t->field,
                              .n_fields = FIELDS,
                              .n = n};
}

static void check_values(const table *t, const grid_layer *layer) {
    const grid_column *text = grid_layer_column(layer, "text");
    const grid_column *integer = grid_layer_column(layer, "integer");
    const grid_column *real = grid_layer_column(layer, "real");
    for (size_t i = 0; i < t->out.n; i++) {
        assert_int_equal(text->null[i], t->texts[i] == NULL);
        assert_string_equal(text->text[i], t->texts[i] ? t->texts[i] : "");
        int64_t whole;
        assert_int_equal(grid_column_integer(integer, i, &whole), !t->null[i]);
        assert_true(t->null[i] || whole == t->integers[i]);
        double number;
        assert_int_equal(grid_column_number(real, i, &number), !isnan(t->reals[i]));
        assert_true(isnan(t->reals[i]) || number == t->reals[i]);
    }
}

static void check_shapes(const grid_shapes *a, const grid_shapes *b) {
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_xy, b->n_xy);
    assert_memory_equal(a->kind, b->kind, a->n);
    assert_memory_equal(a->part_start, b->part_start, (a->n + 1) * sizeof *a->part_start);
    assert_memory_equal(a->chain_start, b->chain_start, (a->n_parts + 1) * sizeof *a->chain_start);
    assert_memory_equal(a->xy_start, b->xy_start, (a->n_chains + 1) * sizeof *a->xy_start);
    if (a->n_xy > 0)
        assert_memory_equal(a->xy, b->xy, a->n_xy * sizeof *a->xy);
}

static void check_format(const table *t, const char *path) {
    grid_error err = {0};
    grid_layer *layer = NULL;
    if (grid_layer_write(path, &t->out, 1, NULL, true, &err) != GRID_OK ||
        grid_layer_read(path, NULL, NULL, &layer, &err) != GRID_OK)
        fail_msg("%s: %s", path, err.message);
    assert_int_equal(layer->n, t->out.n);
    check_shapes(t->shapes, layer->shapes);
    check_values(t, layer);
    grid_layer_free(layer);
}

static void layers_survive_their_files(void **state) {
    (void)state;
    char folder[] = "/tmp/test_layer.XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    static const char *const extensions[] = {"gpkg", "geojson", "sqlite"};
    const char *seeds = getenv("GRID_SEEDS");
    unsigned long n = seeds ? strtoul(seeds, NULL, 10) : 40;
    for (unsigned long seed = 1; seed <= n; seed++) {
        static table t;
        random_state = seed * UINT64_C(0x9e3779b97f4a7c15);
        make_table(&t);
        for (size_t e = 0; e < 3; e++) {
            snprintf(path, sizeof path, "%s/layer.%s", folder, extensions[e]);
            check_format(&t, path);
            assert_int_equal(unlink(path), 0);
        }
        grid_shapes_free(t.shapes);
    }
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(layers_survive_their_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
