#include "partition/reading.h"

#include <grid/geom.h>
#include <stdlib.h>

static int compare(const void *pa, const void *pb) {
    const reading_item *a = pa, *b = pb;
    if (a->band != b->band)
        return a->band < b->band ? -1 : 1;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    if (a->y != b->y)
        return a->y > b->y ? -1 : 1;
    return a->item < b->item ? -1 : a->item > b->item;
}

void reading_sort(reading_item *item, uint32_t n) {
    grid_box box = grid_box_empty();
    for (uint32_t i = 0; i < n; i++)
        grid_box_add(&box, item[i].x, item[i].y);
    double width = box.max_x - box.min_x, height = box.max_y - box.min_y;
    uint32_t bands = 1; /* about sqrt(n * height / width) */
    while (bands < n && (double)bands * bands * width < n * height)
        bands++;
    for (uint32_t i = 0; i < n; i++) {
        double down = height > 0 ? (box.max_y - item[i].y) / height * bands : 0;
        item[i].band = down < bands - 1 ? (uint32_t)down : bands - 1;
    }
    qsort(item, n, sizeof *item, compare);
}
