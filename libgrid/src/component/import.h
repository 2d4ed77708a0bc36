/*
 * import.h - an import under way, shared by what checks rows and what gives codes.
 */
#ifndef GRID_SRC_COMPONENT_IMPORT_H
#define GRID_SRC_COMPONENT_IMPORT_H

#include "base/arena.h"
#include "base/vec.h"
#include "component/component.h"

/* A component that the database had before. */
typedef struct component_known {
    uint64_t code, digest;
    uint8_t digits; /* of the code */
    bool ours;      /* of the source being imported */
    bool seen;
} component_known;

/* What a class text was found to be, so that each text is looked up once. */
typedef struct component_found_class {
    grid_class_match match;
    const grid_class *cls;
} component_found_class;

/* A class as codes see it: its serials. */
typedef struct component_serials {
    char class_code[6];
    uint32_t last;
} component_serials;

enum { COMPONENT_MAX_TEXT = 8192 }; /* bytes of a row's texts */

struct grid_component_import {
    grid_component_rules rules;
    uint64_t source;
    component_borders *borders;
    grid_arena arena;
    GRID_VEC(component_known) known;
    GRID_VEC(grid_component) done;
    GRID_VEC(component_found_class) found;
    GRID_VEC(component_serials) serials;
    GRID_VEC(const char *) missing;
    component_map known_code, known_id, known_place; /* -> known */
    component_map row_code, row_id, row_place;       /* -> line of the first */
    component_map refused_id, refused_place;
    component_map class_text, serial_of;
    char scratch[COMPONENT_MAX_TEXT]; /* the cleaned texts of the row being checked */
};

/** A code's digits as a number (17 fit); 0 when it is none. */
uint64_t component_code_number(const char *code);

/** Its last six digits. */
uint32_t component_code_serial(const char *code);

/** Keys of the maps: class and millimetre; source and local id. */
uint64_t component_place_key(const char *class_code, double x, double y);
uint64_t component_id_key(uint64_t source, const char *local_id);

/** The serials of a class, new ones from 0; NULL when memory ran out. */
component_serials *component_serials_of(grid_component_import *import, const char *class_code);

#endif
