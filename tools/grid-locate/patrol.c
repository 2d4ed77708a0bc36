#include "patrol.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "csv.h"

enum { DAY_S = 86400 };

bool patrol_rule_read(const char *text, patrol_rule *out) {
    char *end;
    unsigned long visits = strtoul(text, &end, 10);
    double minutes = 0;
    if (end == text || visits == 0 || visits > 1000 || text[0] == '-' ||
        (*end == 'x' ? !grid_text_to_double(end + 1, &minutes) : *end != '\0') || minutes < 0)
        return false;
    *out = (patrol_rule){(unsigned)visits, minutes, out->gap_minutes};
    return true;
}

/* ---- time ---------------------------------------------------------------------------------- */

/* Days since 1970-01-01 in the Gregorian calendar: E. G. Richards, "Mapping Time" (1998), ch. 25.
 */
static long days_from_civil(int year, int month, int day) {
    long a = (14 - month) / 12, y = year + 4800L - a, m = month + 12 * a - 3;
    return day + (153 * m + 2) / 5 + 365 * y + y / 4 - y / 100 + y / 400 - 32045 - 2440588;
}

static void civil_from_days(long days, char out[16]) {
    long f = days + 2440588 + 1401 + (((4 * (days + 2440588) + 274277) / 146097) * 3) / 4 - 38;
    long e = 4 * f + 3, h = 5 * ((e % 1461) / 4) + 2;
    long day = (h % 153) / 5 + 1, month = (h / 153 + 2) % 12 + 1;
    long year = e / 1461 - 4716 + (14 - month) / 12;
    snprintf(out, 16, "%04ld-%02ld-%02ld", year % 10000, month, day);
}

static bool from_parts(int year, int month, int day, int hour, int minute, int second,
                       double *out) {
    char date[16], given[16];
    if (year < 1900 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 ||
        hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    long days = days_from_civil(year, month, day);
    civil_from_days(days, date);
    snprintf(given, sizeof given, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
    *out = (double)days * DAY_S + hour * 3600 + minute * 60 + second;
    return strcmp(date, given) == 0; /* else the month is shorter */
}

/* Seconds up to the year 2100, or milliseconds from 1973 to 2100: no number is both. */
static bool from_number(double number, double *out) {
    const double most_s = 4102444800, least_ms = 1e11;
    *out = number < least_ms ? number : number / 1000;
    return *out >= 0 && *out <= most_s;
}

bool patrol_time(span text, double *out) {
    span s = field_content(text);
    char copy[40];
    size_t n = (size_t)(s.end - s.begin);
    if (n >= sizeof copy)
        return false;
    memcpy(copy, s.begin, n);
    copy[n] = '\0';
    int year, month, day, hour = 0, minute = 0, second = 0;
    if (n == 14 && strspn(copy, "0123456789") == n)
        return sscanf(copy, "%4d%2d%2d%2d%2d%2d", &year, &month, &day, &hour, &minute, &second) ==
                   6 &&
               from_parts(year, month, day, hour, minute, second, out);
    double number;
    if (grid_number_parse(s.begin, s.end, &number) == s.end)
        return from_number(number, out);
    int got = sscanf(copy, "%4d%*1[-/]%2d%*1[-/]%2d%*1[T ]%2d:%2d:%2d", &year, &month, &day, &hour,
                     &minute, &second);
    return got >= 3 && from_parts(year, month, day, hour, minute, second, out);
}

/* ---- fixes --------------------------------------------------------------------------------- */

bool patrol_add(patrol_log *log, span person, double time_s, uint32_t unit) {
    span s = field_content(person);
    size_t n = (size_t)(s.end - s.begin);
    const char *name = log->fixes.n > 0 ? log->fixes.at[log->fixes.n - 1].person : NULL;
    /* Tracks mostly come person by person. */
    if (name == NULL || strlen(name) != n || memcmp(name, s.begin, n) != 0)
        name = grid_arena_text_n(&log->names, s.begin, n);
    const patrol_fix fix = {name, time_s, unit};
    return name != NULL && GRID_PUSH(&log->fixes, fix);
}

void patrol_free(patrol_log *log) {
    GRID_VEC_FREE(&log->fixes);
    grid_arena_free(&log->names);
}

bool patrol_join(patrol_log *to, const patrol_log *from) {
    if (!GRID_RESERVE(&to->fixes, from->fixes.n))
        return false;
    for (size_t i = 0; i < from->fixes.n; i++)
        to->fixes.at[to->fixes.n++] = from->fixes.at[i];
    return true;
}

static int by_person_and_time(const void *a, const void *b) {
    const patrol_fix *x = a, *y = b;
    int order = strcmp(x->person, y->person);
    if (order != 0)
        return order;
    if (x->time_s != y->time_s)
        return x->time_s < y->time_s ? -1 : 1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* ---- visits -------------------------------------------------------------------------------- */

typedef struct visit {
    long day;
    uint32_t unit;
    const char *person;
    double minutes;
} visit;

typedef GRID_VEC(visit) visit_list;

static long day_of(const patrol_fix *f) {
    return (long)floor(f->time_s / DAY_S);
}

static bool goes_on(const patrol_fix *a, const patrol_fix *b, double gap_s) {
    return a->unit == b->unit && strcmp(a->person, b->person) == 0 && day_of(a) == day_of(b) &&
           b->time_s - a->time_s <= gap_s;
}

/* A visit is a run of fixes of one person in one unit on one day, without a long silence. */
static bool find_visits(patrol_log *log, const patrol_rule *rule, visit_list *out) {
    size_t n = log->fixes.n;
    patrol_fix *f = log->fixes.at;
    if (n > 0)
        qsort(f, n, sizeof *f, by_person_and_time);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && goes_on(&f[j - 1], &f[j], rule->gap_minutes * 60); j++)
            continue;
        const visit v = {day_of(&f[i]), f[i].unit, f[i].person,
                         (f[j - 1].time_s - f[i].time_s) / 60};
        if (v.unit != GRID_NONE && !GRID_PUSH(out, v))
            return false;
    }
    return true;
}

static int by_day_and_unit(const void *a, const void *b) {
    const visit *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    int order = strcmp(x->person, y->person);
    return order != 0 ? order : (x->minutes > y->minutes) - (x->minutes < y->minutes);
}

static bool put_number(bytes *out, double value, int decimals, char after) {
    long long scale = decimals ? 10 : 1, whole = llround(value * (double)scale);
    char text[40];
    if (decimals)
        snprintf(text, sizeof text, "%lld.%lld", whole / 10, whole % 10);
    else
        snprintf(text, sizeof text, "%lld", whole);
    return csv_put(out, text, after);
}

/* One row: the n visits of one unit on one day. */
static bool print_unit(const grids *g, long day, uint32_t unit, const visit *v, size_t n,
                       const patrol_rule *rule, bytes *out, bool *met) {
    size_t counted = 0, persons = 0;
    double minutes = 0;
    for (size_t i = 0; i < n; i++) {
        counted += v[i].minutes >= rule->minutes;
        persons += i == 0 || strcmp(v[i].person, v[i - 1].person) != 0;
        minutes += v[i].minutes;
    }
    char date[16];
    civil_from_days(day, date);
    *met = counted >= rule->visits;
    return csv_put(out, date, ',') &&
           csv_put(out, grid_locator_code(g->locator, g->main_layer, unit), ',') &&
           csv_put(out, grid_locator_label(g->locator, g->main_layer, unit), ',') &&
           put_number(out, (double)counted, 0, ',') && put_number(out, minutes, 1, ',') &&
           put_number(out, (double)persons, 0, ',') && csv_put(out, *met ? "yes" : "no", '\n');
}

static bool print_days(const visit_list *visits, long first, long last, const patrol_rule *rule,
                       const grids *g, bytes *out, uint64_t *rows, uint64_t *missed) {
    uint32_t units = grid_locator_units(g->locator, g->main_layer);
    size_t at = 0;
    for (long day = first; day <= last; day++)
        for (uint32_t unit = 0; unit < units; unit++) {
            size_t begin = at;
            while (at < visits->n && visits->at[at].day == day && visits->at[at].unit == unit)
                at++;
            bool met;
            if (!print_unit(g, day, unit, visits->at + begin, at - begin, rule, out, &met))
                return false;
            *missed += !met;
            ++*rows;
        }
    return true;
}

static void find_days(const patrol_log *log, long *first, long *last) {
    *first = *last = day_of(&log->fixes.at[0]);
    for (size_t i = 1; i < log->fixes.n; i++) {
        long day = day_of(&log->fixes.at[i]);
        *first = day < *first ? day : *first;
        *last = day > *last ? day : *last;
    }
}

bool patrol_days(const patrol_log *log, char first[16], char last[16]) {
    enum { MOST_DAYS = 3660 };
    if (log->fixes.n == 0)
        return true;
    long from, to;
    find_days(log, &from, &to);
    civil_from_days(from, first);
    civil_from_days(to, last);
    return to - from <= MOST_DAYS;
}

bool patrol_print(patrol_log *log, const patrol_rule *rule, const grids *g, bytes *out,
                  uint64_t *rows, uint64_t *missed) {
    static const char *const header[] = {"day", "code", "name", "visits", "minutes", "persons"};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof header / sizeof *header; i++)
        ok = csv_put(out, header[i], ',');
    ok = ok && csv_put(out, "met", '\n');
    *rows = *missed = 0;
    if (log->fixes.n == 0)
        return ok;
    visit_list visits = {0};
    ok = ok && find_visits(log, rule, &visits);
    if (visits.n > 0)
        qsort(visits.at, visits.n, sizeof *visits.at, by_day_and_unit);
    long first, last;
    find_days(log, &first, &last);
    ok = ok && print_days(&visits, first, last, rule, g, out, rows, missed);
    GRID_VEC_FREE(&visits);
    return ok;
}
