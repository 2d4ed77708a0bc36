/* JSON lines: any bytes are read within their bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grid-locate/json.c" /* parts of the tool, tested by themselves */
#include "grid-locate/objects.c"
#include "grid-locate/objects_quick.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(span a, span b) {
    return a.begin == b.begin && a.end == b.end;
}

typedef void quick_way(const key *x, const key *y, const char *data, const char *end,
                       row_list *out);

/* As far as the quick way comes from any line, it takes what the slow way takes. */
static void check_quick_way(quick_way *take, span text, const json_keys *keys) {
    static row_list quick;
    const row_format lines = {.json = true};
    key x, y;
    row r, first;
    span of_x, of_y;
    if (!make_key(keys->x, &x) || !make_key(keys->y, &y))
        abort();
    for (const char *from = text.begin; row_take(lines, from, text.end, true, &first);
         from = first.next) {
        const char *at = from;
        quick.n = 0;
        take(&x, &y, from, text.end, &quick);
        for (size_t i = 0; i < quick.n; i++, at = r.next)
            if (!row_take(lines, at, text.end, true, &r) ||
                !json_find_pair(r.text, keys, &of_x, &of_y) || !same(r.text, quick.row[i].text) ||
                r.next != quick.row[i].next || !same(of_x, quick.a[i]) || !same(of_y, quick.b[i]))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *copy = malloc(size + 1); /* without a terminator behind it */
    if (copy == NULL)
        return 0;
    if (size > 0)
        memcpy(copy, data, size);
    const span text = {copy, copy + size};
    const json_keys members = {"lon", "lat"};
    grid_xy p;
    bool empty;
    span x, y, alone;
    if (json_find_pair(text, &members, &x, &y)) {
        if (!json_member(text, members.x, &alone) || alone.begin != x.begin || alone.end != x.end ||
            !json_member(text, members.y, &alone) || alone.begin != y.begin || alone.end != y.end)
            abort();
    } else if (json_member(text, members.x, &alone) && json_member(text, members.y, &alone)) {
        abort();
    }
#if defined(__x86_64__)
    if (have_avx512())
        check_quick_way(take_avx512, text, &members);
    if (cpu_has_avx2())
        check_quick_way(take_avx2, text, &members);
    check_quick_way(take_sse, text, &members);
#endif
    static row_list list;
    list.n = 0;
    objects_take(&members, text.begin, text.end, &list);
    (void)json_read_geometry(text, &p);
    const char *end = json_end(text, &empty);
    if (end != NULL && (end < copy || end >= copy + size || *end != '}'))
        abort();
    free(copy);
    return 0;
}
