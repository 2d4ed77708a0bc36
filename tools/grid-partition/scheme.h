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

/** Where the units of a level come from. */
typedef enum scheme_role {
    SCHEME_DISTRICT,  /**< given: all streets whose codes begin with the same six digits */
    SCHEME_STREET,    /**< given: the layer --street */
    SCHEME_COMMUNITY, /**< given: the layer --community */
    SCHEME_GROUP,     /**< joined from neighbouring communities, the level below */
    SCHEME_SPLIT,     /**< cut from the communities, or from streets without any */
    SCHEME_BUILDING,  /**< a record per feature of the household layer */
    SCHEME_HOUSEHOLD, /**< a record per row of the table of households */
} scheme_role;

typedef struct scheme_level {
    grid_level row;
    const char *name_zh;
    const char *code; /**< pattern of the units' codes, "" where these are given */
    scheme_role role;
    grid_rule rule; /**< of a group level */
} scheme_level;

typedef struct scheme {
    grid_layer *table; /**< owns the names below */
    const char *name;
    size_t n_levels;
    scheme_level level[SCHEME_MAX_LEVELS];
    char *own_name[SCHEME_MAX_RULES]; /**< measures that only --rule names; owned */
    size_t n_rules;
    grid_rule rule[SCHEME_MAX_RULES]; /**< of the split level */
} scheme;

/** Reads a scheme by name (of data/schemes) or path (folder or .xlsx). */
grid_status scheme_read(const char *name, const grid_context *ctx, scheme *out, grid_error *err);
void scheme_free(scheme *s);

/** The level of a role, or NULL where the scheme has none. */
const scheme_level *scheme_find(const scheme *s, scheme_role role);

/** Puts the --rule options ("households=300..500,hard") over the scheme's rules, or beside them. */
grid_status scheme_override(scheme *s, const tool_list *rules, grid_error *err);

#endif
