#include "objects.h"

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* A key and its length. */
typedef struct key {
    const char *text;
    size_t n;
} key;

#if defined(__x86_64__)

/*
 * The quick way, for objects without nesting, escapes and blanks other than one behind a colon or a
 * comma. The bits of quotes and of what can end a number lead from one member to the next, so that
 * no byte is looked at by itself. Source: G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per
 * Second", The VLDB Journal 28, 2019, for the idea of working on bits of 64 bytes.
 */
enum { BLOCK = 64, BLOCKS = 8 };

/* What is where in 64 bytes, a bit each. */
typedef struct marks {
    uint64_t quote, stop, escape, line_end;
} marks;

typedef marks find_marks(const char *text);

#define INLINE static inline __attribute__((always_inline))
#define TARGET_AVX2 __attribute__((target("avx2,bmi")))

INLINE marks find_marks_sse(const char *text) {
    marks m = {0};
    for (int i = 0; i < BLOCK; i += 16) {
        __m128i block = _mm_loadu_si128((const void *)(text + i));
#define WHERE(c) _mm_cmpeq_epi8(block, _mm_set1_epi8(c))
        __m128i stop = _mm_or_si128(
            _mm_or_si128(WHERE(','), WHERE('}')),
            _mm_or_si128(WHERE(']'), _mm_or_si128(WHERE(' '), WHERE('\t'))));
        m.quote |= (uint64_t)(unsigned)_mm_movemask_epi8(WHERE('"')) << i;
        m.stop |= (uint64_t)(unsigned)_mm_movemask_epi8(stop) << i;
        m.escape |= (uint64_t)(unsigned)_mm_movemask_epi8(WHERE('\\')) << i;
        m.line_end |= (uint64_t)(unsigned)_mm_movemask_epi8(WHERE('\n')) << i;
#undef WHERE
    }
    return m;
}

TARGET_AVX2 INLINE marks find_marks_avx2(const char *text) {
    marks m = {0};
    for (int i = 0; i < BLOCK; i += 32) {
        __m256i block = _mm256_loadu_si256((const void *)(text + i));
#define WHERE(c) _mm256_cmpeq_epi8(block, _mm256_set1_epi8(c))
        __m256i stop = _mm256_or_si256(
            _mm256_or_si256(WHERE(','), WHERE('}')),
            _mm256_or_si256(WHERE(']'), _mm256_or_si256(WHERE(' '), WHERE('\t'))));
        m.quote |= (uint64_t)(uint32_t)_mm256_movemask_epi8(WHERE('"')) << i;
        m.stop |= (uint64_t)(uint32_t)_mm256_movemask_epi8(stop) << i;
        m.escape |= (uint64_t)(uint32_t)_mm256_movemask_epi8(WHERE('\\')) << i;
        m.line_end |= (uint64_t)(uint32_t)_mm256_movemask_epi8(WHERE('\n')) << i;
#undef WHERE
    }
    return m;
}

/* A line's bits, and how far its quotes are used up. */
typedef struct line {
    uint64_t quote[BLOCKS], stop[BLOCKS];
    const char *text;
    size_t n;      /* bytes before the line end */
    size_t blocks; /* up to the one with the line end */
    size_t block;  /* of the next quote */
} line;

/* Reads up to the line end; false when it is too far away or there is an escape before it. */
INLINE bool read_line(find_marks *find, const char *data, const char *end, line *l) {
    l->text = data;
    l->block = 0;
    for (size_t i = 0; i < BLOCKS && end - data >= BLOCK; i++, data += BLOCK) {
        marks m = find(data);
        uint64_t ours = m.line_end ^ (m.line_end - 1);
        l->quote[i] = m.quote & ours;
        l->stop[i] = m.stop & ours;
        if ((m.escape & ours) != 0)
            return false;
        if (m.line_end != 0) {
            l->n = i * BLOCK + (size_t)__builtin_ctzll(m.line_end);
            l->blocks = i + 1;
            return true;
        }
    }
    return false;
}

/* The next quote; n when there is none. */
INLINE size_t take_quote(line *l) {
    for (; l->block < l->blocks; l->block++)
        if (l->quote[l->block] != 0) {
            size_t at = l->block * BLOCK + (size_t)__builtin_ctzll(l->quote[l->block]);
            l->quote[l->block] &= l->quote[l->block] - 1;
            return at;
        }
    return l->n;
}

/* The first stop from `at` on; n when there is none. */
INLINE size_t find_stop(const line *l, size_t at) {
    uint64_t from = UINT64_MAX << at % BLOCK;
    for (size_t block = at / BLOCK; block < l->blocks; block++, from = UINT64_MAX)
        if ((l->stop[block] & from) != 0)
            return block * BLOCK + (size_t)__builtin_ctzll(l->stop[block] & from);
    return l->n;
}

/* Takes the member whose name begins with a quote at *at, and moves on to the next. */
INLINE bool take_member(line *l, size_t *at, span *name, span *value) {
    const char *text = l->text;
    size_t open = take_quote(l), close = take_quote(l);
    if (open != *at || close + 2 >= l->n || text[close + 1] != ':')
        return false;
    size_t begin = close + 2, stop;
    begin += text[begin] == ' ';
    if (text[begin] == '"') {
        if (take_quote(l) != begin)
            return false;
        stop = take_quote(l);
        *value = (span){text + begin + 1, text + stop};
        stop++;
    } else {
        stop = find_stop(l, begin);
        *value = (span){text + begin, text + stop};
    }
    if (stop >= l->n || stop == begin || text[begin] == '\r' || text[begin] == '{' ||
        text[begin] == '[' || (text[stop] != ',' && text[stop] != '}'))
        return false;
    *name = (span){text + open + 1, text + close};
    *at = stop + (text[stop] == ',');
    *at += text[*at] == ' ';
    return true;
}

INLINE bool is_key(span name, key k) {
    return (size_t)(name.end - name.begin) == k.n && memcmp(name.begin, k.text, k.n) == 0;
}

INLINE bool take_quickly(find_marks *find, key x, key y, const char *data, const char *end,
                         row *out, span *of_x, span *of_y) {
    line l;
    span name, value;
    if (data == end || *data != '{' || !read_line(find, data, end, &l))
        return false;
    bool has_x = false, has_y = false;
    for (size_t at = 1; !(has_x && has_y);) {
        if (!take_member(&l, &at, &name, &value))
            return false;
        if (!has_x && is_key(name, x))
            has_x = true, *of_x = value;
        if (!has_y && is_key(name, y))
            has_y = true, *of_y = value;
    }
    *out = (row){{data, data + l.n - (data[l.n - 1] == '\r')}, data + l.n + 1};
    return true;
}

#undef INLINE

typedef bool taker(key x, key y, const char *data, const char *end, row *out, span *of_x,
                   span *of_y);

TARGET_AVX2 static bool take_avx2(key x, key y, const char *data, const char *end, row *out,
                                  span *of_x, span *of_y) {
    return take_quickly(find_marks_avx2, x, y, data, end, out, of_x, of_y);
}

static bool take_sse(key x, key y, const char *data, const char *end, row *out, span *of_x,
                     span *of_y) {
    return take_quickly(find_marks_sse, x, y, data, end, out, of_x, of_y);
}

static taker *choose_taker(void) {
    return __builtin_cpu_supports("avx2") ? take_avx2 : take_sse;
}

#else

typedef bool taker(key x, key y, const char *data, const char *end, row *out, span *of_x,
                   span *of_y);

static bool take_none(key x, key y, const char *data, const char *end, row *out, span *of_x,
                      span *of_y) {
    (void)x, (void)y, (void)data, (void)end, (void)out, (void)of_x, (void)of_y;
    return false;
}

static taker *choose_taker(void) {
    return take_none;
}

#endif

static bool take_any(const json_keys *keys, const char *data, const char *end, row *out, span *x,
                     span *y) {
    const row_format lines = {.json = true};
    return row_take(lines, data, end, true, out) && json_find_pair(out->text, keys, x, y);
}

void objects_take(const json_keys *keys, const char *data, const char *end, row_list *out) {
    const key x = {keys->x, strlen(keys->x)}, y = {keys->y, strlen(keys->y)};
    taker *quickly = choose_taker();
    for (size_t n = out->n; n < MAX_ROWS; out->n = ++n) {
        row *r = &out->row[n];
        if (!quickly(x, y, data, end, r, &out->a[n], &out->b[n]) &&
            !take_any(keys, data, end, r, &out->a[n], &out->b[n]))
            return;
        data = r->next;
    }
}
