/*
 * scheme.h - the levels and rules of a scheme (data/schemes/README.md documents the tables).
 */
#ifndef GRID_PARTITION_SCHEME_H
#define GRID_PARTITION_SCHEME_H

#include <grid/io.h>
#include <grid/partition.h>
#include <grid/store.h>

#include "common/options.h"

enum { SCHEME_MAX_LEVELS = 9, SCHEME_MAX_RULES = 8 };

typedef struct scheme {
    grid_layer *table; /**< owns the names below */
    const char *name;
    size_t n_levels;
    grid_level level[SCHEME_MAX_LEVELS];
    const char *name_zh[SCHEME_MAX_LEVELS];
    size_t split;                     /**< index of the level that is made by splitting */
    char *own_name[SCHEME_MAX_RULES]; /**< measures that only --rule names; owned */
    size_t n_rules;
    grid_rule rule[SCHEME_MAX_RULES]; /**< of the split level */
} scheme;

/** Reads a scheme by name (of data/schemes) or path (folder or .xlsx). */
grid_status scheme_read(const char *name, const grid_context *ctx, scheme *out, grid_error *err);
void scheme_free(scheme *s);

/** Puts the --rule options ("households=300..500,hard") over the scheme's rules, or beside them. */
grid_status scheme_override(scheme *s, const tool_list *rules, grid_error *err);

#endif
