#include "fields.h"

#include <stddef.h>
#include <string.h>

typedef struct renaming {
    const char *column, *plain, *of_2013, *of_2026; /* NULL: the plain name */
} renaming;

/* Names of 2013 and 2026 are those that platforms of each generation read (pinyin initials in
   2026); columns that a generation has no name for keep ours. */
static const renaming of_grid[] = {
    {"code", "code", "BGID", "SZDYWGBSM"},       {"parent", "parent", NULL, "SZSQDM"},
    {"area_m2", "area_m2", "Area", NULL},        {"valid_from", "valid_from", "ORDate", "CSRQ"},
    {"valid_to", "valid_to", "DueDate", "BGRQ"}, {"reason", "reason", "Note", "BZ"},
};
static const renaming of_community[] = {
    {"code", "code", NULL, "SZSQDM"},
    {"name", "name", NULL, "SZSQMC"},
    {"parent", "parent", NULL, "SZJDDM"},
};
static const renaming of_street[] = {
    {"code", "code", NULL, "SZJDDM"},
    {"name", "name", NULL, "SZJDMC"},
};
static const renaming of_component[] = {
    {"code", "code", "ObjID", "GLBJBSM"},
    {"class", "class", NULL, NULL},
    {"name", "name", "ObjName", "GLBJMC"},
    {"status", "status", "ObjState", "GLBJZT"},
    {"department_code", "dept_code", "DeptCode1", "ZGBMDM"},
    {"department", "dept", "DeptName1", "ZGBMMC"},
    {"owner_code", "owner_code", "DeptCode2", "QSDWDM"},
    {"owner", "owner", "DeptName2", "QSDWMC"},
    {"upkeep_code", "upkeepcode", "DeptCode3", "YHDWDM"},
    {"upkeep", "upkeep", "DeptName3", "YHDWMC"},
    {"initial_date", "from_date", "ORDate", "CSRQ"},
    {"change_date", "chg_date", "CHDate", "BGRQ"},
    {"data_source", "source", "DataSource", "SJLY"},
    {"note", "note", "Note", "BZ"},
    {"unit_code", "unit", "BGID", "SZDYWGBSM"},
    {"local_id", "local_id", NULL, NULL},
};

static const renaming *find(const renaming *table, size_t n, const char *column) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].column, column) == 0)
            return &table[i];
    return NULL;
}

static const renaming *lookup(field_owner owner, const char *column) {
#define IN(table) find(table, sizeof table / sizeof *table, column)
    switch (owner) {
    case OF_GRID:
        return IN(of_grid);
    case OF_COMMUNITY:
        return IN(of_community);
    case OF_STREET:
        return IN(of_street);
    case OF_COMPONENT:
        return IN(of_component);
    case OF_UNIT:
        break;
    }
#undef IN
    return NULL;
}

const char *field_name(field_owner owner, const char *column, field_names names) {
    const renaming *r = lookup(owner, column);
    if (r == NULL)
        return owner == OF_COMPONENT ? NULL : column;
    const char *other = names == FIELDS_2013   ? r->of_2013
                        : names == FIELDS_2026 ? r->of_2026
                                               : NULL;
    return other != NULL ? other : r->plain;
}
