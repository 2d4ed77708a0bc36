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
    const json_keys members = {"lon", "lat"}, geometry = {NULL, NULL};
    grid_xy p;
    bool empty;
    (void)json_read_point(text, &members, &p);
    (void)json_read_point(text, &geometry, &p);
    const char *end = json_end(text, &empty);
    if (end != NULL && (end < copy || end >= copy + size || *end != '}'))
        abort();
    free(copy);
    return 0;
}
