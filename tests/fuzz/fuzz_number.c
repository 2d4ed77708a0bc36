/* Numbers in text: whatever is accepted is bit for bit what strtod gives. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *copy = malloc(size + 1);
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
    free(copy);
    return 0;
}
