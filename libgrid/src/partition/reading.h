/*
 * reading.h - the order in which units are numbered: from west to east in bands, the bands from
 * north to south.
 */
#ifndef GRID_SRC_PARTITION_READING_H
#define GRID_SRC_PARTITION_READING_H

#include <stdint.h>

typedef struct reading_item {
    double x, y; /* centre */
    uint32_t band;
    uint32_t group, item; /* the caller's */
} reading_item;

/** Sorts; bands are as high as an item is on average. */
void reading_sort(reading_item *item, uint32_t n);

#endif
