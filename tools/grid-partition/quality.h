/*
 * quality.h - how good a division came out, for people and as JSON.
 */
#ifndef GRID_PARTITION_QUALITY_H
#define GRID_PARTITION_QUALITY_H

#include "work.h"

#include <jansson.h>

void quality_print(const inputs *in, const work *w);

/** A new object; NULL when memory ran out. */
json_t *quality_json(const inputs *in, const work *w);

#endif
