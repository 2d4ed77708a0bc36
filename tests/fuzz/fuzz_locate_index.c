/* Index files: a changed one is refused, and nothing is read outside of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <grid/locate.h>

#include "locate/open.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as a file would be mapped; the first byte chooses whether they are sealed anew, so that
 * the checks behind the checksum are reached too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 + sizeof(index_image))
        return 0;
    size_t n = size - 1;
    void *bytes = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return 0;
    memcpy(bytes, data + 1, n);
    if (data[0] & 1)
        image_seal(bytes, n);
    grid_locator *l;
    grid_error err;
    if (locator_open_image(bytes, n, true, &l, &err) != GRID_OK)
        return 0;
    for (size_t i = 0; i < grid_locator_layers(l); i++) {
        (void)strlen(grid_locator_layer_name(l, i));
        for (uint32_t u = 0; u < grid_locator_units(l, i); u++)
            (void)strlen(grid_locator_code(l, i, u));
    }
    grid_locator_free(l);
    return 0;
}
