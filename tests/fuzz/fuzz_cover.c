/*
 * Random rings through the whole check and the repair: the bytes are small coordinates, so that
 * rings cross, touch and overlap all the time, with some raw doubles among them.
 */
#include <grid/cover.h>

#include <stdlib.h>
#include <string.h>

enum { MOST_UNITS = 12, MOST_RINGS = 3, MOST_VERTICES = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct bytes {
    const uint8_t *at, *end;
} bytes;

static uint8_t next_byte(bytes *b) {
    return b->at < b->end ? *b->at++ : 0;
}

static double next_number(bytes *b) {
    uint8_t v = next_byte(b);
    if (v < 250)
        return v % 16 + (v >= 128 ? 38500000 : 0);
    double raw = 0;
    if ((size_t)(b->end - b->at) >= sizeof raw) {
        memcpy(&raw, b->at, sizeof raw);
        b->at += sizeof raw;
    }
    return raw;
}

static bool add_ring(bytes *b, grid_shapes *s) {
    size_t n = next_byte(b) % MOST_VERTICES;
    if (!grid_shapes_begin_chain(s))
        return false;
    size_t first = s->n_xy;
    for (size_t i = 0; i < n; i++) {
        double x = next_number(b), y = next_number(b);
        if (!grid_shapes_add(s, x, y))
            return false;
    }
    /* Mostly closed. */
    return n == 0 || next_byte(b) % 8 == 7 || grid_shapes_add(s, s->xy[first].x, s->xy[first].y);
}

static grid_shapes *read_shapes(bytes *b, size_t n) {
    grid_shapes *s = grid_shapes_new();
    bool done = s != NULL;
    for (size_t f = 0; f < n && done; f++) {
        done = grid_shapes_begin(s, next_byte(b) % 16 == 15 ? GRID_SHAPE_NONE : GRID_SHAPE_AREA);
        if (s->kind[f] == GRID_SHAPE_NONE)
            continue;
        for (size_t parts = 1 + next_byte(b) % 2; parts > 0 && done; parts--) {
            done = grid_shapes_begin_part(s);
            for (size_t rings = 1 + next_byte(b) % MOST_RINGS; rings > 0 && done; rings--)
                done = add_ring(b, s);
        }
    }
    if (!done)
        abort();
    return s;
}

static void check(const grid_cover_level *levels, size_t n) {
    const grid_cover_options options = {.tolerance = 0.5};
    grid_cover_report *report;
    if (grid_cover_find(levels, n, &options, NULL, &report, NULL) == GRID_OK)
        grid_cover_report_free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bytes b = {data, data + size};
    uint8_t how = next_byte(&b);
    grid_shapes *parents = read_shapes(&b, 1 + next_byte(&b) % 3);
    grid_shapes *units = read_shapes(&b, next_byte(&b) % MOST_UNITS);
    const grid_cover_level levels[] = {{.name = "parent", .shapes = parents},
                                       {.name = "unit", .shapes = units, .within = how % 4 == 3}};
    check(levels, 1 + (how % 8 != 0));
    static const bool may_change[] = {true, true};
    const grid_fix_options options = {
        .tolerance = how % 16, .all = how % 32 > 15, .may_change = may_change};
    grid_cover_fixed *fixed;
    if (grid_cover_fix(levels, 2, &options, NULL, &fixed, NULL) == GRID_OK) {
        grid_cover_level after[2] = {levels[0], levels[1]};
        for (size_t l = 0; l < 2; l++)
            if (fixed->shapes[l] != NULL)
                after[l].shapes = fixed->shapes[l];
        check(after, 2);
        grid_cover_fixed_free(fixed);
    }
    grid_shapes_free(parents);
    grid_shapes_free(units);
    return 0;
}
