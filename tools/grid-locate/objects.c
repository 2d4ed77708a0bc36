#include "objects.h"

/* Takes one line, whatever it is like. */
static bool take_any(const json_keys *keys, const char *data, const char *end, row_list *out) {
    const row_format lines = {.json = true};
    const size_t n = out->n;
    if (!row_take(lines, data, end, true, &out->row[n]) ||
        !json_find_pair(out->row[n].text, keys, &out->a[n], &out->b[n]))
        return false;
    out->n++;
    return true;
}

void objects_take(const json_keys *keys, const char *data, const char *end, row_list *out) {
    while (out->n < MAX_ROWS) {
        const size_t before = out->n;
        objects_take_quickly(keys, data, end, out);
        if (out->n == before && !take_any(keys, data, end, out))
            return;
        data = out->row[out->n - 1].next;
    }
}
