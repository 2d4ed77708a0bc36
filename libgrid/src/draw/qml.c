/* Layer styles as QGIS reads them: symbols, labels, and aliases for the columns. */
#include <grid/draw.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/tints.h"

static void colour(char out[32], uint32_t c, int alpha) {
    snprintf(out, 32, "%u,%u,%u,%d", c >> 16 & 255, c >> 8 & 255, c & 255, alpha);
}

static void option(FILE *f, const char *name, const char *format, ...) GRID_PRINTF(3, 4);

static void option(FILE *f, const char *name, const char *format, ...) {
    va_list args;
    fprintf(f, "     <Option name=\"%s\" type=\"QString\" value=\"", name);
    va_start(args, format);
    vfprintf(f, format, args);
    va_end(args);
    fputs("\"/>\n", f);
}

static void symbol_begin(FILE *f, const char *name, const char *type, const char *class) {
    fprintf(f,
            "   <symbol name=\"%s\" type=\"%s\" alpha=\"1\" clip_to_extent=\"1\" "
            "force_rhr=\"0\">\n    <layer class=\"%s\" enabled=\"1\" locked=\"0\" pass=\"0\">\n"
            "     <Option type=\"Map\">\n",
            name, type, class);
}

static void symbol_end(FILE *f) {
    fputs("     </Option>\n    </layer>\n   </symbol>\n", f);
}

static void fill(FILE *f, const char *name, uint32_t inside, int alpha, uint32_t line,
                 double width) {
    char c[32];
    symbol_begin(f, name, "fill", "SimpleFill");
    colour(c, inside, alpha);
    option(f, "color", "%s", c);
    option(f, "style", alpha > 0 ? "solid" : "no");
    colour(c, line, 255);
    option(f, "outline_color", "%s", c);
    option(f, "outline_style", "solid");
    option(f, "outline_width", "%.2f", width);
    option(f, "outline_width_unit", "MM");
    symbol_end(f);
}

static void line(FILE *f, const char *name, uint32_t ink, double width, const char *style) {
    char c[32];
    symbol_begin(f, name, "line", "SimpleLine");
    colour(c, ink, 255);
    option(f, "line_color", "%s", c);
    option(f, "line_style", "%s", style);
    option(f, "line_width", "%.2f", width);
    option(f, "line_width_unit", "MM");
    symbol_end(f);
}

static void marker(FILE *f, const char *name, uint32_t ink) {
    char c[32];
    symbol_begin(f, name, "marker", "SimpleMarker");
    colour(c, ink, 255);
    option(f, "color", "%s", c);
    option(f, "name", "circle");
    option(f, "outline_color", "255,255,255,255");
    option(f, "size", "1.6");
    option(f, "size_unit", "MM");
    symbol_end(f);
}

static void tinted(FILE *f, const char *attribute) {
    enum { N = sizeof grid_tints / sizeof *grid_tints };
    fprintf(f,
            " <renderer-v2 type=\"categorizedSymbol\" attr=\"%s\" symbollevels=\"0\" "
            "enableorderby=\"0\" forceraster=\"0\">\n  <categories>\n",
            attribute);
    for (int i = 0; i < N; i++)
        fprintf(f, "   <category render=\"true\" value=\"%d\" symbol=\"%d\" label=\"\"/>\n", i + 1,
                i);
    fputs("  </categories>\n  <symbols>\n", f);
    for (int i = 0; i < N; i++) {
        char name[8];
        snprintf(name, sizeof name, "%d", i);
        fill(f, name, grid_tints[i], 255, INK_GRID, .3);
    }
    fputs("  </symbols>\n </renderer-v2>\n", f);
}

static void by_class(FILE *f, const char *attribute) {
    static const struct {
        const char *class, *label;
        uint32_t ink;
        double width;
        const char *style;
    } kinds[] = {
        {"outline", "界线", 0x2b2b2b, .9, "dash dot"},
        {"expressway", "快速路", 0xd0741c, .9, "solid"},
        {"rail", "铁路", 0x404040, .6, "dash"},
        {"river", "河道", 0x3b83bd, .7, "solid"},
        {"arterial", "主干路", 0xd79b2b, .7, "solid"},
        {"road", "道路", 0x8c8c8c, .5, "solid"},
        {"lane", "巷道", 0xa8a8a8, .3, "solid"},
        {"wall", "围墙", 0x8c6d46, .3, "dash"},
        {"gap", "楼间空地", 0xa3195b, .3, "dot"},
    };
    enum { N = sizeof kinds / sizeof *kinds };
    fprintf(f,
            " <renderer-v2 type=\"categorizedSymbol\" attr=\"%s\" symbollevels=\"0\" "
            "enableorderby=\"0\" forceraster=\"0\">\n  <categories>\n",
            attribute);
    for (int i = 0; i < N; i++)
        fprintf(f, "   <category render=\"true\" value=\"%s\" symbol=\"%d\" label=\"%s\"/>\n",
                kinds[i].class, i, kinds[i].label);
    fputs("  </categories>\n  <symbols>\n", f);
    for (int i = 0; i < N; i++) {
        char name[8];
        snprintf(name, sizeof name, "%d", i);
        line(f, name, kinds[i].ink, kinds[i].width, kinds[i].style);
    }
    fputs("  </symbols>\n </renderer-v2>\n", f);
}

static void single_begin(FILE *f) {
    fputs(" <renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" "
          "forceraster=\"0\">\n  <symbols>\n",
          f);
}

static void single_end(FILE *f) {
    fputs("  </symbols>\n </renderer-v2>\n", f);
}

enum { PLACED_HORIZONTAL = 4, PLACED_CURVED = 3 };

static void labels(FILE *f, const char *expression, double size, uint32_t ink, int placement) {
    char c[32];
    colour(c, ink, 255);
    fprintf(f,
            " <labeling type=\"simple\">\n  <settings calloutType=\"simple\">\n"
            "   <text-style fieldName=\"%s\" isExpression=\"1\" fontFamily=\"Noto Sans CJK SC\" "
            "fontSize=\"%g\" fontSizeUnit=\"Point\" textColor=\"%s\" textOpacity=\"1\" "
            "multilineHeight=\"1\" namedStyle=\"Regular\">\n"
            "    <text-buffer bufferDraw=\"1\" bufferSize=\"0.7\" bufferSizeUnits=\"MM\" "
            "bufferColor=\"255,255,255,255\" bufferOpacity=\"0.85\"/>\n   </text-style>\n"
            "   <text-format multilineAlign=\"1\"/>\n"
            "   <placement placement=\"%d\" priority=\"%d\" centroidInside=\"1\" "
            "fitInPolygonOnly=\"0\" polygonPlacementFlags=\"2\"/>\n"
            "   <rendering drawLabels=\"1\" obstacle=\"1\" displayAll=\"0\" mergeLines=\"1\"/>\n"
            "  </settings>\n </labeling>\n",
            expression, size, c, placement, placement == PLACED_CURVED ? 2 : 8);
}

static void symbols(FILE *f, grid_qml_kind kind, const grid_qml_fields *fields) {
    switch (kind) {
    case GRID_QML_GRID:
        tinted(f, fields->tint);
        break;
    case GRID_QML_BORDERS:
        by_class(f, fields->border_class);
        break;
    case GRID_QML_LEVEL:
        single_begin(f);
        fill(f, "0", 0xffffff, 0, INK_UNIT, .7);
        single_end(f);
        break;
    case GRID_QML_CELLS:
        single_begin(f);
        fill(f, "0", 0xffffff, 0, 0x9a9a9a, .12);
        single_end(f);
        break;
    case GRID_QML_COMPONENTS:
        single_begin(f);
        marker(f, "0", 0x1f6fb2);
        single_end(f);
        break;
    }
}

static void text(FILE *f, grid_qml_kind kind, const grid_qml_fields *fields) {
    char expression[512];
    switch (kind) {
    case GRID_QML_GRID:
        snprintf(expression, sizeof expression,
                 "right(&quot;%s&quot;,3) || '\\n' || &quot;%s&quot; || '户'", fields->code,
                 fields->households);
        labels(f, expression, 8, 0x202020, PLACED_HORIZONTAL);
        break;
    case GRID_QML_LEVEL:
        snprintf(expression, sizeof expression,
                 "coalesce(nullif(&quot;%s&quot;,''),&quot;%s&quot;)", fields->name, fields->code);
        labels(f, expression, 12, INK_UNIT, PLACED_HORIZONTAL);
        break;
    case GRID_QML_BORDERS:
        snprintf(expression, sizeof expression, "&quot;%s&quot;", fields->name);
        labels(f, expression, 7, 0x404040, PLACED_CURVED);
        break;
    case GRID_QML_CELLS:
    case GRID_QML_COMPONENTS:
        break;
    }
}

static const char *alias_of(const char *name) {
    static const char *const words[][2] = {
        {"code", "编码"},           {"parent", "上级编码"}, {"parent_code", "上级编码"},
        {"name", "名称"},           {"kind", "类型"},       {"households", "户数"},
        {"persons", "人数"},        {"workload", "工作量"}, {"area_m2", "面积（平方米）"},
        {"status", "状态"},         {"reason", "原因"},     {"valid_from", "启用日期"},
        {"valid_to", "停用日期"},   {"tint", "配色"},       {"unit", "所属网格"},
        {"left", "左侧网格"},       {"right", "右侧网格"},  {"class", "类别"},
        {"length_m", "长度（米）"}, {"bounds", "四至"},     {"people", "责任人"},
        {"BGID", "单元网格标识码"}, {"Area", "面积"},       {"ORDate", "初始日期"},
        {"DueDate", "终止日期"},    {"Note", "备注"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], name) == 0)
            return words[i][1];
    return NULL;
}

static void aliases(FILE *f, const grid_qml_fields *fields) {
    fputs(" <aliases>\n", f);
    for (size_t i = 0; i < fields->n_all; i++) {
        const char *alias = alias_of(fields->all[i]);
        if (alias != NULL)
            fprintf(f, "  <alias index=\"%zu\" field=\"%s\" name=\"%s\"/>\n", i, fields->all[i],
                    alias);
    }
    fputs(" </aliases>\n", f);
}

static bool is_labelled(grid_qml_kind kind) {
    return kind != GRID_QML_CELLS && kind != GRID_QML_COMPONENTS;
}

static void qml_body(FILE *f, grid_qml_kind kind, const grid_qml_fields *fields) {
    symbols(f, kind, fields);
    text(f, kind, fields);
    aliases(f, fields);
}

char *grid_qml_text(grid_qml_kind kind, const grid_qml_fields *fields) {
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    if (f == NULL)
        return NULL;
    fprintf(f,
            "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
            "<qgis version=\"3.22.0\" styleCategories=\"Symbology|Labeling|Fields\" "
            "labelsEnabled=\"%d\">\n",
            is_labelled(kind));
    qml_body(f, kind, fields);
    fputs("</qgis>\n", f);
    bool failed = ferror(f) != 0;
    if (fclose(f) != 0 || failed) {
        free(out);
        return NULL;
    }
    return out;
}

/* ---- project ------------------------------------------------------------------------ */

static void escaped(FILE *f, const char *s) {
    for (; *s != '\0'; s++) {
        if (*s == '&')
            fputs("&amp;", f);
        else if (*s == '<')
            fputs("&lt;", f);
        else if (*s == '"')
            fputs("&quot;", f);
        else
            fputc(*s, f);
    }
}

/* QGIS takes the authority's code only beside a number of its own list; the number itself is
   not used. */
static void crs_element(FILE *f, const grid_qgis_crs *crs) {
    fputs("<spatialrefsys><wkt>", f);
    escaped(f, crs->wkt);
    fputs("</wkt><srsid>1</srsid><authid>", f);
    escaped(f, crs->id);
    fputs("</authid></spatialrefsys>", f);
}

/* Identifiers of up to ten characters are thrown away by QGIS. */
static const char *const id_prefix = "division_layer_";

static void project_layer(FILE *f, const grid_qgis_layer *l, const char *file,
                          const grid_qgis_crs *crs) {
    static const char *const shapes[] = {
        [GRID_QML_GRID] = "Polygon", [GRID_QML_LEVEL] = "Polygon",    [GRID_QML_CELLS] = "Polygon",
        [GRID_QML_BORDERS] = "Line", [GRID_QML_COMPONENTS] = "Point",
    };
    fprintf(f,
            "  <maplayer type=\"vector\" geometry=\"%s\" labelsEnabled=\"%d\" "
            "styleCategories=\"AllStyleCategories\">\n   <id>%s%s</id>\n   <datasource>./",
            shapes[l->kind], is_labelled(l->kind), id_prefix, l->name);
    escaped(f, file);
    fprintf(f, "|layername=%s</datasource>\n   <layername>%s</layername>\n   <srs>", l->name,
            l->title);
    crs_element(f, crs);
    fputs("</srs>\n   <provider encoding=\"UTF-8\">ogr</provider>\n", f);
    qml_body(f, l->kind, &l->fields);
    fputs("  </maplayer>\n", f);
}

static void project(FILE *f, const grid_qgis_layer *layers, size_t n, const char *file,
                    const grid_qgis_crs *crs, const grid_box *extent) {
    fputs("<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
          "<qgis version=\"3.22.0\" projectname=\"网格图\">\n <title>网格图</title>\n"
          " <projectCrs>",
          f);
    crs_element(f, crs);
    fputs("</projectCrs>\n <layer-tree-group>\n", f);
    for (size_t i = 0; i < n; i++)
        fprintf(f,
                "  <layer-tree-layer id=\"%s%s\" name=\"%s\" providerKey=\"ogr\" "
                "checked=\"%s\" expanded=\"0\"/>\n",
                id_prefix, layers[i].name, layers[i].title,
                layers[i].kind == GRID_QML_CELLS ? "Qt::Unchecked" : "Qt::Checked");
    fprintf(f,
            " </layer-tree-group>\n <mapcanvas name=\"theMapCanvas\">\n  <units>meters</units>\n"
            "  <extent><xmin>%.3f</xmin><ymin>%.3f</ymin><xmax>%.3f</xmax><ymax>%.3f</ymax>"
            "</extent>\n  <destinationsrs>",
            extent->min_x, extent->min_y, extent->max_x, extent->max_y);
    crs_element(f, crs);
    fputs("</destinationsrs>\n </mapcanvas>\n <projectlayers>\n", f);
    for (size_t i = 0; i < n; i++)
        project_layer(f, &layers[i], file, crs);
    fputs(" </projectlayers>\n <layerorder>\n", f);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "  <layer id=\"%s%s\"/>\n", id_prefix, layers[i].name);
    fputs(" </layerorder>\n <properties><SpatialRefSys><ProjectionsEnabled type=\"int\">1"
          "</ProjectionsEnabled></SpatialRefSys><Paths><Absolute "
          "type=\"bool\">false</Absolute></Paths>"
          "</properties>\n</qgis>\n",
          f);
}

/* ---- the archive that a project is stored as ---------------------------------------- */

static uint32_t crc32_of(const unsigned char *bytes, size_t n) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void hex(FILE *f, uint64_t value, int bytes) { /* little-endian */
    for (int i = 0; i < bytes; i++)
        fprintf(f, "%02x", (unsigned)(value >> (8 * i) & 255));
}

static void hex_text(FILE *f, const char *text, size_t n) {
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%02x", (unsigned)(unsigned char)text[i]);
}

/* What a local and a central header of a zip archive have in common; 1980-01-01. */
static void zip_fields(FILE *f, uint32_t crc, size_t n, size_t name) {
    hex(f, 20, 2);
    hex(f, 0, 2);
    hex(f, 0, 2); /* stored */
    hex(f, 0, 2);
    hex(f, 1 << 5 | 1, 2);
    hex(f, crc, 4);
    hex(f, n, 4);
    hex(f, n, 4);
    hex(f, name, 2);
    hex(f, 0, 2);
}

/* A zip archive of one stored file, in hexadecimal. Source: PKWARE's APPNOTE, 4.3. */
static void zip_hex(FILE *f, const char *name, const char *content, size_t n) {
    size_t name_n = strlen(name), local = 30 + name_n + n, central = 46 + name_n;
    uint32_t crc = crc32_of((const unsigned char *)content, n);
    hex(f, 0x04034b50, 4);
    zip_fields(f, crc, n, name_n);
    hex_text(f, name, name_n);
    hex_text(f, content, n);
    hex(f, 0x02014b50, 4);
    hex(f, 20, 2);
    zip_fields(f, crc, n, name_n);
    hex(f, 0, 2);
    hex(f, 0, 2);
    hex(f, 0, 2);
    hex(f, 0, 4);
    hex(f, 0, 4);
    hex_text(f, name, name_n);
    hex(f, 0x06054b50, 4);
    hex(f, 0, 4);
    hex(f, 1, 2);
    hex(f, 1, 2);
    hex(f, central, 4);
    hex(f, local, 4);
    hex(f, 0, 2);
}

char *grid_qgis_project(const grid_qgis_layer *layers, size_t n, const char *file,
                        const grid_qgis_crs *crs, const grid_box *extent) {
    char *text = NULL, *out = NULL;
    size_t size = 0, ignored;
    FILE *f = open_memstream(&text, &size);
    if (f == NULL)
        return NULL;
    project(f, layers, n, file, crs, extent);
    bool done = !ferror(f);
    done = fclose(f) == 0 && done;
    FILE *g = done ? open_memstream(&out, &ignored) : NULL;
    if (g != NULL) {
        zip_hex(g, "grids.qgs", text, size);
        done = !ferror(g);
        done = fclose(g) == 0 && done;
    }
    free(text);
    if (g == NULL || !done) {
        free(out);
        return NULL;
    }
    return out;
}
