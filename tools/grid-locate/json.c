#include "json.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/number.h"

/* Every function takes and returns a place in the text, NULL when the text is no JSON there. */

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && *at <= ' ' && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    return at;
}

/* To the next quote or backslash, or near the end. */
static inline const char *skip_plain(const char *at, const char *end) {
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        __m128i text = _mm_loadu_si128((const void *)at);
        int marks = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')),
                                                   _mm_cmpeq_epi8(text, _mm_set1_epi8('\\'))));
        if (marks != 0)
            return at + __builtin_ctz((unsigned)marks);
    }
#endif
    (void)end;
    return at;
}

static inline const char *skip_string(const char *at, const char *end) {
    for (at++; (at = skip_plain(at, end)) < end; at++) {
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
    static const bool ends[256] = {
        [','] = true, ['}'] = true, [']'] = true, [' '] = true, ['\t'] = true};
    const char *begin = at;
    while (at < end && !ends[(unsigned char)*at])
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

static inline bool is_text(span s, const char *text, size_t n) {
    return (size_t)(s.end - s.begin) == n && memcmp(s.begin, text, n) == 0;
}

static bool is_name(span s, const char *name) {
    return is_text(s, name, strlen(name));
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

bool json_find_pair(span object, const json_keys *keys, span *x, span *y) {
    const size_t x_length = strlen(keys->x), y_length = strlen(keys->y);
    const char *at = skip_blanks(object.begin, object.end);
    bool has_x = false, has_y = false;
    span found, value;
    if (at >= object.end || *at != '{')
        return false;
    for (at++; !(has_x && has_y) && next_member(&at, object.end, &found, &value);) {
        if (!has_x && is_text(found, keys->x, x_length))
            has_x = true, *x = without_quotes(value);
        if (!has_y && is_text(found, keys->y, y_length))
            has_y = true, *y = without_quotes(value);
    }
    return has_x && has_y;
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

bool json_read_geometry(span text, grid_xy *out) {
    span value, inner;
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
