/*
 * demands.h - how many grids, or groups of communities, are wanted where.
 */
#ifndef GRID_PARTITION_DEMANDS_H
#define GRID_PARTITION_DEMANDS_H

#include "inputs.h"

/** What the options say: so many in each street, or as many as a column says. */
typedef struct demand_options {
    int64_t each;      /**< in each street; 0: as many as suit */
    const char *field; /**< column of communities or streets; NULL */
} demand_options;

/** Per community and per street, 0 for as many as suit; owned; NULL: nothing is wanted. */
typedef struct demands {
    int64_t *community, *street;
} demands;

/** Refuses a column that neither layer has, and what is no number. */
grid_status demands_read(const inputs *in, const demand_options *options, demands *out,
                         grid_error *err);
void demands_free(demands *d);

#endif
