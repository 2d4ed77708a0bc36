/* A DXF drawing of the division. Source: Autodesk, "DXF Reference", R12. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "draw/atlas.h"

static void pair(FILE *f, int code, const char *value) {
    fprintf(f, "%d\n%s\n", code, value);
}

static void number(FILE *f, int code, double value) {
    fprintf(f, "%d\n%.3f\n", code, value);
}

/* Layer names of R12 are upper case ASCII without blanks. */
static void layer_name(const grid_atlas *a, size_t level, const char *suffix, char out[32]) {
    const char *name = a->map.level[level].name;
    size_t n = 0;
    for (; *name != '\0' && n < 20; name++)
        if (isalnum((unsigned char)*name))
            out[n++] = (char)toupper((unsigned char)*name);
    if (n == 0)
        n = (size_t)snprintf(out, 20, "LEVEL%zu", level + 1);
    snprintf(out + n, 32 - n, "%s", suffix);
}

/* Text beyond ASCII as \U+XXXX, which programs read whatever their code page. */
static void text_value(FILE *f, const char *s) {
    fputs("1\n", f);
    while (*s != '\0') {
        unsigned char c = (unsigned char)*s;
        if (c < 0x80) {
            fputc(c < ' ' ? ' ' : c, f);
            s++;
            continue;
        }
        int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
        uint32_t code = c & (0x3fu >> more);
        for (s++; more > 0 && *s != '\0'; more--, s++)
            code = code << 6 | ((unsigned char)*s & 0x3f);
        fprintf(f, "\\U+%04X", code > 0xffff ? 0xfffd : code);
    }
    fputc('\n', f);
}

static void header(FILE *f, const grid_atlas *a) {
    pair(f, 0, "SECTION");
    pair(f, 2, "HEADER");
    pair(f, 9, "$ACADVER");
    pair(f, 1, "AC1009");
    pair(f, 9, "$DWGCODEPAGE");
    pair(f, 3, "ANSI_936");
    pair(f, 9, "$EXTMIN");
    number(f, 10, a->box.min_x);
    number(f, 20, a->box.min_y);
    pair(f, 9, "$EXTMAX");
    number(f, 10, a->box.max_x);
    number(f, 20, a->box.max_y);
    pair(f, 0, "ENDSEC");
}

static void layer_entry(FILE *f, const char *name, int colour) {
    pair(f, 0, "LAYER");
    pair(f, 2, name);
    pair(f, 70, "0");
    fprintf(f, "62\n%d\n", colour);
    pair(f, 6, "CONTINUOUS");
}

static void tables(FILE *f, const grid_atlas *a) {
    static const int colours[] = {7, 6, 1, 3, 5}; /* white, magenta, red, green, blue */
    char name[32];
    pair(f, 0, "SECTION");
    pair(f, 2, "TABLES");
    pair(f, 0, "TABLE");
    pair(f, 2, "LAYER");
    fprintf(f, "70\n%zu\n", 2 * a->n_levels);
    for (size_t l = 0; l < a->n_levels; l++) {
        layer_name(a, l, "", name);
        layer_entry(f, name, colours[l % 5]);
        layer_name(a, l, "_TEXT", name);
        layer_entry(f, name, colours[l % 5]);
    }
    pair(f, 0, "ENDTAB");
    pair(f, 0, "ENDSEC");
}

static void polyline(FILE *f, const char *layer, const grid_xy *xy, size_t n) {
    bool closed = xy[0].x == xy[n - 1].x && xy[0].y == xy[n - 1].y;
    pair(f, 0, "POLYLINE");
    pair(f, 8, layer);
    pair(f, 66, "1");
    pair(f, 70, closed ? "1" : "0");
    number(f, 10, 0);
    number(f, 20, 0);
    number(f, 30, 0);
    for (size_t i = 0; i < n - closed; i++) {
        pair(f, 0, "VERTEX");
        pair(f, 8, layer);
        number(f, 10, xy[i].x);
        number(f, 20, xy[i].y);
        number(f, 30, 0);
    }
    pair(f, 0, "SEQEND");
    pair(f, 8, layer);
}

static void label(FILE *f, const char *layer, grid_xy at, double height, const char *value) {
    pair(f, 0, "TEXT");
    pair(f, 8, layer);
    number(f, 10, at.x);
    number(f, 20, at.y);
    number(f, 30, 0);
    number(f, 40, height);
    text_value(f, value);
    pair(f, 72, "1"); /* centred, middle */
    number(f, 11, at.x);
    number(f, 21, at.y);
    number(f, 31, 0);
    pair(f, 73, "2");
}

static void labels(FILE *f, const grid_atlas *a, size_t level) {
    char layer[32];
    const grid_units *u = a->map.units[level];
    layer_name(a, level, "_TEXT", layer);
    for (uint32_t i = 0; i < u->n; i++) {
        grid_xy at = a->level[level].anchor[i];
        double height = fmin(25, a->level[level].clearance[i] / 4);
        if (!(height > 0))
            continue;
        if (u->name[i][0] != '\0')
            label(f, layer, at, height, u->name[i]);
        label(f, layer, (grid_xy){at.x, at.y - 1.5 * height}, .7 * height, u->code[i]);
    }
}

static void entities(FILE *f, const grid_atlas *a) {
    char layer[32];
    pair(f, 0, "SECTION");
    pair(f, 2, "ENTITIES");
    for (size_t i = 0; i < a->arcs->n; i++) {
        layer_name(a, a->arc_rank[i], "", layer);
        polyline(f, layer, a->arcs->xy + a->arcs->arc[i].xy_start, a->arcs->arc[i].n_xy);
    }
    for (size_t l = 0; l < a->n_levels; l++)
        labels(f, a, l);
    pair(f, 0, "ENDSEC");
    pair(f, 0, "EOF");
}

grid_status grid_dxf_write(const grid_atlas *a, const char *path, grid_error *err) {
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s", strerror(errno));
    header(f, a);
    tables(f, a);
    entities(f, a);
    bool done = !ferror(f);
    int why = errno;
    if (fclose(f) != 0 || !done)
        return grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s",
                         strerror(done ? errno : why));
    return GRID_OK;
}
