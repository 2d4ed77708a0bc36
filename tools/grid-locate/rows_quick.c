#include "rows.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "marks.h"

/* What a first pass over the text finds, and a second takes records from: delimiters and line ends
 * as bits, and where lines end. */
typedef struct stretch {
    uint64_t stop[BLOCKS + 1];
    places line_ends;
} stretch;

/* What is where in 64 bytes, a bit each. */
typedef struct marks {
    uint64_t stop, line_end, quote;
} marks;

typedef marks find_marks(const char *text, row_format format);

INLINE marks find_marks_sse(const char *text, row_format format) {
    const __m128i delimiter = _mm_set1_epi8(format.delimiter), line_end = _mm_set1_epi8('\n'),
                  quote = _mm_set1_epi8('"');
    marks m = {0};
    for (int i = 0; i < BLOCK; i += 16) {
        __m128i block = _mm_loadu_si128((const void *)(text + i));
        __m128i ends = _mm_cmpeq_epi8(block, line_end);
        __m128i stops = _mm_or_si128(ends, _mm_cmpeq_epi8(block, delimiter));
        m.stop |= (uint64_t)(unsigned)_mm_movemask_epi8(stops) << i;
        m.line_end |= (uint64_t)(unsigned)_mm_movemask_epi8(ends) << i;
        m.quote |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, quote)) << i;
    }
    return m;
}

TARGET_AVX2 INLINE marks find_marks_avx2(const char *text, row_format format) {
    const __m256i delimiter = _mm256_set1_epi8(format.delimiter), line_end = _mm256_set1_epi8('\n'),
                  quote = _mm256_set1_epi8('"');
    marks m = {0};
    for (int i = 0; i < BLOCK; i += 32) {
        __m256i block = _mm256_loadu_si256((const void *)(text + i));
        __m256i ends = _mm256_cmpeq_epi8(block, line_end);
        __m256i stops = _mm256_or_si256(ends, _mm256_cmpeq_epi8(block, delimiter));
        m.stop |= (uint64_t)(uint32_t)_mm256_movemask_epi8(stops) << i;
        m.line_end |= (uint64_t)(uint32_t)_mm256_movemask_epi8(ends) << i;
        m.quote |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(block, quote)) << i;
    }
    return m;
}

/* Up to the first quote, if quotes count, or until there are lines enough. */
INLINE void read_stretch(find_marks *find, row_format format, const char *data, const char *end,
                         stretch *s) {
    size_t n = 0, most = (size_t)(end - data) / BLOCK;
    most = most < BLOCKS ? most : BLOCKS;
    s->line_ends.n = 0;
    for (bool quoted = false; n < most && s->line_ends.n < MAX_ROWS && !quoted; n++) {
        __builtin_prefetch(data + n * BLOCK + AHEAD);
        marks m = find(data + n * BLOCK, format);
        s->stop[n] = m.stop;
        quoted = format.quotes && m.quote != 0;
        if (quoted)
            m.line_end &= (m.quote & -m.quote) - 1;
        marks_add(&s->line_ends, n, m.line_end);
    }
    s->stop[n] = 0;
}

/* Two fields, as offsets: where they begin, and the stops behind them. */
typedef struct two_fields {
    size_t first, first_stop, second, second_stop;
} two_fields;

/* Where the field number k behind a place begins, k > 0, and the stops from there on. */
INLINE size_t skip_fields(uint64_t *stops, size_t k) {
    while (--k > 0)
        *stops &= *stops - 1;
    size_t begin = marks_first(*stops) + 1;
    *stops &= *stops - 1;
    return begin;
}

/* Field number k of the line from `at` on, and the one `more` behind it, if all of that is within
 * 64 bytes. */
INLINE bool find_near(const stretch *s, size_t at, size_t k, size_t more, two_fields *f) {
    uint64_t stops = marks_from(s->stop, at);
    if ((size_t)__builtin_popcountll(stops) <= k + more)
        return false;
    f->first = at + (k > 0 ? skip_fields(&stops, k) : 0);
    f->first_stop = at + marks_first(stops);
    f->second = at + skip_fields(&stops, more);
    f->second_stop = at + marks_first(stops);
    return true;
}

/* Where stop number k (from 0) from `at` on is; behind `end`, a line end, if it is not before. */
INLINE size_t find_stop(const stretch *s, size_t at, size_t k, size_t end) {
    for (; at <= end; at += BLOCK) {
        uint64_t stops = marks_from(s->stop, at);
        size_t n = (size_t)__builtin_popcountll(stops);
        if (n > k) {
            for (; k > 0; k--)
                stops &= stops - 1;
            return at + marks_first(stops);
        }
        k -= n;
    }
    return end + 1;
}

/* Two fields of a line however far away they are; the stops are behind `end` if there are none. */
INLINE void find_far(const stretch *s, size_t at, size_t end, size_t k, size_t more,
                     two_fields *f) {
    f->first = k > 0 ? find_stop(s, at, k - 1, end) + 1 : at;
    f->first_stop = find_stop(s, f->first, 0, end);
    f->second = more > 1 ? find_stop(s, f->first_stop + 1, more - 2, end) + 1 : f->first_stop + 1;
    f->second_stop = find_stop(s, f->second, 0, end);
}

INLINE void take_lines(const stretch *s, const char *data, size_t k, size_t more, span *first,
                       span *second, row_list *out) {
    size_t at = 0, n = out->n;
    const size_t most = n + s->line_ends.n < MAX_ROWS ? n + s->line_ends.n : MAX_ROWS;
    for (const uint32_t *line_end = s->line_ends.at; n < most; n++) {
        const size_t end = *line_end++;
        two_fields f;
        if (!find_near(s, at, k, more, &f))
            find_far(s, at, end, k, more, &f);
        if (f.second_stop > end)
            break;
        const size_t returns = end > at && data[end - 1] == '\r';
        const size_t second_end = f.second_stop - (f.second_stop == end ? returns : 0);
        out->row[n] = (row){{data + at, data + end - returns}, data + end + 1};
        first[n] = (span){data + f.first, data + f.first_stop};
        second[n] = (span){data + f.second, data + second_end};
        at = end + 1;
    }
    out->n = n;
}

INLINE void take(find_marks *find, row_format format, const char *data, const char *end, size_t a,
                 size_t b, row_list *out) {
    stretch s;
    read_stretch(find, format, data, end, &s);
    if (a < b)
        take_lines(&s, data, a, b - a, out->a, out->b, out);
    else if (a > b)
        take_lines(&s, data, b, a - b, out->b, out->a, out);
}

TARGET_AVX2 static void take_avx2(row_format format, const char *data, const char *end, size_t a,
                                  size_t b, row_list *out) {
    take(find_marks_avx2, format, data, end, a, b, out);
}

static void take_sse(row_format format, const char *data, const char *end, size_t a, size_t b,
                     row_list *out) {
    take(find_marks_sse, format, data, end, a, b, out);
}

void rows_take_quickly(row_format format, const char *data, const char *end, size_t a, size_t b,
                       row_list *out) {
    (cpu_has_avx2() ? take_avx2 : take_sse)(format, data, end, a, b, out);
}

#else

void rows_take_quickly(row_format format, const char *data, const char *end, size_t a, size_t b,
                       row_list *out) {
    (void)format, (void)data, (void)end, (void)a, (void)b, (void)out;
}

#endif
