#include "base/digest.h"
#include "base/base.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void grid_digest_text(const uint8_t digest[GRID_DIGEST_SIZE], char *out) {
    for (int i = 0; i < GRID_DIGEST_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

grid_status grid_digest_file(const char *path, char *out, grid_error *err) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return grid_fail(err, GRID_E_READ, path, "cannot be opened: %s", strerror(errno));
    struct sha256_ctx sha;
    sha256_init(&sha);
    uint8_t buffer[65536], digest[GRID_DIGEST_SIZE];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, file)) > 0)
        sha256_update(&sha, n, buffer);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        return grid_fail(err, GRID_E_READ, path, "cannot be read: %s", strerror(errno));
    sha256_digest(&sha, sizeof digest, digest);
    grid_digest_text(digest, out);
    return GRID_OK;
}
