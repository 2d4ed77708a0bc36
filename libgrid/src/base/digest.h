/*
 * digest.h - SHA-256 (FIPS 180-4, by nettle) of files and of anything fed piecewise.
 */
#ifndef GRID_SRC_DIGEST_H
#define GRID_SRC_DIGEST_H

#include <grid/base.h>

#include <nettle/sha2.h>

enum { GRID_DIGEST_SIZE = SHA256_DIGEST_SIZE, GRID_DIGEST_TEXT = 2 * SHA256_DIGEST_SIZE + 1 };

/** Lower-case hexadecimal of a finished digest; `out` holds GRID_DIGEST_TEXT bytes. */
void grid_digest_text(const uint8_t digest[GRID_DIGEST_SIZE], char *out);

/** Digest of a file's bytes as text. */
GRID_MUST_USE grid_status grid_digest_file(const char *path, char *out, grid_error *err);

#endif
