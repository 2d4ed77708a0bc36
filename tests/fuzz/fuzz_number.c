/* Numbers in text: whatever is accepted is bit for bit what strtod gives. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *copy = calloc(1, size + 64);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, size);
    copy[size] = '\0';
    double value, wanted;
    const char *end = grid_number_parse(copy, copy + size, &value);
    if (end != NULL) {
        copy[end - copy] = '\0';
        wanted = strtod(copy, NULL);
        if (memcmp(&value, &wanted, sizeof value) != 0 || !isfinite(value))
            abort();
    }
    memcpy(copy, data, size);
    double whole;
    bool is_whole = end != NULL && end == copy + size;
    for (size_t padding = 0; padding < 64; padding += 32)
        if (grid_number_read(copy, copy + size, copy + size + padding, &whole) != is_whole ||
            (is_whole && memcmp(&whole, &value, sizeof value) != 0))
            abort();
    const grid_chars text[2] = {{copy, copy + size}, {copy, copy + size}};
    double pair[4];
    if (grid_number_read_pairs(text, text, 2, copy + size + 32, pair) > 0 &&
        (!is_whole || memcmp(&pair[0], &value, sizeof value) != 0 ||
         memcmp(&pair[1], &value, sizeof value) != 0))
        abort();
    free(copy);
    return 0;
}
