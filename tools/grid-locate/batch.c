#include "batch.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "objects.h"

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

static fault read_number(span field, const char *readable, double *out) {
    if (field.begin < field.end && grid_number_read(field.begin, field.end, readable, out))
        return FAULT_NONE;
    span s = field_content(field);
    if (s.begin == s.end)
        return FAULT_EMPTY;
    return grid_number_read(s.begin, s.end, readable, out) ? FAULT_NONE : FAULT_NUMBER;
}

static fault read_fields(span x, span y, const char *readable, grid_xy *out) {
    fault f = read_number(x, readable, &out->x);
    return f != FAULT_NONE ? f : read_number(y, readable, &out->y);
}

/* Members need be numbers, or strings of nothing else. */
static fault read_members(span x, span y, const char *readable, grid_xy *out) {
    return grid_number_read(x.begin, x.end, readable, &out->x) &&
                   grid_number_read(y.begin, y.end, readable, &out->y)
               ? FAULT_NONE
               : FAULT_OBJECT;
}

static fault read_point(const table *t, span text, const char *readable, grid_xy *out) {
    span x, y;
    if (t->format.json && t->keys.x == NULL)
        return json_read_geometry(text, out) ? FAULT_NONE : FAULT_OBJECT;
    if (t->format.json)
        return json_find_pair(text, &t->keys, &x, &y) ? read_members(x, y, readable, out)
                                                      : FAULT_OBJECT;
    if (!row_field(t->format, text, t->x, &x) || !row_field(t->format, text, t->y, &y))
        return FAULT_MISSING;
    return read_fields(x, y, readable, out);
}

size_t batch_count_lines(span text) {
    size_t n = 0;
    for (const char *at = text.begin; (at = memchr(at, '\n', (size_t)(text.end - at))); at++)
        n++;
    return n;
}

/* Notes what is wrong with a row, which then has no point. */
static void set_fault(batch *b, size_t i, fault why) {
    b->fault[i] = (uint8_t)why;
    if (why != FAULT_NONE)
        b->raw[i] = (grid_xy){NAN, NAN};
}

/* The points of rows whose fields are known. */
static void read_points(const table *t, const char *readable, size_t first, batch *b) {
    const row_list *rows = &b->rows;
    memset(b->fault + first, FAULT_NONE, rows->n - first);
    for (size_t i = first; i < rows->n; i++) {
        i += grid_number_read_pairs(rows->a + i, rows->b + i, rows->n - i, readable, &b->raw[i].x);
        if (i < rows->n)
            set_fault(b, i,
                      (t->format.json ? read_members : read_fields)(rows->a[i], rows->b[i],
                                                                    readable, &b->raw[i]));
    }
}

/* Takes simple rows first, and then their numbers. */
static void read_quickly(const table *t, const char **at, const char *end, size_t *line, batch *b) {
    row_list *rows = &b->rows;
    const size_t first = rows->n, line_of_first = *line;
    if (!t->format.json)
        rows_take_quickly(t->format, *at, end, t->x, t->y, rows);
    else if (t->keys.x != NULL)
        objects_take(&t->keys, *at, end, rows);
    const size_t n = rows->n - first;
    if (n == 0)
        return;
    read_points(t, end, first, b);
    for (size_t i = 0; i < n; i++)
        b->line[first + i] = line_of_first + i;
    *line += n;
    *at = rows->row[rows->n - 1].next;
}

/* Takes one row, whatever it is like; false at the end. */
static bool read_row(const table *t, const char **at, const char *end, size_t *line, batch *b) {
    size_t i = b->rows.n;
    row *r = &b->rows.row[i];
    if (i == MAX_ROWS || !row_take(t->format, *at, end, true, r))
        return false;
    set_fault(b, i, read_point(t, r->text, end, &b->raw[i]));
    b->line[i] = *line;
    *line += 1;
    if (t->format.quotes) {
        size_t n = (size_t)(r->text.end - r->text.begin);
        b->quoted = b->quoted || memchr(r->text.begin, '"', n) != NULL;
        *line += batch_count_lines(r->text);
    }
    *at = r->next;
    b->rows.n++;
    return true;
}

void batch_read(const table *t, const char **at, const char *end, size_t *line, batch *b) {
    b->rows.n = 0;
    b->quoted = false;
    do
        read_quickly(t, at, end, line, b);
    while (read_row(t, at, end, line, b));
}
