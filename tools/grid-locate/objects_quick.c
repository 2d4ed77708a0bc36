#include "objects.h"

#include <string.h>

#if defined(__x86_64__)

#include <immintrin.h>

#include "marks.h"

/*
 * The quick way, for objects without nesting, escapes and blanks other than one behind a colon or a
 * comma. In two passes, as with delimited text: first all that the grammar asks is checked for 64
 * bytes at a time, a bit per byte, and what is at a distance of one byte by a shift of one bit. So
 * no branch depends on where a member is. What is left are line ends, colons that may be those of
 * our keys, and the first error. Strings are prefix sums of their quotes, as in the source that
 * marks.h names.
 */
enum { WORD = sizeof(uint64_t), LONGEST_KEY = 60 };

#define TARGET_AVX512 __attribute__((target("avx512bw,avx2,bmi,bmi2,fma,pclmul,popcnt")))

/* Whether this CPU has what that asks for. */
INLINE bool have_avx512(void) {
    return cpu_has_avx2() && __builtin_cpu_supports("avx512bw");
}

/* A name in its quotes, and its first bytes as a word with a mask of them. */
typedef struct key {
    char text[LONGEST_KEY];
    size_t n;
    uint64_t word, mask;
} key;

static bool make_key(const char *name, key *out) {
    const size_t n = strlen(name);
    if (n + 2 > LONGEST_KEY)
        return false;
    *out = (key){.text = "\"", .n = n + 2};
    memcpy(out->text + 1, name, n);
    out->text[n + 1] = '"';
    memcpy(&out->word, out->text, WORD);
    memset(&out->mask, 0xff, out->n < WORD ? out->n : WORD);
    return true;
}

/* Whether the text before a colon, of which a word can be read, is the key. */
INLINE bool is_key(const char *data, size_t colon, const key *k) {
    uint64_t word;
    if (colon < k->n)
        return false;
    const char *text = data + colon - k->n;
    memcpy(&word, text, WORD);
    return ((word ^ k->word) & k->mask) == 0 && (k->n <= WORD || memcmp(text, k->text, k->n) == 0);
}

/* Lines from `begin` on whose grammar is right, up to the first error. */
typedef struct stretch {
    size_t error;              /* or where it ends */
    uint64_t stop[BLOCKS + 1]; /* commas and braces behind values */
    places line_ends, colons;
} stretch;

/* What is where in 64 bytes, a bit each. Outside of strings `other` is only where lines begin and
 * end. */
typedef struct marks {
    uint64_t quote, colon, comma, close, line_end, blank, escape, other;
} marks;

typedef marks find_marks(const char *text);
typedef uint64_t prefix_xor(uint64_t bits);

enum { LAST_CONTROL = '\r', CASE = 'a' - 'A' }; /* '[' is a '{' of the other case */

/* By WHERE, the lanes that are some character, and BITS of lanes, for registers of any size. */
#define ADD_MARKS(m, others)                                                                       \
    do {                                                                                           \
        (m).quote |= BITS(WHERE('"'));                                                             \
        (m).colon |= BITS(WHERE(':'));                                                             \
        (m).comma |= BITS(WHERE(','));                                                             \
        (m).close |= BITS(WHERE('}'));                                                             \
        (m).line_end |= BITS(WHERE('\n'));                                                         \
        (m).blank |= BITS(WHERE(' '));                                                             \
        (m).escape |= BITS(WHERE('\\'));                                                           \
        (m).other |= BITS(others);                                                                 \
    } while (0)

INLINE marks find_marks_sse(const char *text) {
    marks m = {0};
    for (int i = 0; i < BLOCK; i += 16) {
        const __m128i block = _mm_loadu_si128((const void *)(text + i));
        const __m128i lower = _mm_or_si128(block, _mm_set1_epi8(CASE));
        const __m128i low = _mm_min_epu8(block, _mm_set1_epi8(LAST_CONTROL));
#define WHERE(c) _mm_cmpeq_epi8(block, _mm_set1_epi8(c))
#define BITS(lanes) (uint64_t)(unsigned) _mm_movemask_epi8(lanes) << i
        const __m128i open = _mm_cmpeq_epi8(lower, _mm_set1_epi8('{'));
        const __m128i control = _mm_cmpeq_epi8(low, block);
        const __m128i other = _mm_or_si128(_mm_or_si128(open, control), WHERE(']'));
        ADD_MARKS(m, other);
#undef WHERE
#undef BITS
    }
    return m;
}

TARGET_AVX2 INLINE marks find_marks_avx2(const char *text) {
    marks m = {0};
    for (int i = 0; i < BLOCK; i += 32) {
        const __m256i block = _mm256_loadu_si256((const void *)(text + i));
        const __m256i lower = _mm256_or_si256(block, _mm256_set1_epi8(CASE));
        const __m256i low = _mm256_min_epu8(block, _mm256_set1_epi8(LAST_CONTROL));
#define WHERE(c) _mm256_cmpeq_epi8(block, _mm256_set1_epi8(c))
#define BITS(lanes) (uint64_t)(uint32_t) _mm256_movemask_epi8(lanes) << i
        const __m256i open = _mm256_cmpeq_epi8(lower, _mm256_set1_epi8('{'));
        const __m256i control = _mm256_cmpeq_epi8(low, block);
        const __m256i other = _mm256_or_si256(_mm256_or_si256(open, control), WHERE(']'));
        ADD_MARKS(m, other);
#undef WHERE
#undef BITS
    }
    return m;
}

TARGET_AVX512 INLINE marks find_marks_avx512(const char *text) {
    marks m = {0};
    const __m512i block = _mm512_loadu_si512(text);
    const __m512i lower = _mm512_or_si512(block, _mm512_set1_epi8(CASE));
#define WHERE(c) _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(c))
#define BITS(lanes) (lanes)
    const uint64_t open = _mm512_cmpeq_epi8_mask(lower, _mm512_set1_epi8('{'));
    const uint64_t control = _mm512_cmple_epu8_mask(block, _mm512_set1_epi8(LAST_CONTROL));
    ADD_MARKS(m, open | control | WHERE(']'));
#undef WHERE
#undef BITS
    return m;
}

/* Bit i is the sum, modulo 2, of the bits up to i. */
INLINE uint64_t prefix_xor_shifts(uint64_t bits) {
    for (int i = 1; i < BLOCK; i *= 2)
        bits ^= bits << i;
    return bits;
}

TARGET_AVX2 INLINE uint64_t prefix_xor_clmul(uint64_t bits) {
    const __m128i ones = _mm_set1_epi8(-1);
    return (uint64_t)_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), ones, 0));
}

/* What a block has to know of the one before it: how sums end, and what is shifted out of it. */
typedef struct carry {
    uint64_t in_string, in_value; /* all ones, or none */
    uint64_t line_end, separator, blank, string_end, close, string_begin;
} carry;

/* The bits `by` places on; `before` is the block before, and then this one. */
INLINE uint64_t shift(uint64_t bits, size_t by, uint64_t *before) {
    uint64_t shifted = bits << by | *before >> (BLOCK - by);
    *before = bits;
    return shifted;
}

/* Whether there was an odd number of bits up to each place. */
INLINE uint64_t find_odd(prefix_xor *prefix, uint64_t bits, uint64_t *carried) {
    uint64_t odd = prefix(bits) ^ *carried;
    *carried = (uint64_t)((int64_t)odd >> (BLOCK - 1));
    return odd;
}

/* What is wanted of a block. */
typedef struct found {
    uint64_t stop, line_end, colon, error;
} found;

/*
 * Checks lines of {"name":value,...}, where a blank may be behind a colon or comma. Colons and
 * stops take turns, so a place is within a value, from its colon to its stop, or within a name or
 * before it. Returns the colons behind names that are as long as one of ours; `distance`s are from
 * a name's first quote to its colon.
 */
INLINE found check(marks m, prefix_xor *prefix, size_t distance_x, size_t distance_y, carry *c) {
    const uint64_t in_string = find_odd(prefix, m.quote, &c->in_string);
    const uint64_t begin = m.quote & in_string, end = m.quote & ~in_string;
    const uint64_t colon = m.colon & ~in_string, blank = m.blank & ~in_string;
    const uint64_t comma = m.comma & ~in_string, close = m.close & ~in_string;
    const uint64_t stop = comma | close, line_end = m.line_end;
    const uint64_t in_value = find_odd(prefix, colon | stop, &c->in_value);
    const uint64_t line = shift(line_end, 1, &c->line_end);
    const uint64_t behind_separator = shift(line | comma | colon, 1, &c->separator);
    const uint64_t place = (behind_separator & ~blank) |
                           shift(behind_separator & blank, 1, &c->blank); /* of name or value */
    const uint64_t behind_string = shift(end, 1, &c->string_end);
    const uint64_t behind_close = shift(close, 1, &c->close);

    uint64_t error = m.escape | ((m.other & ~in_string) ^ (line | line_end));
    error |= (colon ^ in_value) & (colon | stop); /* they take turns */
    error |= place & ~begin &
             (~in_value | stop | line_end); /* names are strings, values something */
    error |= begin & ~place;                /* there are no other strings */
    error |= (colon & ~behind_string) | (behind_string & ~(colon | stop));
    error |= (blank & ~behind_separator) | (behind_close ^ line_end);

    const uint64_t before = c->string_begin;
    const uint64_t ours = shift(begin, distance_x, &c->string_begin) | begin << distance_y |
                          before >> (BLOCK - distance_y);
    return (found){stop, line_end, colon & ours, error};
}

INLINE void read_stretch(find_marks *find, prefix_xor *prefix, const key *x, const key *y,
                         const char *data, const char *end, stretch *s) {
    size_t n = 0, most = end - data > WORD ? (size_t)(end - data - WORD) / BLOCK : 0;
    most = most < BLOCKS ? most : BLOCKS;
    s->line_ends.n = s->colons.n = 0;
    carry c = {.line_end = UINT64_C(1) << (BLOCK - 1)};
    found f = {0};
    for (; n < most && s->line_ends.n < MAX_ROWS && s->colons.n < MAX_PLACES && f.error == 0; n++) {
        __builtin_prefetch(data + n * BLOCK + AHEAD);
        f = check(find(data + n * BLOCK), prefix, x->n, y->n, &c);
        const uint64_t right = f.error != 0 ? (f.error & -f.error) - 1 : UINT64_MAX;
        s->stop[n] = f.stop & right;
        marks_add(&s->line_ends, n, f.line_end & right);
        marks_add(&s->colons, n, f.colon & right);
    }
    s->error = n * BLOCK;
    if (f.error != 0)
        s->error -= BLOCK - marks_first(f.error);
    s->stop[n] = 0;
}

/* The value behind a colon, without its quotes; false when it does not end before `limit`. */
INLINE bool take_value(const stretch *s, const char *data, size_t colon, size_t limit, span *out) {
    const size_t begin = colon + 1 + (data[colon + 1] == ' ');
    const uint64_t stops = marks_from(s->stop, begin);
    if (stops == 0)
        return false;
    const size_t stop = begin + marks_first(stops), quotes = data[begin] == '"';
    *out = (span){data + begin + quotes, data + stop - quotes};
    return stop < limit;
}

/* The first members with our keys, of the line whose colons are from number *i on. */
INLINE bool take_members(const stretch *s, const char *data, size_t limit, const key *x,
                         const key *y, size_t *i, span *of_x, span *of_y) {
    bool has_x = false, has_y = false, whole = true;
    for (; *i < s->colons.n && s->colons.at[*i] < limit; ++*i) {
        const size_t colon = s->colons.at[*i];
        if (!has_x && is_key(data, colon, x)) {
            has_x = true;
            whole &= take_value(s, data, colon, limit, of_x);
        }
        if (!has_y && is_key(data, colon, y)) {
            has_y = true;
            whole &= take_value(s, data, colon, limit, of_y);
        }
    }
    return has_x && has_y && whole;
}

INLINE void take_lines(const stretch *s, const char *data, const char *end, const key *x,
                       const key *y, row_list *out) {
    size_t at = 0, colon = 0, line = 0;
    for (bool is_whole = true; is_whole && out->n < MAX_ROWS; out->n++) {
        const size_t n = out->n;
        is_whole = line < s->line_ends.n;
        const size_t limit = is_whole ? s->line_ends.at[line++] : s->error;
        if (!take_members(s, data, limit, x, y, &colon, &out->a[n], &out->b[n]) || data[at] != '{')
            return;
        const char *stop = data + limit; /* what is wrong behind our members is not looked at */
        if (!is_whole && (stop = memchr(stop, '\n', (size_t)(end - stop))) == NULL)
            return;
        out->row[n] = (row){{data + at, stop - (stop[-1] == '\r')}, stop + 1};
        at = limit + 1;
    }
}

TARGET_AVX512 static void take_avx512(const key *x, const key *y, const char *data, const char *end,
                                      row_list *out) {
    stretch s;
    read_stretch(find_marks_avx512, prefix_xor_clmul, x, y, data, end, &s);
    take_lines(&s, data, end, x, y, out);
}

TARGET_AVX2 static void take_avx2(const key *x, const key *y, const char *data, const char *end,
                                  row_list *out) {
    stretch s;
    read_stretch(find_marks_avx2, prefix_xor_clmul, x, y, data, end, &s);
    take_lines(&s, data, end, x, y, out);
}

static void take_sse(const key *x, const key *y, const char *data, const char *end, row_list *out) {
    stretch s;
    read_stretch(find_marks_sse, prefix_xor_shifts, x, y, data, end, &s);
    take_lines(&s, data, end, x, y, out);
}

void objects_take_quickly(const json_keys *keys, const char *data, const char *end, row_list *out) {
    key x, y;
    if (!make_key(keys->x, &x) || !make_key(keys->y, &y))
        return;
    (have_avx512() ? take_avx512 : cpu_has_avx2() ? take_avx2 : take_sse)(&x, &y, data, end, out);
}

#else

void objects_take_quickly(const json_keys *keys, const char *data, const char *end, row_list *out) {
    (void)keys, (void)data, (void)end, (void)out;
}

#endif
