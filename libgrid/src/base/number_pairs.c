#include "base/number.h"

#include "base/cpu.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdint.h>

/*
 * As in number.c, but both numbers of a pair at once, and all pairs of a chunk a step further
 * before any takes the next step: the steps of one pair wait for each other, those of many do not.
 */
enum { LANES = 16, CHUNK = 64, MINUS = LANES + 1 };

/* Digits in the lanes of their powers of ten, and what to divide their integers by. */
typedef struct aligned_pairs {
    __m256i digits[CHUNK];
    double divisor[CHUNK][2];
} aligned_pairs;

/* By the bytes from the point on; behind that the same for numbers below zero. */
static const double divisors[2 * MINUS] = {
    1e0,  1e0,  1e1,  1e2,  1e3,   1e4,   1e5,   1e6,   1e7,   1e8,   1e9,  1e10,
    1e11, 1e12, 1e13, 1e14, 1e15,  -1e0,  -1e0,  -1e1,  -1e2,  -1e3,  -1e4, -1e5,
    -1e6, -1e7, -1e8, -1e9, -1e10, -1e11, -1e12, -1e13, -1e14, -1e15,
};

/*
 * Which byte of a text goes to which lane: for n bytes with the point at p, or without one (p = n),
 * those before it and then those behind it are moved to the right end; -1 makes a zero.
 */
#define FROM(n, p, lane) ((lane) - (LANES - (n)) - ((p) < (n) && (lane) - (LANES - (n)) <= (p)))
#define LANE(n, p, lane) (FROM(n, p, lane) < 0 ? -1 : FROM(n, p, lane))
#define PLACE(n, p)                                                                                \
    {                                                                                              \
        LANE(n, p, 0), LANE(n, p, 1), LANE(n, p, 2), LANE(n, p, 3), LANE(n, p, 4), LANE(n, p, 5),  \
            LANE(n, p, 6), LANE(n, p, 7), LANE(n, p, 8), LANE(n, p, 9), LANE(n, p, 10),            \
            LANE(n, p, 11), LANE(n, p, 12), LANE(n, p, 13), LANE(n, p, 14), LANE(n, p, 15)         \
    }
#define LENGTH(n)                                                                                  \
    {                                                                                              \
        PLACE(n, 0), PLACE(n, 1), PLACE(n, 2), PLACE(n, 3), PLACE(n, 4), PLACE(n, 5), PLACE(n, 6), \
            PLACE(n, 7), PLACE(n, 8), PLACE(n, 9), PLACE(n, 10), PLACE(n, 11), PLACE(n, 12),       \
            PLACE(n, 13), PLACE(n, 14), PLACE(n, 15), PLACE(n, 16)                                 \
    }
static const signed char lanes_from[LANES + 1][LANES + 1][LANES] = {
    LENGTH(0),  LENGTH(1),  LENGTH(2),  LENGTH(3),  LENGTH(4),  LENGTH(5),
    LENGTH(6),  LENGTH(7),  LENGTH(8),  LENGTH(9),  LENGTH(10), LENGTH(11),
    LENGTH(12), LENGTH(13), LENGTH(14), LENGTH(15), LENGTH(16),
};

TARGET_AVX2 INLINE __m256i load_two(const void *x, const void *y) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(x)), _mm_loadu_si128(y),
                                   1);
}

/* False unless both are at most LANES bytes: perhaps a minus, digits, at most one point. */
TARGET_AVX2 INLINE bool align(grid_chars x, grid_chars y, __m256i *out, double *divisor) {
    const size_t n_x = (size_t)(x.end - x.begin), n_y = (size_t)(y.end - y.begin);
    const uint32_t minus_x = *x.begin == '-', minus_y = *y.begin == '-';
    const __m256i text = load_two(x.begin, y.begin);
    const __m256i values = _mm256_sub_epi8(text, _mm256_set1_epi8('0'));
    const __m256i is_digit = _mm256_cmpeq_epi8(_mm256_min_epu8(values, _mm256_set1_epi8(9)),
                                               values);
    const __m256i is_point = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('.'));
    const uint32_t ours = _bzhi_u32(UINT16_MAX, (uint32_t)n_x) |
                          _bzhi_u32(UINT16_MAX, (uint32_t)n_y) << LANES;
    const uint32_t digits = (uint32_t)_mm256_movemask_epi8(is_digit) & ours;
    const uint32_t points = (uint32_t)_mm256_movemask_epi8(is_point) & ours;
    const uint32_t points_x = points & UINT16_MAX, points_y = points >> LANES;
    if ((((n_x - 1) | (n_y - 1)) >= LANES) | ((digits & UINT16_MAX) == 0) | (digits >> LANES == 0) |
        ((ours & ~(digits | points | minus_x | minus_y << LANES)) != 0) |
        ((_blsr_u32(points_x) | _blsr_u32(points_y)) != 0))
        return false;
    const size_t point_x = _tzcnt_u32(points_x | 1u << n_x);
    const size_t point_y = _tzcnt_u32(points_y | 1u << n_y);
    *out = _mm256_shuffle_epi8(_mm256_and_si256(values, is_digit),
                               load_two(lanes_from[n_x][point_x], lanes_from[n_y][point_y]));
    divisor[0] = divisors[n_x - point_x + minus_x * MINUS];
    divisor[1] = divisors[n_y - point_y + minus_y * MINUS];
    return true;
}

/* The integers below 2^32 in 64-bit lanes, as doubles: the low bits of 2^52 and more. */
TARGET_AVX2 INLINE __m256d to_doubles(__m256i integers) {
    const __m256d offset = _mm256_set1_pd(0x1p52);
    return _mm256_sub_pd(_mm256_or_pd(_mm256_castsi256_pd(integers), offset), offset);
}

/* The integers that the digits of two pairs write, pair by pair; exact below 2^53. */
TARGET_AVX2 INLINE __m256d to_integers(__m256i one, __m256i two) {
    const __m256i tens = _mm256_set1_epi16(1 << 8 | 10),
                  hundreds = _mm256_set1_epi32(1 << 16 | 100),
                  myriads = _mm256_set1_epi32(1 << 16 | 10000);
    one = _mm256_madd_epi16(_mm256_maddubs_epi16(one, tens), hundreds);
    two = _mm256_madd_epi16(_mm256_maddubs_epi16(two, tens), hundreds);
    const __m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(one, two), myriads);
    const __m256d high = to_doubles(_mm256_and_si256(eights, _mm256_set1_epi64x(UINT32_MAX)));
    const __m256d low = to_doubles(_mm256_srli_epi64(eights, 32));
    const __m256d all = _mm256_add_pd(_mm256_mul_pd(high, _mm256_set1_pd(1e8)), low);
    return _mm256_permute4x64_pd(all, 0xd8); /* from x, x, y, y */
}

TARGET_AVX2 static size_t read_chunk(const grid_chars *x, const grid_chars *y, size_t n,
                                     const char *last, double *out) {
    aligned_pairs p;
    size_t got = 0, i = 0;
    while (got < n && x[got].begin <= last && y[got].begin <= last &&
           align(x[got], y[got], &p.digits[got], p.divisor[got]))
        got++;
    for (; i + 1 < got; i += 2) {
        const __m256d whole = to_integers(p.digits[i], p.digits[i + 1]);
        if (_mm256_movemask_pd(_mm256_cmp_pd(whole, _mm256_set1_pd(0x1p53), _CMP_LT_OQ)) != 0xf)
            break;
        _mm256_storeu_pd(out + 2 * i, _mm256_div_pd(whole, _mm256_loadu_pd(p.divisor[i])));
    }
    return i;
}

static size_t read_avx2(const grid_chars *x, const grid_chars *y, size_t n, const char *readable,
                        double *out) {
    size_t done = 0, got, chunk;
    do {
        chunk = n - done < CHUNK ? n - done : CHUNK;
        got = read_chunk(x + done, y + done, chunk, readable - GRID_NUMBER_BLOCK, out + 2 * done);
        done += got;
    } while (got == CHUNK);
    return done;
}

#endif

static size_t read_plain(const grid_chars *x, const grid_chars *y, size_t n, const char *readable,
                         double *out) {
    size_t i = 0;
    while (i < n && x[i].begin < x[i].end &&
           grid_number_read(x[i].begin, x[i].end, readable, &out[2 * i]) &&
           grid_number_read(y[i].begin, y[i].end, readable, &out[2 * i + 1]))
        i++;
    return i;
}

size_t grid_number_read_pairs(const grid_chars *x, const grid_chars *y, size_t n,
                              const char *readable, double *out) {
#if defined(__x86_64__)
    if (cpu_has_avx2())
        return read_avx2(x, y, n, readable, out);
#endif
    return read_plain(x, y, n, readable, out);
}
