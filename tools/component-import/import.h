/*
 * import.h - the parts of component-import: class tables, field mapping, one source after the
 * other into the database, refused rows.
 */
#ifndef COMPONENT_IMPORT_H
#define COMPONENT_IMPORT_H

#include <grid/component.h>
#include <grid/io.h>
#include <grid/store.h>

#include "base/arena.h"
#include "base/vec.h"
#include "common/options.h"

/* ---- grids -------------------------------------------------------------------------- */

/** The lowest level of the database that has areas. */
typedef struct grids {
    char *crs;
    grid_units *units;
    grid_locator *locator;
} grids;

grid_status grids_read(grids *out, const char *database, grid_error *err);

/** The county asked for, or the six digits that all grids' codes begin with. */
grid_status grids_county(const grids *where, const char *database, const char *asked, char out[7],
                         grid_error *err);
void grids_free(grids *where);

/* ---- mapping ------------------------------------------------------------------------ */

enum { MAP_X = GRID_FIELDS, MAP_Y, MAP_FIELDS };

/** "code" ... "unit_code", then "x" and "y". */
const char *map_field_name(int field);

/** One rule: a column gives a field, or it has one value for all rows; neither: it is left empty.
 */
typedef struct map_rule {
    const char *layer; /* "" or "*": every layer */
    int field;
    const char *column, *value; /* value with a column: "from=to;from=to" */
} map_rule;

typedef struct map_alias {
    int field;
    const char *written;
} map_alias;

/** What the user and the tables say about columns. */
typedef struct mapping {
    grid_arena arena;
    GRID_VEC(map_rule) rules;
    GRID_VEC(map_alias) aliases;
} mapping;

/** What the command line says about columns, strongest first. */
typedef struct mapping_options {
    tool_list pairs, constants; /* COL=FIELD, FIELD=VALUE */
    const char *x, *y, *table;
} mapping_options;

/** The options, then the table, then data/classes/fields.csv. */
grid_status mapping_read(mapping *map, const mapping_options *options, grid_error *err);
void mapping_free(mapping *map);

/** The columns of one layer, settled: per field a column, a constant, or neither. */
typedef struct mapped {
    const grid_column *column[MAP_FIELDS];
    const char *value[MAP_FIELDS]; /* constant, or translations of the column's words */
} mapped;

/** Fails when a rule names a column that the layer does not have. */
grid_status mapping_settle(const mapping *map, const grid_layer *layer, mapped *out,
                           grid_error *err);

/** A field of a row as text; `buffer` (at least 512 bytes) may be used. NULL when not mapped. */
const char *mapped_text(const mapped *m, int field, size_t row, char *buffer, size_t size);

/** "class=SmallClass, code=ObjID": what was taken for what. */
void mapped_describe(const mapped *m, char *out, size_t size);

/* ---- refused rows ------------------------------------------------------------------- */

typedef struct refused_rows {
    grid_arena arena;
    GRID_VEC(grid_reject_row) rows;
    GRID_VEC(const char *) columns; /* of all sources, as first met */
} refused_rows;

bool refused_add(refused_rows *all, const char *file, const grid_layer *layer, size_t row,
                 size_t line, const grid_component_verdict *verdict);
/** Before anything is imported: can the file be written? NULL is no file. */
grid_status output_check(const char *path, grid_error *err);
grid_status refused_write(refused_rows *all, const char *path, grid_error *err);
void refused_free(refused_rows *all);

/* ---- sources ------------------------------------------------------------------------ */

/** What all sources of a run share. */
typedef struct importer {
    const char *database;
    const char *crs; /* of the database */
    grid_component_rules rules;
    mapping map;
    refused_rows refused;
    const char *encoding, *source_name;
    bool delete_missing;
} importer;

/** What came of one source. */
typedef struct import_counts {
    size_t rows, added, changed, same, refused, deleted, uncertain;
    size_t by_reason[GRID_REJECTS];
    size_t class_mapped, representative, surveyed_otherwise, unit_differs;
    size_t id_repeated, id_missing, place_repeated, missing[GRID_FIELDS];
} import_counts;

/** Imports one source in one transaction. */
grid_status import_source(importer *all, const char *spec, import_counts *counts, grid_error *err);

/* ---- people ------------------------------------------------------------------------- */

/** Who holds what, as rosters say. */
typedef struct people {
    grid_arena arena;
    GRID_VEC(grid_holder) holders;
} people;

/**
 * Writes a scheme's posts and duties (NULL: leaves them) and the persons of rosters (none: leaves
 * them) in one transaction, then checks that the posts are filled.
 */
grid_status people_import(const char *database, const char *scheme, const tool_list *rosters,
                          grid_error *err);

/* ---- statistics --------------------------------------------------------------------- */

/** Writes a table of counts by grid, class and status, with their denominators. */
grid_status statistics_write(const char *database, const char *path, grid_error *err);

#endif
