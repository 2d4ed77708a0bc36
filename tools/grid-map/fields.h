/*
 * fields.h - what the columns of the written layers are called.
 */
#ifndef GRID_MAP_FIELDS_H
#define GRID_MAP_FIELDS_H

/** Whose names the columns bear. */
typedef enum field_names {
    FIELDS_PLAIN, /**< ours, at most 10 ASCII characters */
    FIELDS_2013,  /**< of platforms after GB/T 30428 */
    FIELDS_2026   /**< of GB/T 47678.5-2026 */
} field_names;

/** What the columns are of. */
typedef enum field_owner { OF_GRID, OF_COMMUNITY, OF_STREET, OF_UNIT, OF_COMPONENT } field_owner;

/** The column `name` of the database under its name in the file; NULL: left out. */
const char *field_name(field_owner owner, const char *name, field_names names);

#endif
