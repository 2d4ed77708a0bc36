#include "header.h"

#include <grid/crs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/number.h"
#include "base/text.h"

enum { MAX_FIELDS = 4096, MAX_NAME = 128 };

/* Usual names, the surest first. */
static const char *const lon_names[] = {"lon",     "lng",       "long",    "longitude", "经度",
                                        "gps_lon", "lon_wgs84", "point_x", "经度坐标"};
static const char *const lat_names[] = {"lat",     "lat",       "lat",     "latitude", "纬度",
                                        "gps_lat", "lat_wgs84", "point_y", "纬度坐标"};
static const char *const x_names[] = {"x", "easting", "east", "coord_x", "x_coord", "横坐标"};
static const char *const y_names[] = {"y", "northing", "north", "coord_y", "y_coord", "纵坐标"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *input_name(const filter_options *o) {
    return o->name != NULL    ? o->name
           : o->text != NULL  ? "command line"
           : o->input != NULL ? o->input
                              : "stdin";
}

static bool is_one_point(const filter_options *o) {
    return o->text != NULL && o->name == NULL;
}

/* ---- format ------------------------------------------------------------------------- */

static char detect_delimiter(span line) {
    static const char candidates[] = {',', '\t', ';', '|'};
    char best = ',';
    size_t most = 0;
    for (size_t i = 0; i < sizeof candidates; i++) {
        size_t n = 0;
        for (const char *c = line.begin; c < line.end; c++)
            n += *c == candidates[i];
        if (n > most) {
            most = n;
            best = candidates[i];
        }
    }
    return best;
}

row_format table_format(const filter_options *o, span first_line) {
    row_format format = {.delimiter = ',', .quotes = true};
    bool object = first_line.begin < first_line.end && *first_line.begin == '{';
    if (strcmp(o->format, "ndjson") == 0 || (strcmp(o->format, "auto") == 0 && object))
        return (row_format){.json = true};
    if (o->delimiter != NULL)
        format.delimiter = strcmp(o->delimiter, "\\t") == 0 ? '\t' : o->delimiter[0];
    else if (strcmp(o->format, "tsv") == 0)
        format.delimiter = '\t';
    else
        format.delimiter = detect_delimiter(first_line);
    format.quotes = format.delimiter != '\t';
    return format;
}

/* ---- columns ------------------------------------------------------------------------ */

static span without_bom(span text) {
    if (text.end - text.begin >= 3 && memcmp(text.begin, "\xef\xbb\xbf", 3) == 0)
        text.begin += 3;
    return text;
}

static bool same_name(span field, const char *name) {
    span s = field_content(field);
    char copy[MAX_NAME];
    size_t n = (size_t)(s.end - s.begin);
    if (n >= sizeof copy)
        return false;
    memcpy(copy, s.begin, n);
    copy[n] = '\0';
    return grid_text_same(copy, name);
}

static bool find_name(row_format format, span header, const char *name, size_t *out) {
    span field;
    for (size_t i = 0; i < MAX_FIELDS && row_field(format, header, i, &field); i++)
        if (same_name(field, name)) {
            *out = i;
            return true;
        }
    return false;
}

bool table_has_name(row_format format, span header, const char *name) {
    size_t index;
    return find_name(format, without_bom(header), name, &index);
}

/* "3" is the third column. */
static bool is_number(const char *text, size_t *index) {
    int64_t number;
    if (!grid_text_to_int(text, &number) || number < 1 || number > MAX_FIELDS)
        return false;
    *index = (size_t)number - 1;
    return true;
}

/* "id, name, time ..." */
static const char *list_names(row_format format, span header, char *out, size_t size) {
    span field;
    size_t n = 0;
    for (size_t i = 0; n + 8 < size && row_field(format, header, i, &field); i++) {
        span s = field_content(field);
        size_t length = (size_t)(s.end - s.begin);
        bool fits = length + n + 8 < size;
        n += (size_t)snprintf(out + n, size - n, "%s%.*s", i > 0 && fits ? ", " : "",
                              fits ? (int)length : 4, fits ? s.begin : " ...");
        if (!fits)
            break;
    }
    return out;
}

static grid_status no_such_column(row_format format, span header, const char *input,
                                  const char *name, grid_error *err) {
    static char copies[64][MAX_NAME]; /* of the header's names, for the suggestion only */
    const char *names[64];
    size_t n = 0;
    span field;
    while (n < 64 && row_field(format, header, n, &field)) {
        span s = field_content(field);
        snprintf(copies[n], MAX_NAME, "%.*s", (int)(s.end - s.begin), s.begin);
        names[n] = copies[n];
        n++;
    }
    grid_fail(err, GRID_E_INPUT, input, "the header has no column '%s'", name);
    const char *nearest = grid_text_nearest(name, names, n);
    char list[200];
    return nearest ? grid_hint(err, GRID_E_INPUT, "did you mean '%s'?", nearest)
                   : grid_hint(err, GRID_E_INPUT, "its columns: %s",
                               list_names(format, header, list, sizeof list));
}

static bool find_pair(table *t, span header, const char *const *xs, const char *const *ys,
                      size_t n) {
    for (size_t i = 0; i < n; i++)
        if (find_name(t->format, header, xs[i], &t->x) &&
            find_name(t->format, header, ys[i], &t->y))
            return true;
    return false;
}

static void shown(span field, char out[MAX_NAME]) {
    span s = field_content(field);
    snprintf(out, MAX_NAME, "%.*s", (int)(s.end - s.begin), s.begin);
}

static grid_status no_usual_columns(const table *t, const char *input, span header,
                                    grid_error *err) {
    char list[160];
    size_t n = (size_t)(header.end - header.begin);
    grid_fail(err, GRID_E_INPUT, input,
              "no columns with usual names for coordinates (lon/lat, x/y, 经度/纬度 ...)");
    if (memchr(header.begin, '\0', n) != NULL)
        return grid_hint(err, GRID_E_INPUT,
                         "it has zero bytes, as UTF-16 has: iconv -f UTF-16 -t UTF-8 makes a table "
                         "of that");
    if (!grid_text_is_utf8(header.begin, n))
        return grid_hint(
            err, GRID_E_INPUT,
            "it is not UTF-8 (GBK, perhaps): choose them by number, as --x 2 --y 3, or "
            "convert it, as iconv -f GBK -t UTF-8 does");
    return grid_hint(err, GRID_E_INPUT,
                     "choose them with --x COLUMN --y COLUMN, by number where there is no header; "
                     "its columns: %s",
                     list_names(t->format, header, list, sizeof list));
}

static grid_status detect_columns(table *t, const char *input, span header, const grid_context *ctx,
                                  grid_error *err) {
    if (!t->has_header)
        return grid_hint(err,
                         grid_fail(err, GRID_E_INPUT, input,
                                   "there is no header to tell the coordinate columns from"),
                         "choose them by number: --x 1 --y 2");
    if (!find_pair(t, header, lon_names, lat_names, COUNT(lon_names)) &&
        !find_pair(t, header, x_names, y_names, COUNT(x_names)))
        return no_usual_columns(t, input, header, err);
    span x, y;
    char x_name[MAX_NAME], y_name[MAX_NAME];
    if (input != NULL && row_field(t->format, header, t->x, &x) &&
        row_field(t->format, header, t->y, &y)) {
        shown(x, x_name);
        shown(y, y_name);
        grid_find(ctx, GRID_NOTE, "columns", input,
                  "coordinates are taken from columns '%s' and '%s'", x_name, y_name);
    }
    return GRID_OK;
}

static grid_status chosen_column(const table *t, const char *input, span header, const char *chosen,
                                 size_t *out, grid_error *err) {
    if (t->has_header && find_name(t->format, header, chosen, out))
        return GRID_OK;
    if (is_number(chosen, out)) {
        span field;
        return !t->has_header || row_field(t->format, header, *out, &field)
                   ? GRID_OK
                   : no_such_column(t->format, header, input, chosen, err);
    }
    if (!t->has_header)
        return grid_fail(err, GRID_E_INPUT, input, "column '%s' needs a header, and there is none",
                         chosen);
    return no_such_column(t->format, header, input, chosen, err);
}

static bool field_number(row_format format, span text, size_t index, double *out) {
    span field;
    if (!row_field(format, text, index, &field))
        return false;
    span s = field_content(field);
    return grid_number_parse(s.begin, s.end, out) == s.end;
}

/* Without a header the first record holds numbers where the coordinates are. */
static bool detect_header(const table *t, const filter_options *o, span first) {
    size_t x, y;
    double value;
    if (o->x != NULL && o->y != NULL && is_number(o->x, &x) && is_number(o->y, &y))
        return !field_number(t->format, first, x, &value) ||
               !field_number(t->format, first, y, &value);
    return true;
}

static grid_status find_columns(table *t, const filter_options *o, span first,
                                const grid_context *ctx, grid_error *err) {
    const char *input = input_name(o);
    if ((o->x == NULL) != (o->y == NULL))
        return grid_fail(err, GRID_E_ARG, "", "--x and --y go together");
    if (o->x == NULL) /* of a point on the command line there is nothing to tell */
        return detect_columns(t, input, first, is_one_point(o) ? NULL : ctx, err);
    GRID_TRY(chosen_column(t, input, first, o->x, &t->x, err));
    return chosen_column(t, input, first, o->y, &t->y, err);
}

static grid_status no_usual_members(const char *input, span first, grid_error *err) {
    static const char collection[] = "\"FeatureCollection\"";
    size_t n = (size_t)(first.end - first.begin);
    if (memmem(first.begin, n, collection, sizeof collection - 1) != NULL)
        return grid_hint(err,
                         grid_fail(err, GRID_E_INPUT, input,
                                   "it is one GeoJSON collection and not an object a line"),
                         "give it as a FILE called .geojson, or one feature a line (ogr2ogr -f "
                         "GeoJSONSeq)");
    return grid_hint(err,
                     grid_fail(err, GRID_E_INPUT, input,
                               "the first object has no members with usual names for coordinates "
                               "(lon/lat, x/y ...) and no geometry"),
                     "choose them with --x MEMBER --y MEMBER");
}

/* Members called as usual, or a geometry. */
static grid_status find_keys(table *t, const filter_options *o, span first, const grid_context *ctx,
                             grid_error *err) {
    const char *input = input_name(o);
    if ((o->x == NULL) != (o->y == NULL))
        return grid_fail(err, GRID_E_ARG, "", "--x and --y go together");
    t->keys = (json_keys){o->x, o->y};
    if (o->x != NULL)
        return GRID_OK;
    for (size_t i = 0; i < COUNT(lon_names) + COUNT(x_names) && t->keys.x == NULL; i++) {
        bool degrees = i < COUNT(lon_names);
        const char *x = degrees ? lon_names[i] : x_names[i - COUNT(lon_names)];
        const char *y = degrees ? lat_names[i] : y_names[i - COUNT(lon_names)];
        if (json_has(first, x) && json_has(first, y))
            t->keys = (json_keys){x, y};
    }
    if (t->keys.x != NULL)
        grid_find(ctx, GRID_NOTE, "columns", input,
                  "coordinates are taken from members '%s' and '%s'", t->keys.x, t->keys.y);
    else if (json_has(first, "geometry") || json_has(first, "coordinates"))
        grid_find(ctx, GRID_NOTE, "columns", input, "coordinates are taken from the geometries");
    else
        return no_usual_members(input, first, err);
    return GRID_OK;
}

static bool is_any_of(const char *name, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* ---- CRS ---------------------------------------------------------------------------- */

static bool named_as(const table *t, span header, size_t index, const char *const *names,
                     size_t n) {
    span field;
    if (!t->has_header || !row_field(t->format, header, index, &field))
        return false;
    for (size_t i = 0; i < n; i++)
        if (same_name(field, names[i]))
            return true;
    return false;
}

static grid_status find_crs(table *t, const grids *g, const filter_options *o, span first,
                            const grid_context *ctx, grid_error *err) {
    if (o->crs != NULL) {
        if (strlen(o->crs) >= sizeof t->crs)
            return grid_fail(err, GRID_E_ARG, "--crs", "the text is too long");
        snprintf(t->crs, sizeof t->crs, "%s", o->crs);
        return GRID_OK;
    }
    const char *input = input_name(o);
    bool degrees = t->format.json
                       ? t->keys.x == NULL || is_any_of(t->keys.x, lon_names, COUNT(lon_names))
                       : named_as(t, first, t->x, lon_names, COUNT(lon_names)) &&
                             named_as(t, first, t->y, lat_names, COUNT(lat_names));
    if (degrees && g->crs != NULL) {
        snprintf(t->crs, sizeof t->crs, "wgs84");
        grid_find(ctx, GRID_NOTE, "crs", input,
                  "coordinates are taken as WGS 84 (--crs says otherwise)");
    } else {
        grid_find(ctx, GRID_NOTE, "crs", input,
                  "coordinates are taken to be in the CRS of the grids%s%s (--crs says otherwise)",
                  g->crs && strlen(g->crs) < 32 ? ", " : "",
                  g->crs && strlen(g->crs) < 32 ? g->crs : "");
    }
    return GRID_OK;
}

grid_status table_open(const grids *g, const filter_options *o, span first, const grid_context *ctx,
                       table *out, grid_error *err) {
    span text = without_bom(first);
    *out = (table){.format = table_format(o, text)};
    if (out->format.json) {
        GRID_TRY(find_keys(out, o, text, ctx, err));
        return find_crs(out, g, o, text, ctx, err);
    }
    out->has_header = strcmp(o->header, "yes") == 0 ||
                      (strcmp(o->header, "auto") == 0 && detect_header(out, o, text));
    GRID_TRY(find_columns(out, o, text, ctx, err));
    return find_crs(out, g, o, text, ctx, err);
}

grid_status table_column_find(const table *t, const char *input, span first, const char *name,
                              table_column *out, grid_error *err) {
    *out = (table_column){.name = name};
    return t->format.json ? GRID_OK
                          : chosen_column(t, input, without_bom(first), name, &out->index, err);
}

bool table_column_text(const table *t, const table_column *which, span record, span *out) {
    if (t->format.json)
        return json_member(record, which->name, out);
    if (!row_field(t->format, record, which->index, out))
        return false;
    *out = field_content(*out);
    return true;
}
