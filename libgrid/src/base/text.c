#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t c_locale;

static void make_c_locale(void) {
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* strtod of the C locale, so that "3,5" never becomes 3.5 on somebody's machine. */
static double parse_double(const char *text, char **end) {
    pthread_once(&once, make_c_locale);
    return c_locale ? strtod_l(text, end, c_locale) : strtod(text, end);
}

static bool only_blanks(const char *text) {
    return text[strspn(text, " \t\r\n")] == '\0';
}

bool grid_text_to_double(const char *text, double *out) {
    text += strspn(text, " \t\r\n");
    /* strtod also takes "inf", "nan" and hexadecimal, which no table means. */
    if (text[strspn(text, "+-.0123456789eE")] != '\0' &&
        !only_blanks(text + strspn(text, "+-.0123456789eE")))
        return false;
    char *end;
    double value = parse_double(text, &end);
    if (end == text || !only_blanks(end) || !isfinite(value))
        return false;
    *out = value;
    return true;
}

bool grid_text_to_int(const char *text, int64_t *out) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || errno != 0 || !only_blanks(end))
        return false;
    *out = value;
    return true;
}

size_t grid_text_from_double(char *out, double value) {
    pthread_once(&once, make_c_locale);
    locale_t callers = c_locale ? uselocale(c_locale) : (locale_t)0;
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(out, 32, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    if (callers)
        uselocale(callers);
    return (size_t)n;
}

void grid_text_output_date(char out[21]) {
    const int64_t year_10000 = INT64_C(253402300800);
    const char *text = getenv("SOURCE_DATE_EPOCH");
    int64_t seconds = 0;
    if (text == NULL || !grid_text_to_int(text, &seconds) || seconds < 0 || seconds >= year_10000)
        seconds = 0;
    time_t t = (time_t)seconds;
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

bool grid_text_begins_with_day(const char *text) {
    enum { LENGTH = sizeof "2026-03-01" };
    struct tm day = {0};
    char given[LENGTH], again[LENGTH];
    snprintf(given, sizeof given, "%s", text);
    /* One that is none comes out as another. */
    return strptime(given, "%Y-%m-%d", &day) != NULL && timegm(&day) != -1 &&
           strftime(again, sizeof again, "%Y-%m-%d", &day) > 0 && strcmp(again, given) == 0;
}

bool grid_text_same(const char *a, const char *b) {
    for (; *a != '\0' && *b != '\0'; a++, b++)
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
    return *a == *b;
}

bool grid_text_ends_with(const char *text, const char *ending) {
    size_t n = strlen(text), m = strlen(ending);
    return n > m && grid_text_same(text + n - m, ending);
}

enum { MAX_WORD = 64 };

/* Damerau-Levenshtein distance (optimal string alignment) of words up to MAX_WORD bytes. */
static size_t word_distance(const char *a, size_t n, const char *b, size_t m) {
    size_t rows[3][MAX_WORD + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        above[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
            size_t best = above[j - 1] + (ca != cb);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
                cb == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[m];
}

const char *grid_text_nearest(const char *word, const char *const *candidates, size_t n) {
    size_t length = strlen(word), best = length / 3 + 1;
    const char *nearest = NULL;
    if (length > MAX_WORD)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(candidates[i]);
        if (other > MAX_WORD)
            continue;
        size_t distance = word_distance(word, length, candidates[i], other);
        if (distance < best || (distance == best && nearest == NULL)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

/* Length of the well-formed sequence at s, 0 if it is none (RFC 3629, section 4). */
static size_t utf8_sequence(const unsigned char *s, size_t n) {
    unsigned char low = 0x80, high = 0xbf;
    size_t length;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xc2 && s[0] <= 0xdf) {
        length = 2;
    } else if (s[0] >= 0xe0 && s[0] <= 0xef) {
        length = 3;
        low = s[0] == 0xe0 ? 0xa0 : low;
        high = s[0] == 0xed ? 0x9f : high;
    } else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
        length = 4;
        low = s[0] == 0xf0 ? 0x90 : low;
        high = s[0] == 0xf4 ? 0x8f : high;
    } else {
        return 0;
    }
    if (length > n || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

const char *grid_text_list(const char *const *names, size_t n, char *out, size_t size) {
    enum { FOR_MORE = 24 };
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (used + strlen(names[i]) + FOR_MORE > size) {
            snprintf(out + used, size - used, " and %zu more", n - i);
            break;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    return out;
}

bool grid_text_is_utf8(const char *bytes, size_t n) {
    const unsigned char *s = (const unsigned char *)bytes;
    for (size_t i = 0; i < n;) {
        size_t length = utf8_sequence(s + i, n - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}
