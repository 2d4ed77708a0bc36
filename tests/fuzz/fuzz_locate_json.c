/* JSON lines: any bytes are read within their bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grid-locate/json.c" /* parts of the tool, tested by themselves */
#include "grid-locate/objects.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(span a, span b) {
    return a.begin == b.begin && a.end == b.end;
}

/* However lines are taken, it comes to the same. */
static void check_lines(taker *quickly, span text, const json_keys *keys) {
    const key x = {keys->x, strlen(keys->x)}, y = {keys->y, strlen(keys->y)};
    const row_format lines = {.json = true};
    row quick, r;
    span quick_x, quick_y, of_x, of_y;
    for (const char *at = text.begin; row_take(lines, at, text.end, true, &r); at = r.next)
        if (quickly(x, y, at, text.end, &quick, &quick_x, &quick_y) &&
            (!json_find_pair(r.text, keys, &of_x, &of_y) || !same(r.text, quick.text) ||
             r.next != quick.next || !same(of_x, quick_x) || !same(of_y, quick_y)))
            abort();
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
    check_lines(choose_taker(), text, &members);
#if defined(__x86_64__)
    check_lines(take_sse, text, &members);
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
