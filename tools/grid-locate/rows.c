#include "rows.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

#if defined(__x86_64__)

/* Where the marks of 64 bytes are, a bit each. */
typedef struct marks {
    uint64_t delimiter, line_end, quote;
} marks;

typedef marks find_marks(const char *text, row_format format);

#define INLINE static inline __attribute__((always_inline))
#define TARGET_AVX2 __attribute__((target("avx2,bmi")))

INLINE marks find_marks_sse(const char *text, row_format format) {
    const __m128i delimiter = _mm_set1_epi8(format.delimiter), line_end = _mm_set1_epi8('\n'),
                  quote = _mm_set1_epi8('"');
    marks m = {0};
    for (int i = 0; i < 64; i += 16) {
        __m128i block = _mm_loadu_si128((const void *)(text + i));
        m.delimiter |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, delimiter)) << i;
        m.line_end |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, line_end)) << i;
        m.quote |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, quote)) << i;
    }
    return m;
}

TARGET_AVX2 INLINE marks find_marks_avx2(const char *text, row_format format) {
    const __m256i delimiter = _mm256_set1_epi8(format.delimiter), line_end = _mm256_set1_epi8('\n'),
                  quote = _mm256_set1_epi8('"');
    marks m = {0};
    for (int i = 0; i < 64; i += 32) {
        __m256i block = _mm256_loadu_si256((const void *)(text + i));
        m.delimiter |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, delimiter))
                       << i;
        m.line_end |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, line_end))
                      << i;
        m.quote |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, quote)) << i;
    }
    return m;
}

INLINE bool take_marked(find_marks *find, row_format format, const char *data, const char *end,
                        size_t a, size_t b, row *out, span *field_a, span *field_b) {
    const char *begin = data; /* of the field */
    size_t field = 0, last = a > b ? a : b;
    for (const char *at = data; end - at >= 64; at += 64) {
        marks m = find(at, format);
        uint64_t ours = m.line_end ^ (m.line_end - 1); /* up to the line end; all if none */
        if (format.quotes && (m.quote & ours) != 0)
            return false;
        for (uint64_t stops = (m.delimiter | m.line_end) & ours; stops != 0 && field <= last;
             stops &= stops - 1) {
            const char *stop = at + __builtin_ctzll(stops), *next = stop + 1;
            stop -= *stop == '\n' && stop > begin && stop[-1] == '\r';
            if (field == a)
                *field_a = (span){begin, stop};
            if (field == b)
                *field_b = (span){begin, stop};
            begin = next;
            field++;
        }
        if (m.line_end != 0) {
            const char *line_end = at + __builtin_ctzll(m.line_end);
            const char *stop = line_end - (line_end > data && line_end[-1] == '\r');
            *out = (row){{data, stop}, line_end + 1};
            return field > last;
        }
    }
    return false;
}

INLINE void take_many(find_marks *find, row_format format, const char *data, const char *end,
                      size_t a, size_t b, row_list *out) {
    while (out->n < MAX_ROWS && take_marked(find, format, data, end, a, b, &out->row[out->n],
                                            &out->a[out->n], &out->b[out->n]))
        data = out->row[out->n++].next;
}

TARGET_AVX2 static void take_avx2(row_format format, const char *data, const char *end, size_t a,
                                  size_t b, row_list *out) {
    take_many(find_marks_avx2, format, data, end, a, b, out);
}

static void take_sse(row_format format, const char *data, const char *end, size_t a, size_t b,
                     row_list *out) {
    take_many(find_marks_sse, format, data, end, a, b, out);
}

void rows_take_quickly(row_format format, const char *data, const char *end, size_t a, size_t b,
                       row_list *out) {
    (__builtin_cpu_supports("avx2") ? take_avx2 : take_sse)(format, data, end, a, b, out);
}

#else

void rows_take_quickly(row_format format, const char *data, const char *end, size_t a, size_t b,
                       row_list *out) {
    (void)format, (void)data, (void)end, (void)a, (void)b, (void)out;
}

#endif

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
