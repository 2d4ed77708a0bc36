/*
 * open.h - from an image to a locator.
 */
#ifndef GRID_LOCATE_OPEN_H
#define GRID_LOCATE_OPEN_H

#include "locate/image.h"

/** Fills in size, byte order and checksums of a complete image. */
void image_seal(index_image *head, size_t size);

/**
 * Makes a locator of an image, which it takes over (also on failure): malloced, or mapped. A mapped
 * image is checked whole: a damaged one is refused with GRID_E_INPUT.
 */
GRID_MUST_USE grid_status locator_open_image(void *bytes, size_t size, bool mapped,
                                             grid_locator **out, grid_error *err);

#endif
