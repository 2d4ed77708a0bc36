/*
 * Rows of inventories: lines are fields in the order of grid_component_field, an empty line ends
 * a row. Whatever comes in is kept or refused with a reason, and the kept ones get codes.
 */
#include <grid/component.h>
#include <stdlib.h>
#include <string.h>

static const char *const unit_codes[] = {"410482001001001"};

typedef struct bench {
    grid_classes *classes;
    grid_shapes *unit, *points;
    grid_locator *locator;
} bench;

static bool add_chain(grid_shapes *s, grid_shape_kind kind, const double *xy, size_t n) {
    bool good = grid_shapes_begin(s, kind) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s);
    for (size_t i = 0; i < n && good; i++)
        good = grid_shapes_add(s, xy[2 * i], xy[2 * i + 1]);
    return good;
}

static bool begin(bench *b) {
    static const double square[] = {0, 0, 1000, 0, 1000, 1000, 0, 1000, 0, 0};
    static const grid_class table[] = {
        {2026, "01003", "雨水井盖", "storm drain cover", "", "0103", GRID_SHAPE_POINT, 0.5},
        {2026, "03005", "垃圾箱", "litter bin", "", "0305", GRID_SHAPE_POINT, 1},
        {2013, "0103", "雨水井盖", "", "", "01003", GRID_SHAPE_POINT, 0.5},
        {2013, "0307", "广告牌匾", "", "", "03006 03007", GRID_SHAPE_POINT, 1},
    };
    bool good = grid_classes_new(&b->classes, NULL) == GRID_OK;
    for (size_t i = 0; i < 4 && good; i++)
        good = grid_classes_add(b->classes, &table[i], NULL) == GRID_OK;
    good = good && grid_classes_alias(b->classes, "桶", "箱", false, NULL) == GRID_OK &&
           grid_classes_alias(b->classes, "窨井", "雨水井盖", true, NULL) == GRID_OK;
    b->unit = grid_shapes_new();
    b->points = grid_shapes_new();
    good = good && b->unit && b->points && add_chain(b->unit, GRID_SHAPE_AREA, square, 5);
    grid_locate_layer layer = {"grid", b->unit, unit_codes, NULL, NULL};
    return good && grid_locator_build(&layer, 1, NULL, &b->locator, NULL) == GRID_OK;
}

static void end(bench *b) {
    grid_locator_free(b->locator);
    grid_shapes_free(b->unit);
    grid_shapes_free(b->points);
    grid_classes_free(b->classes);
}

static void add_row(grid_component_import *import, bench *b, char **field, size_t n, size_t line) {
    double at[2] = {(double)(line % 1100), (double)(n * 37 % 1000)};
    grid_component_row row = {.shapes = b->points, .feature = b->points->n, .line = line};
    grid_component_verdict verdict;
    for (size_t f = 0; f < n && f < GRID_FIELDS; f++)
        row.text[f] = field[f];
    row.code_is_number = n > 0 && field[0][0] == '4' && line % 3 == 0;
    if (!add_chain(b->points, GRID_SHAPE_POINT, at, 1) ||
        grid_component_import_add(import, &row, &verdict, NULL) != GRID_OK)
        abort();
    if ((verdict.reason != GRID_REJECT_NONE) != (verdict.detail[0] != '\0') &&
        !verdict.unit_differs)
        abort();
}

static void feed(grid_component_import *import, bench *b, char *text) {
    char *field[GRID_FIELDS];
    size_t n = 0, line = 0;
    for (char *at = text; at != NULL;) {
        char *next = strchr(at, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (at[0] == '\0' || n == GRID_FIELDS || next == NULL) {
            add_row(import, b, field, n, ++line);
            n = 0;
        } else {
            field[n++] = at;
        }
        at = next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bench b = {0};
    char *text = strndup((const char *)data, size), *clean = malloc(size + 1), date[11];
    grid_component_import *import = NULL;
    if (text == NULL || clean == NULL || !begin(&b))
        abort();
    grid_component_clean(text, clean);
    if (strlen(clean) > strlen(text))
        abort();
    (void)grid_component_date(text, date);
    grid_component_rules rules = {GRID_STANDARD_2026, "410482",  b.classes, b.unit,
                                  unit_codes,         b.locator, false};
    if (grid_component_import_new(&rules, "fuzz", &import, NULL) != GRID_OK)
        abort();
    feed(import, &b, text);
    const grid_component *components;
    size_t n;
    /* Running out of serials is the one thing that may fail here. */
    if (grid_component_import_finish(import, &components, &n, NULL) == GRID_OK)
        for (size_t i = 0; i < n; i++)
            if (strlen(components[i].code) != 17 ||
                (i > 0 && strcmp(components[i - 1].code, components[i].code) >= 0))
                abort();
    grid_component_import_free(import);
    end(&b);
    free(clean);
    free(text);
    return 0;
}
