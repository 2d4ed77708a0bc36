/* Names of border classes: ours, and those that road layers use. */
#include <grid/cells.h>

#include <string.h>

#include "base/text.h"

static const char *const names[GRID_BORDER_CLASSES] = {
    "outline", "expressway", "rail", "river", "arterial", "road", "lane", "wall", "gap",
};

static const struct {
    const char *text;
    grid_border_class cls;
} aliases[] = {
    /* GB/T 51328 and everyday Chinese */
    {"高速公路", GRID_BORDER_EXPRESSWAY},
    {"快速路", GRID_BORDER_EXPRESSWAY},
    {"主干路", GRID_BORDER_ARTERIAL},
    {"主干道", GRID_BORDER_ARTERIAL},
    {"次干路", GRID_BORDER_ROAD},
    {"次干道", GRID_BORDER_ROAD},
    {"支路", GRID_BORDER_ROAD},
    {"街", GRID_BORDER_ROAD},
    {"巷", GRID_BORDER_LANE},
    {"巷道", GRID_BORDER_LANE},
    {"小路", GRID_BORDER_LANE},
    {"铁路", GRID_BORDER_RAIL},
    {"河流", GRID_BORDER_RIVER},
    {"围墙", GRID_BORDER_WALL},
    /* OpenStreetMap: highway, railway, waterway, barrier */
    {"motorway", GRID_BORDER_EXPRESSWAY},
    {"motorway_link", GRID_BORDER_EXPRESSWAY},
    {"trunk", GRID_BORDER_EXPRESSWAY},
    {"trunk_link", GRID_BORDER_EXPRESSWAY},
    {"primary", GRID_BORDER_ARTERIAL},
    {"primary_link", GRID_BORDER_ARTERIAL},
    {"secondary", GRID_BORDER_ARTERIAL},
    {"secondary_link", GRID_BORDER_ARTERIAL},
    {"tertiary", GRID_BORDER_ROAD},
    {"tertiary_link", GRID_BORDER_ROAD},
    {"unclassified", GRID_BORDER_ROAD},
    {"residential", GRID_BORDER_ROAD},
    {"living_street", GRID_BORDER_LANE},
    {"service", GRID_BORDER_LANE},
    {"pedestrian", GRID_BORDER_LANE},
    {"footway", GRID_BORDER_LANE},
    {"path", GRID_BORDER_LANE},
    {"track", GRID_BORDER_LANE},
    {"canal", GRID_BORDER_RIVER},
    {"stream", GRID_BORDER_RIVER},
    /* MajorRoad of the road layer of Cambridge, Massachusetts */
    {"1", GRID_BORDER_ARTERIAL},
    {"2", GRID_BORDER_ROAD},
    {"0", GRID_BORDER_ROAD},
};

const char *grid_border_class_name(grid_border_class cls) {
    return names[cls];
}

bool grid_border_class_parse(const char *text, grid_border_class *out) {
    for (int c = 0; c < GRID_BORDER_CLASSES; c++)
        if (grid_text_same(text, names[c])) {
            *out = (grid_border_class)c;
            return true;
        }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (grid_text_same(text, aliases[i].text)) {
            *out = aliases[i].cls;
            return true;
        }
    return false;
}
