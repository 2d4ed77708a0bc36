/*
 * open.h - from an image to a locator.
 */
#ifndef GRID_LOCATE_OPEN_H
#define GRID_LOCATE_OPEN_H

#include "locate/image.h"

/** What image_seal writes behind `size` bytes. */
size_t image_sums_size(size_t size);

/**
 * Completes an image of `size` bytes, a multiple of 8: the sums of its blocks behind it, for which
 * there is room, and what the header says of them. Returns the size with the sums.
 */
size_t image_seal(unsigned char *image, size_t size);

/**
 * Makes a locator of an image, which it takes over (also on failure): malloced, or mapped. A mapped
 * image is guarded (guard.h); what is read on opening is checked, and a damaged one is refused
 * with GRID_E_INPUT.
 */
GRID_MUST_USE grid_status locator_open_image(void *bytes, size_t size, bool mapped,
                                             grid_locator **out, grid_error *err);

#endif
