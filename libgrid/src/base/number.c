#include "base/number.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE4_1__)
#include <smmintrin.h>
#endif

#include "base/text.h"

enum { MAX_DIGITS = 19, MAX_LENGTH = 2000 }; /* so many digits always go into 64 bits */

static const double power_of_ten[MAX_DIGITS + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
    1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
};

static bool is_digit(char c) {
    return (unsigned char)(c - '0') < 10;
}

/* Digits of text .. end-1, added to *mantissa; wraps around when there are too many. */
static const char *take_digits(const char *text, const char *end, uint64_t *mantissa) {
    while (text < end && is_digit(*text))
        *mantissa = *mantissa * 10 + (uint64_t)(*text++ - '0');
    return text;
}

static const char *skip_exponent(const char *text, const char *end) {
    const char *at = text + 1;
    if (at < end && (*at == '+' || *at == '-'))
        at++;
    if (at >= end || !is_digit(*at))
        return text; /* "12e" is the number 12 and then something else */
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static const char *parse_slowly(const char *text, const char *end, double *out) {
    char copy[MAX_LENGTH + 1];
    size_t n = (size_t)(end - text);
    if (n > MAX_LENGTH)
        return NULL;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return grid_text_to_double(copy, out) ? end : NULL;
}

#if defined(__SIZEOF_INT128__)

/*
 * The double nearest to whole / 10^decimals, by long division. Both are moved to the left end of 64
 * bits, so that the quotient has at least 62; what is left over only matters where it is nothing,
 * and makes the last bit odd, far behind the one that decides.
 */
static bool divide(uint64_t whole, size_t decimals, double *out) {
    uint64_t by = 1;
    for (size_t i = 0; i < decimals; i++)
        by *= 10;
    const int left = __builtin_clzll(whole), left_by = __builtin_clzll(by);
    const unsigned __int128 dividend = (unsigned __int128)(whole << left) << 63;
    by <<= left_by;
    uint64_t quotient = (uint64_t)(dividend / by);
    quotient |= dividend != (unsigned __int128)quotient * by;
    *out = ldexp((double)quotient, left_by - left - 63);
    return true;
}

#else

static bool divide(uint64_t whole, size_t decimals, double *out) {
    (void)whole, (void)decimals, (void)out;
    return false;
}

#endif

/*
 * With at most 15 or so digits the decimal is an integer below 2^53 times or over a power of
 * ten that is a double too, so one correctly rounded operation gives the nearest double.
 * Source: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990.
 */
const char *grid_number_parse(const char *text, const char *end, double *out) {
    const char *at = text;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    uint64_t mantissa = 0;
    const char *whole = at;
    at = take_digits(at, end, &mantissa);
    size_t digits = (size_t)(at - whole), decimals = 0;
    if (at < end && *at == '.') {
        const char *point = at + 1;
        at = take_digits(point, end, &mantissa);
        decimals = (size_t)(at - point);
    }
    if (digits + decimals == 0)
        return NULL;
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *stop = skip_exponent(at, end);
        if (stop != at)
            return parse_slowly(text, stop, out);
    }
    double value;
    if (digits + decimals > MAX_DIGITS)
        return parse_slowly(text, at, out);
    if (mantissa <= (UINT64_C(1) << 53))
        value = (double)mantissa / power_of_ten[decimals];
    else if (!divide(mantissa, decimals, &value))
        return parse_slowly(text, at, out);
    *out = negative ? -value : value;
    return at;
}

#if defined(__SSE4_1__)

/*
 * Up to 16 digits and a point at once. They are moved to the right end of the register and the
 * point is closed up, so that each digit stands in the lane of its power of ten; three steps of
 * multiplying and adding neighbours then make two numbers of eight digits of them. False when it is
 * no such text, which says nothing about it. Source: W. Mula, "SIMD-ized parsing of unsigned
 * integers", 2014.
 */
static bool read_block(const char *text, size_t n, uint64_t *mantissa, size_t *decimals) {
    static const signed char shift_right[32] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                                -1, -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,
                                                6,  7,  8,  9,  10, 11, 12, 13, 14, 15};
    const __m128i lanes = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m128i block = _mm_loadu_si128((const void *)text);
    __m128i digits = _mm_sub_epi8(block, _mm_set1_epi8('0'));
    unsigned ours = (1u << n) - 1;
    unsigned are_digits = ours & (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(
                                     _mm_min_epu8(digits, _mm_set1_epi8(9)), digits));
    unsigned point = ours & ~are_digits;
    if (are_digits == 0 || (point & (point - 1)) != 0 ||
        (point != 0 && text[__builtin_ctz(point)] != '.'))
        return false;
    digits = _mm_shuffle_epi8(digits, _mm_loadu_si128((const void *)(shift_right + n)));
    *decimals = 0;
    if (point != 0) {
        *decimals = n - 1 - (size_t)__builtin_ctz(point);
        __m128i behind = _mm_cmpgt_epi8(lanes, _mm_set1_epi8((char)(15 - *decimals)));
        digits = _mm_blendv_epi8(_mm_slli_si128(digits, 1), digits, behind);
    }
    const __m128i tens = _mm_set1_epi16(1 << 8 | 10), hundreds = _mm_set1_epi32(1 << 16 | 100),
                  myriads = _mm_set1_epi32(1 << 16 | 10000);
    __m128i twos = _mm_maddubs_epi16(digits, tens), fours = _mm_madd_epi16(twos, hundreds);
    __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), myriads);
    uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    *mantissa = (both & UINT32_MAX) * 100000000 + (both >> 32);
    return true;
}

bool grid_number_read(const char *text, const char *end, const char *readable, double *out) {
    bool negative = text < end && *text == '-';
    const char *at = text + negative;
    size_t n = (size_t)(end - at), decimals;
    uint64_t mantissa;
    if (n - 1 >= 16 || readable - text < GRID_NUMBER_BLOCK ||
        !read_block(at, n, &mantissa, &decimals) || mantissa > (UINT64_C(1) << 53))
        return grid_number_parse(text, end, out) == end;
    double value = (double)mantissa / power_of_ten[decimals];
    *out = negative ? -value : value;
    return true;
}

#else

bool grid_number_read(const char *text, const char *end, const char *readable, double *out) {
    (void)readable;
    return grid_number_parse(text, end, out) == end;
}

#endif
