#include "base/number.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

enum { MAX_EXACT_POWER = 22, MAX_LENGTH = 2000 };

static const double power_of_ten[MAX_EXACT_POWER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
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
    if (digits + decimals > 19 || mantissa > (UINT64_C(1) << 53) || decimals > MAX_EXACT_POWER)
        return parse_slowly(text, at, out);
    double value = (double)mantissa / power_of_ten[decimals];
    *out = negative ? -value : value;
    return at;
}
