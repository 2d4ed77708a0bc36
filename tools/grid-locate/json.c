#include "json.h"

#include <string.h>

#include "base/number.h"

/* Every function takes and returns a place in the text, NULL when the text is no JSON there. */

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    return at;
}

static const char *skip_string(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

/* Objects and arrays by counting brackets, outside strings. */
static const char *skip_nested(const char *at, const char *end) {
    size_t depth = 0;
    while (at != NULL && at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        depth += *at == '{' || *at == '[';
        if ((*at == '}' || *at == ']') && --depth == 0)
            return at + 1;
        at++;
    }
    return NULL;
}

static const char *skip_value(const char *at, const char *end) {
    if (at >= end)
        return NULL;
    if (*at == '"')
        return skip_string(at, end);
    if (*at == '{' || *at == '[')
        return skip_nested(at, end);
    const char *begin = at;
    while (at < end && *at != ',' && *at != '}' && *at != ']' && *at != ' ' && *at != '\t')
        at++;
    return at > begin ? at : NULL;
}

/* The next member of an object, `at` being behind its '{' or a ','. False at the end or in error.
 */
static bool next_member(const char **at, const char *end, span *name, span *value) {
    const char *p = skip_blanks(*at, end);
    if (p >= end || *p != '"')
        return false;
    const char *after = skip_string(p, end);
    if (after == NULL)
        return false;
    *name = (span){p + 1, after - 1};
    p = skip_blanks(after, end);
    if (p >= end || *p != ':')
        return false;
    p = skip_blanks(p + 1, end);
    after = skip_value(p, end);
    if (after == NULL)
        return false;
    *value = (span){p, after};
    p = skip_blanks(after, end);
    if (p >= end || (*p != ',' && *p != '}'))
        return false;
    *at = p + (*p == ',');
    return true;
}

static bool is_name(span s, const char *name) {
    size_t n = strlen(name);
    return (size_t)(s.end - s.begin) == n && memcmp(s.begin, name, n) == 0;
}

static bool find_member(span object, const char *name, span *value) {
    const char *at = skip_blanks(object.begin, object.end);
    span found;
    if (at >= object.end || *at != '{')
        return false;
    for (at++; next_member(&at, object.end, &found, value);)
        if (is_name(found, name))
            return true;
    return false;
}

bool json_has(span text, const char *name) {
    span value;
    return find_member(text, name, &value);
}

static span without_quotes(span value) {
    if (value.end - value.begin >= 2 && *value.begin == '"')
        return (span){value.begin + 1, value.end - 1};
    return value;
}

bool json_member(span text, const char *name, span *value) {
    bool found = find_member(text, name, value);
    if (found)
        *value = without_quotes(*value);
    return found;
}

static bool read_number(span value, double *out) {
    value = without_quotes(value);
    return grid_number_parse(value.begin, value.end, out) == value.end;
}

static bool read_coordinates(span value, grid_xy *out) {
    const char *at = value.begin, *end = value.end;
    if (at >= end || *at != '[')
        return false;
    at = grid_number_parse(skip_blanks(at + 1, end), end, &out->x);
    if (at == NULL || *(at = skip_blanks(at, end)) != ',')
        return false;
    at = grid_number_parse(skip_blanks(at + 1, end), end, &out->y);
    return at != NULL && (at = skip_blanks(at, end)) < end && (*at == ',' || *at == ']');
}

bool json_read_point(span text, const json_keys *keys, grid_xy *out) {
    span value, inner;
    if (keys->x != NULL)
        return find_member(text, keys->x, &value) && read_number(value, &out->x) &&
               find_member(text, keys->y, &value) && read_number(value, &out->y);
    span geometry = find_member(text, "geometry", &value) ? value : text;
    return find_member(geometry, "type", &inner) && is_name(inner, "\"Point\"") &&
           find_member(geometry, "coordinates", &inner) && read_coordinates(inner, out);
}

const char *json_end(span text, bool *is_empty) {
    const char *first = skip_blanks(text.begin, text.end), *last = text.end;
    while (last > first && (last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r'))
        last--;
    if (last - first < 2 || *first != '{' || last[-1] != '}')
        return NULL;
    *is_empty = skip_blanks(first + 1, last) == last - 1;
    return last - 1;
}
