/* Times of day and the shifts that cover them. */
#include "duty/duty.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 24 * 60, ALL_DAYS = 0xfe }; /* bits 1 .. 7 */

/* Words of shifts and what they stand for; longer ones first. */
static const struct {
    const char *written, *ascii;
} words[] = {
    {"星期一", "1"}, {"星期二", "2"}, {"星期三", "3"}, {"星期四", "4"}, {"星期五", "5"},
    {"星期六", "6"}, {"星期日", "7"}, {"星期天", "7"}, {"周一", "1"},   {"周二", "2"},
    {"周三", "3"},   {"周四", "4"},   {"周五", "5"},   {"周六", "6"},   {"周日", "7"},
    {"周天", "7"},   {"每天", "1-7"}, {"每日", "1-7"}, {"全天", "24h"}, {"工作日", "1-5"},
    {"至", "-"},     {"到", "-"},     {"～", "-"},     {"－", "-"},     {"—", "-"},
    {"~", "-"},      {"、", ","},     {"，", ","},     {"：", ":"},     {"；", ";"},
    {"　", " "},     {"０", "0"},     {"１", "1"},     {"２", "2"},     {"３", "3"},
    {"４", "4"},     {"５", "5"},     {"６", "6"},     {"７", "7"},     {"８", "8"},
    {"９", "9"},
};

/* A shift in ASCII; false when it is too long to be one. */
static bool to_ascii(const char *shift, char *out, size_t size) {
    size_t n = 0;
    while (*shift != '\0') {
        const char *ascii = NULL;
        for (size_t i = 0; i < sizeof words / sizeof *words && ascii == NULL; i++)
            if (strncmp(shift, words[i].written, strlen(words[i].written)) == 0) {
                ascii = words[i].ascii;
                shift += strlen(words[i].written);
            }
        char one[2] = {*shift, '\0'};
        if (ascii == NULL) {
            ascii = one;
            shift++;
        }
        if (n + strlen(ascii) >= size)
            return false;
        memcpy(out + n, ascii, strlen(ascii));
        n += strlen(ascii);
    }
    out[n] = '\0';
    return true;
}

typedef struct span {
    unsigned days; /* bit d: on that weekday */
    int from, to;  /* minutes; over midnight when to <= from */
} span;

static void skip_blanks(const char **at) {
    *at += strspn(*at, " \t");
}

/* "8:00" or "08:00"; 24:00 is the end of the day. */
static bool read_clock(const char **at, int *minute) {
    int hours = 0, minutes = 0, n = 0;
    if (sscanf(*at, "%2d:%2d%n", &hours, &minutes, &n) != 2 || **at < '0' || **at > '9' ||
        hours > 24 || minutes < 0 || minutes > 59 || (hours == 24 && minutes > 0))
        return false;
    *at += n;
    *minute = hours * 60 + minutes;
    return true;
}

/* "1-5" or "6,7" or "1-3,5". */
static bool read_days(const char **at, unsigned *days) {
    for (*days = 0;;) {
        if (**at < '1' || **at > '7')
            return false;
        int first = *(*at)++ - '0', last = first;
        if (**at == '-') {
            ++*at;
            if (**at < '1' || **at > '7')
                return false;
            last = *(*at)++ - '0';
        }
        if (last < first)
            return false;
        for (int d = first; d <= last; d++)
            *days |= 1U << d;
        if (**at != ',')
            return true;
        ++*at;
    }
}

static bool read_span(const char **at, span *out) {
    skip_blanks(at);
    out->days = ALL_DAYS;
    size_t word = strcspn(*at, " \t;");
    bool has_days = memchr(*at, ':', word) == NULL && strncmp(*at, "24h", 3) != 0;
    if (has_days && !read_days(at, &out->days))
        return false;
    skip_blanks(at);
    if (strncmp(*at, "24h", 3) == 0 || (has_days && (**at == '\0' || **at == ';'))) {
        *at += **at == '2' ? 3 : 0;
        out->from = 0;
        out->to = DAY;
    } else {
        if (!read_clock(at, &out->from))
            return false;
        skip_blanks(at);
        if (*(*at)++ != '-')
            return false;
        skip_blanks(at);
        if (!read_clock(at, &out->to))
            return false;
    }
    skip_blanks(at);
    return **at == '\0' || *(*at)++ == ';';
}

static bool on_day(const span *s, int day, int minute) {
    bool over_midnight = s->to <= s->from;
    int before = day == 1 ? 7 : day - 1;
    if (s->days >> day & 1U && minute >= s->from && (over_midnight || minute < s->to))
        return true;
    return over_midnight && s->days >> before & 1U && minute < s->to;
}

static bool span_covers(const span *s, const grid_duty_time *at) {
    if (at->weekday != 0)
        return on_day(s, at->weekday, at->minute);
    for (int day = 1; day <= 7; day++)
        if (on_day(s, day, at->minute))
            return true;
    return false;
}

/* Reads the whole shift; *covers tells whether one of its spans covers the time (may be NULL). */
static bool read_shift(const char *shift, const grid_duty_time *time, bool *covers) {
    char ascii[256];
    const char *at = ascii;
    *covers = false;
    if (!to_ascii(shift, ascii, sizeof ascii))
        return false;
    skip_blanks(&at);
    if (*at == '\0')
        *covers = true;
    while (*at != '\0') {
        span s;
        if (!read_span(&at, &s))
            return false;
        *covers |= time != NULL && span_covers(&s, time);
        skip_blanks(&at);
    }
    return true;
}

bool grid_shift_check(const char *shift) {
    bool covers;
    return read_shift(shift, NULL, &covers);
}

bool grid_shift_covers(const char *shift, const grid_duty_time *at) {
    bool covers;
    return read_shift(shift, at, &covers) && covers;
}

/* ---- times -------------------------------------------------------------------------- */

/* 1 Monday .. 7 Sunday, of the Gregorian calendar (Zeller's congruence). */
static int weekday_of(int year, int month, int day) {
    if (month < 3) {
        month += 12;
        year--;
    }
    int h = (day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400) % 7;
    return (h + 5) % 7 + 1;
}

static bool is_date(int year, int month, int day) {
    static const int length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1900 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= length[month - 1] - (month == 2 && !leap);
}

bool grid_duty_time_read(const char *text, grid_duty_time *out) {
    int year, month, day, hour, minute, second, n = 0;
    *out = (grid_duty_time){0};
    text += strspn(text, " \t");
    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &n) == 3) {
        if (!is_date(year, month, day) || (text[n] != 'T' && text[n] != ' '))
            return false;
        snprintf(out->date, sizeof out->date, "%04u-%02u-%02u", (unsigned)year % 10000U,
                 (unsigned)month % 100U, (unsigned)day % 100U);
        out->weekday = weekday_of(year, month, day);
        text += n + 1;
    }
    n = 0;
    if (sscanf(text, "%2d:%2d%n", &hour, &minute, &n) != 2 || n < 3 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59)
        return false;
    text += n;
    if (sscanf(text, ":%2d%n", &second, &n) == 1 && second >= 0 && second <= 60)
        text += n;
    out->minute = hour * 60 + minute;
    return text[strspn(text, " \t")] == '\0';
}
