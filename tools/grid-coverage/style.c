#include "style.h"

#include <stdio.h>
#include <stdlib.h>

/* Severities as the layers' column has them, with what the field calls them and their colours. */
static const struct {
    const char *value, *label, *colour;
} grades[] = {
    {"real", "实质", "214,40,40,255"},
    {"sliver", "碎缝", "240,140,30,255"},
    {"rounding", "舍入", "120,120,120,255"},
};
enum { GRADES = sizeof grades / sizeof *grades };

static void option(FILE *f, const char *name, const char *value) {
    fprintf(f, "     <Option name=\"%s\" type=\"QString\" value=\"%s\"/>\n", name, value);
}

/* Slivers are thinner than a pixel: it is their outline that shows. */
static void put_fill(FILE *f, const char *colour) {
    option(f, "color", colour);
    option(f, "style", "b_diagonal");
    option(f, "outline_color", colour);
    option(f, "outline_style", "solid");
    option(f, "outline_width", "0.6");
    option(f, "outline_width_unit", "MM");
}

static void put_line(FILE *f, const char *colour) {
    option(f, "line_color", colour);
    option(f, "line_style", "solid");
    option(f, "line_width", "0.8");
    option(f, "line_width_unit", "MM");
}

static void put_marker(FILE *f, const char *colour) {
    option(f, "name", "cross_fill");
    option(f, "color", colour);
    option(f, "outline_color", "255,255,255,255");
    option(f, "size", "3");
    option(f, "size_unit", "MM");
}

static void put_symbol(FILE *f, grid_shape_kind kind, int grade) {
    static const struct {
        const char *type, *class;
        void (*put)(FILE *, const char *);
    } symbols[] = {
        [GRID_SHAPE_POINT] = {"marker", "SimpleMarker", put_marker},
        [GRID_SHAPE_LINE] = {"line", "SimpleLine", put_line},
        [GRID_SHAPE_AREA] = {"fill", "SimpleFill", put_fill},
    };
    fprintf(f,
            "   <symbol name=\"%d\" type=\"%s\" alpha=\"1\" clip_to_extent=\"1\" "
            "force_rhr=\"0\">\n    <layer class=\"%s\" enabled=\"1\" locked=\"0\" pass=\"0\">\n"
            "     <Option type=\"Map\">\n",
            grade, symbols[kind].type, symbols[kind].class);
    symbols[kind].put(f, grades[grade].colour);
    fputs("     </Option>\n    </layer>\n   </symbol>\n", f);
}

static void put_style(FILE *f, grid_shape_kind kind) {
    fputs("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
          "<qgis version=\"3.22.0\" styleCategories=\"Symbology|Labeling\" labelsEnabled=\"1\">\n"
          " <renderer-v2 type=\"categorizedSymbol\" attr=\"severity\" symbollevels=\"0\" "
          "enableorderby=\"0\" forceraster=\"0\">\n  <categories>\n",
          f);
    for (int i = 0; i < GRADES; i++)
        fprintf(f, "   <category render=\"true\" value=\"%s\" symbol=\"%d\" label=\"%s\"/>\n",
                grades[i].value, i, grades[i].label);
    fputs("  </categories>\n  <symbols>\n", f);
    for (int i = 0; i < GRADES; i++)
        put_symbol(f, kind, i);
    fputs("  </symbols>\n </renderer-v2>\n"
          " <labeling type=\"simple\">\n  <settings calloutType=\"simple\">\n"
          "   <text-style fieldName=\"kind_zh\" isExpression=\"0\" "
          "fontFamily=\"Noto Sans CJK SC\" fontSize=\"8\" fontSizeUnit=\"Point\" "
          "textColor=\"32,32,32,255\">\n"
          "    <text-buffer bufferDraw=\"1\" bufferSize=\"0.7\" bufferSizeUnits=\"MM\" "
          "bufferColor=\"255,255,255,255\"/>\n   </text-style>\n"
          "   <rendering drawLabels=\"1\" displayAll=\"0\"/>\n  </settings>\n </labeling>\n"
          "</qgis>\n",
          f);
}

char *coverage_style(grid_shape_kind kind) {
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    if (f == NULL)
        return NULL;
    put_style(f, kind);
    bool failed = ferror(f) != 0;
    if (fclose(f) == 0 && !failed)
        return out;
    free(out);
    return NULL;
}
