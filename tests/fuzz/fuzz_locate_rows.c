/* Delimited text: records never overlap, none is lost, and pieces are cut where records end. */
#include <stdint.h>
#include <stdlib.h>

#include "grid-locate/rows.c" /* parts of the tool, tested by themselves */
#include "grid-locate/rows_quick.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void quick_way(row_format format, const char *data, const char *end, size_t a, size_t b,
                       row_list *out);

static bool same_span(span a, span b) {
    return a.begin == b.begin && a.end == b.end;
}

/* As far as the quick way comes, it takes what the slow way takes. */
static void check_quick_way(quick_way *quickly, row_format format, const char *at, const char *end,
                            size_t field) {
    static row_list quick;
    quick.n = 0;
    quickly(format, at, end, field, 1, &quick);
    for (size_t i = 0; i < quick.n; i++) {
        row r;
        span a, b;
        if (!row_take(format, at, end, true, &r) || !same_span(quick.row[i].text, r.text) ||
            quick.row[i].next != r.next || !row_field(format, r.text, field, &a) ||
            !row_field(format, r.text, 1, &b) || !same_span(quick.a[i], a) ||
            !same_span(quick.b[i], b))
            abort();
        at = r.next;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    const row_format format = {.delimiter = data[0] & 1 ? ',' : '\t', .quotes = data[0] & 2};
    size_t field = data[1] % 5;
    const char *begin = (const char *)data + 2, *end = (const char *)data + size, *at = begin;
    for (row r; at < end; at = r.next) {
        span found;
        if (!row_take(format, at, end, true, &r) || r.text.begin != at || r.next <= at ||
            r.next > end || r.text.end > r.next)
            abort();
        check_quick_way(rows_take_quickly, format, at, end, field);
#if defined(__x86_64__)
        check_quick_way(take_sse, format, at, end, field);
#endif
        if (row_field(format, r.text, field, &found)) {
            span content = field_content(found);
            if (found.begin < r.text.begin || found.end > r.text.end ||
                content.begin < found.begin || content.end > found.end ||
                content.begin > content.end)
                abort();
        }
    }
    size_t whole = rows_complete(format, begin, (size_t)(end - begin), false);
    if (whole > (size_t)(end - begin) || (whole > 0 && begin[whole - 1] != '\n'))
        abort();
    return 0;
}
