/*
 * parents.h - codes and names of streets and communities as their layers have them.
 */
#ifndef GRID_PARTITION_PARENTS_H
#define GRID_PARTITION_PARENTS_H

#include "inputs.h"

/** Per feature of the layer, borrowed from it; "" where it has none. */
typedef struct given_texts {
    const char **code, **name;
} given_texts;

typedef struct parents {
    given_texts street, community; /**< the latter NULL where no communities came in */
} parents;

/** False without memory. */
bool parents_read(const inputs *in, const input_options *options, parents *out);
void parents_free(parents *p);

#endif
