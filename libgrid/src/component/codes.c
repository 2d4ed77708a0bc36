#include "component/component.h"

#include <stdio.h>

size_t grid_component_code_length(grid_standard standard) {
    return standard == GRID_STANDARD_2026 ? 17 : 16;
}

void grid_component_code_write(const char county[7], const char *class_code, uint32_t serial,
                               char out[GRID_COMPONENT_CODE_SIZE]) {
    snprintf(out, GRID_COMPONENT_CODE_SIZE, "%.6s%.5s%06u", county, class_code,
             (unsigned)(serial % 1000000U));
}

const char *grid_reject_name(grid_reject reason) {
    static const char *const names[GRID_REJECTS] = {
        [GRID_REJECT_NONE] = "",
        [GRID_REJECT_GEOMETRY_MISSING] = "geometry-missing",
        [GRID_REJECT_GEOMETRY_PARTS] = "geometry-parts",
        [GRID_REJECT_OUTSIDE] = "outside",
        [GRID_REJECT_TEXT] = "text",
        [GRID_REJECT_CLASS_MISSING] = "class-missing",
        [GRID_REJECT_CLASS_UNKNOWN] = "class-unknown",
        [GRID_REJECT_CLASS_SPLIT] = "class-split",
        [GRID_REJECT_CLASS_NO_MATCH] = "class-no-match",
        [GRID_REJECT_CODE_NUMBER] = "code-number",
        [GRID_REJECT_CODE_FORM] = "code-form",
        [GRID_REJECT_CODE_COUNTY] = "code-county",
        [GRID_REJECT_CODE_CLASS] = "code-class",
        [GRID_REJECT_CODE_SERIAL] = "code-serial",
        [GRID_REJECT_CODE_DUPLICATE] = "code-duplicate",
        [GRID_REJECT_ID_DUPLICATE] = "id-duplicate",
        [GRID_REJECT_PLACE_DUPLICATE] = "place-duplicate",
        [GRID_REJECT_STATUS] = "status",
        [GRID_REJECT_DATE] = "date",
        [GRID_REJECT_DATE_ORDER] = "date-order",
        [GRID_REJECT_FIELD_MISSING] = "field-missing",
        [GRID_REJECT_FIELD_LONG] = "field-long",
    };
    return names[reason];
}
