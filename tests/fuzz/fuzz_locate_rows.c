/* Delimited text: records never overlap, none is lost, and pieces are cut where records end. */
#include <stdint.h>
#include <stdlib.h>

#include "grid-locate/rows.c" /* a part of the tool, tested by itself */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
        row quick;
        span x, y, slow;
        if (row_take_quickly(format, at, end, field, 1, &quick, &x, &y) &&
            (quick.text.begin != r.text.begin || quick.text.end != r.text.end ||
             quick.next != r.next || !row_field(format, r.text, field, &slow) ||
             slow.begin != x.begin || slow.end != x.end || !row_field(format, r.text, 1, &slow) ||
             slow.begin != y.begin || slow.end != y.end))
            abort();
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
