#include "batch.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

const char *fault_text(fault why) {
    static const char *const words[FAULTS] = {
        "",
        "a coordinate column is missing",
        "no coordinates",
        "a coordinate is not a number",
        "this is no JSON object with a point",
        "the coordinates cannot be transformed",
        "the person or the time is missing, or is no time",
    };
    return words[why];
}

static fault read_number(span field, double *out) {
    span s = field_content(field);
    if (s.begin == s.end)
        return FAULT_EMPTY;
    return grid_number_parse(s.begin, s.end, out) == s.end ? FAULT_NONE : FAULT_NUMBER;
}

static fault read_fields(span x, span y, grid_xy *out) {
    fault f = read_number(x, &out->x);
    return f != FAULT_NONE ? f : read_number(y, &out->y);
}

static fault read_point(const table *t, span text, grid_xy *out) {
    if (t->format.json)
        return json_read_point(text, &t->keys, out) ? FAULT_NONE : FAULT_OBJECT;
    span x, y;
    if (!row_field(t->format, text, t->x, &x) || !row_field(t->format, text, t->y, &y))
        return FAULT_MISSING;
    return read_fields(x, y, out);
}

size_t batch_count_lines(span text) {
    size_t n = 0;
    for (const char *at = text.begin; (at = memchr(at, '\n', (size_t)(text.end - at))); at++)
        n++;
    return n;
}

/* Takes one row and its point; false at the end. */
static bool read_row(const table *t, const char *at, const char *end, row *r, grid_xy *p,
                     fault *why, size_t *lines) {
    span x, y;
    *lines = 1;
    if (!t->format.json && row_take_quickly(t->format, at, end, t->x, t->y, r, &x, &y)) {
        *why = read_fields(x, y, p);
        return true;
    }
    if (!row_take(t->format, at, end, true, r))
        return false;
    *why = read_point(t, r->text, p);
    *lines += t->format.quotes ? batch_count_lines(r->text) : 0;
    return true;
}

void batch_read(const table *t, const char **at, const char *end, size_t *line, batch *b) {
    size_t lines;
    b->n = 0;
    while (b->n < BATCH &&
           read_row(t, *at, end, &b->row[b->n], &b->raw[b->n], &b->fault[b->n], &lines)) {
        if (b->fault[b->n] != FAULT_NONE)
            b->raw[b->n] = (grid_xy){NAN, NAN};
        b->line[b->n] = *line;
        *line += lines;
        *at = b->row[b->n].next;
        b->n++;
    }
}
