/* JSON lines: any bytes are read within their bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grid-locate/json.c" /* a part of the tool, tested by itself */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    (void)json_read_geometry(text, &p);
    const char *end = json_end(text, &empty);
    if (end != NULL && (end < copy || end >= copy + size || *end != '}'))
        abort();
    free(copy);
    return 0;
}
