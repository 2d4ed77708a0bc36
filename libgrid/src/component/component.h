/*
 * component.h - what the parts of the module share.
 */
#ifndef GRID_SRC_COMPONENT_H
#define GRID_SRC_COMPONENT_H

#include <grid/component.h>

/* ---- map from 64-bit keys to numbers ---------------------------------------------------- */

/** Open addressing; keys are hashes already. A zeroed one is empty. */
typedef struct component_map {
    uint64_t *key; /**< 0 marks a free place */
    uint32_t *value;
    size_t n, size;
} component_map;

/** Where the key's value is, or NULL. */
uint32_t *component_map_find(const component_map *map, uint64_t key);

/** The key's value, put in as `value` when it was not there; NULL when memory ran out. */
uint32_t *component_map_put(component_map *map, uint64_t key, uint32_t value);
void component_map_free(component_map *map);

/** Hash of bytes, continued from `seed`; never 0. */
uint64_t component_hash(uint64_t seed, const void *bytes, size_t n);
uint64_t component_hash_text(uint64_t seed, const char *text);

/* ---- borders -------------------------------------------------------------------------- */

/** The borders of the units, to be asked whether a circle crosses one. */
typedef struct component_borders component_borders;

grid_status component_borders_build(const grid_shapes *units, component_borders **out,
                                    grid_error *err);
void component_borders_free(component_borders *borders);

/** True when a border is nearer than `radius`. */
bool component_borders_within(const component_borders *borders, double x, double y, double radius);

/* ---- words ---------------------------------------------------------------------------- */

/** The standard's word for a status (完好 破损 丢失 废弃 移除), or NULL when it is none. */
const char *component_status(const char *text);

/** Longest value of a field in characters, as the standard sets it. */
size_t component_field_length(grid_component_field field);

/** Characters of well-formed UTF-8. */
size_t component_characters(const char *text);

#endif
