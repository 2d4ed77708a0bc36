#include "common/digests.h"

#include <inttypes.h>
#include <stdio.h>

json_t *tool_digest_json(grid_digest digest) {
    char hex[40];
    snprintf(hex, sizeof hex, "%016" PRIx64 "%016" PRIx64, digest.a, digest.b);
    return json_string(hex);
}
