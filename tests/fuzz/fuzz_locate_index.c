/* Index files: a changed one is refused, and nothing is read outside of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <grid/locate.h>

#include "locate/guard.h"
#include "locate/open.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sums over whatever the file holds, where it has room for them. */
static void seal_again(unsigned char *bytes, size_t n) {
    const index_image *head = (const index_image *)(const void *)bytes;
    uint64_t body = head->sums.offset;
    if (body % 8 == 0 && body >= sizeof *head && body <= n && n - body >= image_sums_size(body))
        image_seal(bytes, body);
}

/* Points in and around the boxes of all layers. */
static void look_up(const grid_locator *l) {
    enum { SIDE = 12 };
    grid_hit *hits = calloc(grid_locator_layers(l) + 1, sizeof *hits);
    for (size_t i = 0; hits != NULL && i < grid_locator_layers(l); i++) {
        grid_box box = grid_locator_box(l, i);
        for (int k = 0; k < SIDE * SIDE; k++) {
            grid_xy p = {box.min_x + (box.max_x - box.min_x) * (k % SIDE) / (SIDE - 1),
                         box.min_y + (box.max_y - box.min_y) * (k / SIDE) / (SIDE - 1)};
            grid_locate_path path;
            grid_locator_find(l, p.x, p.y, hits);
            grid_locator_trace(l, i, p, &path);
        }
    }
    free(hits);
}

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
        seal_again(bytes, n);
    grid_locator *l;
    grid_error err;
    if (locator_open_image(bytes, n, true, &l, &err) != GRID_OK)
        return 0;
    for (int all = 0; all < 2; all++) {
        look_up(l);
        grid_locator_use_directory(l, false);
        look_up(l);
        grid_locator_use_directory(l, true);
        (void)guard_check_all(l);
    }
    for (size_t i = 0; i < grid_locator_layers(l); i++) {
        (void)strlen(grid_locator_layer_name(l, i));
        for (uint32_t u = 0; u < grid_locator_units(l, i); u++)
            (void)strlen(grid_locator_code(l, i, u));
    }
    grid_locator_free(l);
    return 0;
}
