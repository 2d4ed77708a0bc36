/*
 * grid/component.h - city components (部件): classes, codes, checks, and each one's grid. Nothing
 * here reads a file: rows come in one by one, checked components come out.
 *
 * Codes, classes and fields: GB/T 47678.5-2026 ("2026": 17 digits, 6 county + 2 group + 3 class +
 * 6 serial) and CJ/T 214-2007, GB/T 30428.2-2013 ("2013": 16 digits, 6 + 2 + 2 + 6).
 */
#ifndef GRID_COMPONENT_H
#define GRID_COMPONENT_H

#include <grid/locate.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- classes ------------------------------------------------------------------------ */

/** The two generations of classes and codes. */
typedef enum grid_standard { GRID_STANDARD_2013 = 2013, GRID_STANDARD_2026 = 2026 } grid_standard;

/** A class of components or events, as data/classes/ lists it. */
typedef struct grid_class {
    grid_standard standard;
    const char *code;         /**< 5 digits (2026) or 4 (2013) */
    const char *name;         /**< 雨水井盖 */
    const char *name_en;      /**< storm drain cover; may be empty */
    const char *group;        /**< 市政公用设施 */
    const char *same_as;      /**< code in the other generation; several, parted by blanks,
                                   when the class was split; "" for none */
    grid_shape_kind surveyed; /**< as what it is usually surveyed; NONE when not said */
    double accuracy_m;        /**< of its position; 0 when not said */
} grid_class;

/** A table of classes with the names people write for them. */
typedef struct grid_classes grid_classes;

GRID_API GRID_MUST_USE grid_status grid_classes_new(grid_classes **out, grid_error *err);
GRID_API void grid_classes_free(grid_classes *classes);

/** Adds a class, or replaces the one of the same standard and code. Texts are copied. */
GRID_API GRID_MUST_USE grid_status grid_classes_add(grid_classes *classes, const grid_class *cls,
                                                    grid_error *err);

/**
 * Adds what people write for a name: anywhere in a name (`whole` false: 通讯 for 通信), or only
 * as the whole name (垃圾桶 for 垃圾箱). Longer ones are tried first.
 */
GRID_API GRID_MUST_USE grid_status grid_classes_alias(grid_classes *classes, const char *written,
                                                      const char *standard_name, bool whole,
                                                      grid_error *err);

typedef enum grid_class_match {
    GRID_CLASS_FOUND,    /**< by code or name of the wanted generation */
    GRID_CLASS_MAPPED,   /**< by an alias, a lost leading zero or the other generation */
    GRID_CLASS_SPLIT,    /**< the other generation's class has several counterparts */
    GRID_CLASS_NO_MATCH, /**< the other generation's class has none */
    GRID_CLASS_UNKNOWN,  /**< nothing known; `out` is the nearest class by name, or NULL */
} grid_class_match;

/** Finds a class of `standard` by whatever `text` is: a code or a name of either generation. */
GRID_API grid_class_match grid_classes_find(const grid_classes *classes, grid_standard standard,
                                            const char *text, const grid_class **out);

/* ---- fields ------------------------------------------------------------------------- */

/** What is known of a component; the order of the database's columns. */
typedef enum grid_component_field {
    GRID_FIELD_CODE,
    GRID_FIELD_CLASS,
    GRID_FIELD_NAME,
    GRID_FIELD_STATUS,
    GRID_FIELD_DEPARTMENT_CODE,
    GRID_FIELD_DEPARTMENT,
    GRID_FIELD_OWNER_CODE,
    GRID_FIELD_OWNER,
    GRID_FIELD_UPKEEP_CODE,
    GRID_FIELD_UPKEEP,
    GRID_FIELD_INITIAL_DATE,
    GRID_FIELD_CHANGE_DATE,
    GRID_FIELD_DATA_SOURCE,
    GRID_FIELD_NOTE,
    GRID_FIELD_LOCAL_ID, /**< the inventory's own number, kept when it has no standard code */
    GRID_FIELD_UNIT,     /**< the grid as delivered: compared, never believed */
    GRID_FIELDS,
} grid_component_field;

/** "department_code" and so on. */
GRID_API const char *grid_component_field_name(grid_component_field field);

/** Whether the standard demands the field (code and grid can be assigned, the others not). */
GRID_API bool grid_component_field_mandatory(grid_component_field field);

/* ---- codes -------------------------------------------------------------------------- */

enum { GRID_COMPONENT_CODE_SIZE = 18 }; /* 17 digits and the end */

/** Digits of a code: 16 or 17. */
GRID_API size_t grid_component_code_length(grid_standard standard);

/** Writes county + class + serial (1 .. 999999). */
GRID_API void grid_component_code_write(const char county[7], const char *class_code,
                                        uint32_t serial, char out[GRID_COMPONENT_CODE_SIZE]);

/* ---- import ------------------------------------------------------------------------- */

/** Why a row was refused. */
typedef enum grid_reject {
    GRID_REJECT_NONE = 0,
    GRID_REJECT_GEOMETRY_MISSING,
    GRID_REJECT_GEOMETRY_PARTS, /**< several points: which is it? */
    GRID_REJECT_OUTSIDE,
    GRID_REJECT_TEXT, /**< not UTF-8: the encoding was taken wrongly */
    GRID_REJECT_CLASS_MISSING,
    GRID_REJECT_CLASS_UNKNOWN,
    GRID_REJECT_CLASS_SPLIT,
    GRID_REJECT_CLASS_NO_MATCH,
    GRID_REJECT_CODE_NUMBER, /**< a spreadsheet kept the code as a number: its tail is lost */
    GRID_REJECT_CODE_FORM,
    GRID_REJECT_CODE_COUNTY,
    GRID_REJECT_CODE_CLASS, /**< the code's class and the row's own differ */
    GRID_REJECT_CODE_SERIAL,
    GRID_REJECT_CODE_DUPLICATE,
    GRID_REJECT_ID_DUPLICATE,
    GRID_REJECT_PLACE_DUPLICATE, /**< same class at the same millimetre */
    GRID_REJECT_STATUS,
    GRID_REJECT_DATE,
    GRID_REJECT_DATE_ORDER,
    GRID_REJECT_FIELD_MISSING, /**< with `strict` */
    GRID_REJECT_FIELD_LONG,
    GRID_REJECTS,
} grid_reject;

/** "class-unknown" and so on: the reason codes of the database and of reject files. */
GRID_API const char *grid_reject_name(grid_reject reason);

typedef struct grid_component_rules {
    grid_standard standard;
    char county[7];              /**< six digits */
    const grid_classes *classes; /**< borrowed */
    const grid_shapes *units;    /**< grids, in metres; borrowed */
    const char *const *unit_code;
    const grid_locator *locator; /**< of the units, as its first layer; borrowed */
    bool strict;                 /**< refuse rows that lack a mandatory field */
} grid_component_rules;

/** One row as delivered. Texts may be NULL; they are copied as far as they are kept. */
typedef struct grid_component_row {
    const char *text[GRID_FIELDS];
    bool code_is_number; /**< the source holds the code as a number, not as text */
    const grid_shapes *shapes;
    size_t feature;
    size_t line; /**< for messages */
} grid_component_row;

/** A component as the database has it. */
typedef struct grid_component_known {
    const char *code, *class_code, *source, *local_id;
    double x, y;
    uint64_t digest; /**< of its content, as grid_component.digest */
} grid_component_known;

typedef enum grid_component_action {
    GRID_COMPONENT_NEW,
    GRID_COMPONENT_CHANGED,
    GRID_COMPONENT_SAME,
} grid_component_action;

/** A checked component. */
typedef struct grid_component {
    char code[GRID_COMPONENT_CODE_SIZE];
    uint8_t action; /**< a grid_component_action */
    bool uncertain; /**< its accuracy circle crosses a border */
    const grid_class *cls;
    uint32_t unit; /**< feature of rules.units */
    double x, y;
    uint64_t digest;
    const char *texts; /**< packed; see grid_component_text */
    size_t line;
} grid_component;

/** Why a row was refused, or what is odd about it; valid until the next row. */
typedef struct grid_component_verdict {
    grid_reject reason;
    const char *field; /**< name of the field concerned; "" for the geometry */
    char detail[256];
    bool class_mapped;       /**< found by an alias or from the other generation */
    bool representative;     /**< a line's or area's point was taken */
    bool surveyed_otherwise; /**< the class is usually surveyed as something else */
    bool unit_differs; /**< the delivered grid is not the one the point lies in, which `detail`
                          names */
    bool id_repeated, place_repeated; /**< an earlier row, kept or refused, had the local id, or
                                           stood there with the same class */
    uint32_t mandatory_missing;       /**< bit set of grid_component_field */
} grid_component_verdict;

/** An import under way: one source against what the database already has. */
typedef struct grid_component_import grid_component_import;

GRID_API GRID_MUST_USE grid_status grid_component_import_new(const grid_component_rules *rules,
                                                             const char *source,
                                                             grid_component_import **out,
                                                             grid_error *err);
GRID_API void grid_component_import_free(grid_component_import *import);

/** Tells of a component in the database. All of them come before the first row. */
GRID_API GRID_MUST_USE grid_status grid_component_import_know(grid_component_import *import,
                                                              const grid_component_known *known,
                                                              grid_error *err);

/** Serials up to `last` of a class were given out, whatever became of them. */
GRID_API GRID_MUST_USE grid_status grid_component_import_know_serial(grid_component_import *import,
                                                                     const char *class_code,
                                                                     uint32_t last,
                                                                     grid_error *err);

/** Checks one row. The first of duplicates is the one that stays. */
GRID_API GRID_MUST_USE grid_status grid_component_import_add(grid_component_import *import,
                                                             const grid_component_row *row,
                                                             grid_component_verdict *verdict,
                                                             grid_error *err);

/**
 * Gives codes to the components that have none: in each class from north to south, then from west
 * to east (to the millimetre), then by local id; serials go on after the last ever given out.
 * The result is ordered by code and borrowed from the import.
 */
GRID_API GRID_MUST_USE grid_status grid_component_import_finish(grid_component_import *import,
                                                                const grid_component **components,
                                                                size_t *n, grid_error *err);

/** Codes of the known components of this source that no row named; borrowed. After finish. */
GRID_API GRID_MUST_USE grid_status grid_component_import_missing(grid_component_import *import,
                                                                 const char *const **codes,
                                                                 size_t *n, grid_error *err);

/** Visits the last serial of every class, for the database. After finish. */
GRID_API GRID_MUST_USE grid_status grid_component_import_serials(
    const grid_component_import *import,
    grid_status (*visit)(void *user, const char *class_code, uint32_t last, grid_error *err),
    void *user, grid_error *err);

/** A kept text of a component; "" when absent. CODE, CLASS and UNIT are not among them. */
GRID_API const char *grid_component_text(const grid_component *component,
                                         grid_component_field field);

/* ---- parts that are useful alone ------------------------------------------------------ */

/**
 * The point that stands for a feature: a point itself; halfway along a line (its longest part);
 * of an area (its largest part) the centroid if it lies inside, else the middle of the
 * longest inner stretch at the centroid's height. False when there is none.
 */
GRID_API bool grid_component_place(const grid_shapes *shapes, size_t feature, grid_xy *out);

/** Dates as people write them (20130405, 2013-4-5, 2013/4/5, 2013年4月5日, a time after it) as
 * "2013-04-05"; false when it is no day of the calendar. */
GRID_API bool grid_component_date(const char *text, char out[11]);

/**
 * Full-width digits, letters and punctuation made ASCII, blanks (full-width and no-break
 * ones too) and byte-order marks around the text removed. `out` needs strlen(text) + 1 bytes.
 */
GRID_API void grid_component_clean(const char *text, char *out);

#ifdef __cplusplus
}
#endif

#endif
