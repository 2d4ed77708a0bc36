/* grid-map: the maps of a grid database, as layers, sheets or a page. */
#include "common/session.h"
#include "map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/text.h"

static const char *output, *format_name, *encoding = "UTF-8", *level;

static const tool_option options[] = {
    {"output", 'o', TOOL_TEXT, "OUT",
     "File to write; its extension names the format. A name that ends in / (or an existing folder) "
     "gets one file per layer.",
     &output, .required = true},
    {"format", 'f', TOOL_CHOICE, "FORMAT", "Format of the files in a folder. [shp]", &format_name,
     .choices = "shp|gpkg|geojson|kml|fgb"},
    {"level", 0, TOOL_TEXT, "NAME",
     "Level (or \"cells\", \"borders\") that a file of one layer holds. [the lowest level]",
     &level},
    {"encoding", 0, TOOL_CHOICE, "NAME", "Encoding of shapefiles; GBK for old ArcGIS.", &encoding,
     .choices = "UTF-8|GBK"},
};

static const tool_spec spec = {
    .name = "grid-map",
    .summary = "make the maps of a grid database",
    .operands = "GRIDS.sqlite",
    .description =
        "Writes the layers of a grid database: every level, the base cells and the borders, each "
        "with a style that QGIS picks up. Shapefiles get .cpg, .prj and .qml files; their field "
        "names are ASCII of at most 10 characters, and a value that does not fit is refused.\n\n"
        "Nothing that exists is replaced without --overwrite, and an output appears whole or not "
        "at all.",
    .examples = "# shapefiles of every level for the platform\n"
                "grid-map grids.sqlite -o maps/\n"
                "# the same for an ArcGIS that expects GBK\n"
                "grid-map grids.sqlite -o maps/ --encoding GBK\n"
                "# only the communities\n"
                "grid-map grids.sqlite -o communities.shp --level community\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .min_operands = 1,
    .max_operands = 1,
};

static bool is_folder(const char *path) {
    struct stat info;
    size_t n = strlen(path);
    return (n > 0 && path[n - 1] == '/') || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

static const char *extension_of(const char *path) {
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    return dot != NULL && (slash == NULL || dot > slash) ? dot : "";
}

static grid_status write_layers(const map_input *in, grid_error *err) {
    char extension[16];
    snprintf(extension, sizeof extension, ".%s", format_name != NULL ? format_name : "shp");
    map_format format = {extension, encoding, tool_common.overwrite};
    map_layers *layers;
    grid_status status = map_layers_new(in, &layers, err);
    if (status != GRID_OK)
        return status;
    if (is_folder(output)) {
        status = map_layers_write_folder(layers, output, &format, err);
    } else {
        format.extension = extension_of(output);
        status = map_layers_write_one(
            layers, level != NULL ? level : in->level[in->n_levels - 1].name, output, &format, err);
    }
    map_layers_free(layers);
    return status;
}

int main(int argc, char **argv) {
    tool_list operands;
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    grid_error err = {0};
    map_input in;
    grid_status status = map_input_read(operands.at[0], &in, &err);
    if (status == GRID_OK) {
        status = write_layers(&in, &err);
        map_input_free(&in);
    }
    if (status != GRID_OK)
        return tool_finish(tool_fail(status, &err));
    tool_say("wrote %s", output);
    json_object_set_new(tool_report(), "output", json_string(output));
    return tool_finish(TOOL_DONE);
}
