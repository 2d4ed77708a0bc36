#include "rows.h"

#include <string.h>

enum { MAX_QUOTED = 1 << 20 };

/*
 * The byte after the closing quote of a quoted field that begins at `at`; NULL if it stays open. A
 * closing quote is followed by a delimiter or a line end; any other is part of the text.
 */
static const char *skip_quoted(row_format format, const char *at, const char *end) {
    const char *limit = end - at > MAX_QUOTED ? at + MAX_QUOTED : end;
    at++;
    while (at < limit && (at = memchr(at, '"', (size_t)(limit - at))) != NULL) {
        const char *after = at + 1;
        if (after == end || *after == format.delimiter || *after == '\r' || *after == '\n')
            return after;
        at = *after == '"' ? after + 1 : after;
    }
    return NULL;
}

/* The line end of a record in which some field may be quoted, or NULL. */
static const char *quoted_record_end(row_format format, const char *at, const char *end,
                                     bool last) {
    bool at_start = true;
    for (; at < end; at++) {
        if (at_start && *at == '"') {
            const char *after = skip_quoted(format, at, end);
            if (after != NULL)
                at = after;
            else if (!last && end - at <= MAX_QUOTED)
                return NULL;
            if (at >= end)
                break;
        }
        if (*at == '\n')
            return at;
        at_start = *at == format.delimiter;
    }
    return NULL;
}

bool row_take(row_format format, const char *data, const char *end, bool last, row *out) {
    if (data >= end)
        return false;
    const char *stop = memchr(data, '\n', (size_t)(end - data));
    const char *first_end = stop != NULL ? stop : end;
    if (format.quotes && memchr(data, '"', (size_t)(first_end - data)) != NULL)
        stop = quoted_record_end(format, data, end, last);
    if (stop == NULL && !last)
        return false;
    out->text.begin = data;
    out->text.end = stop != NULL ? stop : end;
    out->next = stop != NULL ? stop + 1 : end;
    if (stop != NULL && stop > data && stop[-1] == '\r')
        out->text.end--;
    return true;
}

size_t rows_complete(row_format format, const char *data, size_t n, bool last) {
    if (last)
        return n;
    if (!format.quotes || memchr(data, '"', n) == NULL) {
        const char *stop = n > 0 ? memrchr(data, '\n', n) : NULL;
        return stop != NULL ? (size_t)(stop + 1 - data) : 0;
    }
    const char *at = data;
    for (row r; row_take(format, at, data + n, false, &r);)
        at = r.next;
    return (size_t)(at - data);
}

static const char *field_end(row_format format, span text, const char *at) {
    if (format.quotes && at < text.end && *at == '"') {
        const char *after = skip_quoted(format, at, text.end);
        if (after != NULL)
            at = after;
    }
    const char *stop = memchr(at, format.delimiter, (size_t)(text.end - at));
    return stop != NULL ? stop : text.end;
}

bool row_field(row_format format, span text, size_t index, span *out) {
    const char *at = text.begin;
    for (;; index--) {
        const char *stop = field_end(format, text, at);
        if (index == 0) {
            *out = (span){at, stop};
            return true;
        }
        if (stop == text.end)
            return false;
        at = stop + 1;
    }
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static span trim(span s) {
    while (s.begin < s.end && is_blank(*s.begin))
        s.begin++;
    while (s.begin < s.end && is_blank(s.end[-1]))
        s.end--;
    return s;
}

span field_content(span field) {
    span s = trim(field);
    if (s.end - s.begin >= 2 && *s.begin == '"' && s.end[-1] == '"')
        s = trim((span){s.begin + 1, s.end - 1});
    return s;
}
