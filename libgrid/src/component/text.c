#include "component/component.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Bytes of the blank at `s`: ASCII, no-break space, full-width space, byte-order mark; 0: none. */
static size_t blank_at(const unsigned char *s) {
    if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        return 1;
    if (s[0] == 0xc2 && s[1] == 0xa0)
        return 2;
    if (s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80)
        return 3;
    if (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf)
        return 3;
    return 0;
}

/* U+FF01 .. U+FF5E are ASCII 0x21 .. 0x7e in full width; 0 when there is none at `s`. */
static char ascii_of_full_width(const unsigned char *s) {
    if (s[0] != 0xef || (s[1] != 0xbc && s[1] != 0xbd) || s[2] < 0x80 || s[2] > 0xbf)
        return 0;
    unsigned point = 0xf000U | (unsigned)(s[1] & 0x3f) << 6 | (unsigned)(s[2] & 0x3f);
    return point >= 0xff01 && point <= 0xff5e ? (char)(point - 0xff01 + 0x21) : 0;
}

void grid_component_clean(const char *text, char *out) {
    const unsigned char *s = (const unsigned char *)text;
    size_t blank, n = 0, end = 0;
    while ((blank = blank_at(s)) > 0)
        s += blank;
    while (*s != '\0') {
        char ascii = ascii_of_full_width(s);
        blank = blank_at(s);
        if (ascii != 0 || blank > 0) {
            out[n++] = ascii != 0 ? ascii : ' ';
            s += ascii != 0 ? 3 : blank;
        } else {
            out[n++] = (char)*s++;
        }
        if (blank == 0)
            end = n;
    }
    out[end] = '\0';
}

size_t component_characters(const char *text) {
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* ---- dates -------------------------------------------------------------------------- */

/* Reads one or more digits; false when there are none or more than `most`. */
static bool read_digits(const char **text, int most, int *out) {
    int n = 0;
    for (*out = 0; (*text)[n] >= '0' && (*text)[n] <= '9'; n++) {
        if (n == most)
            return false;
        *out = *out * 10 + ((*text)[n] - '0');
    }
    *text += n;
    return n > 0;
}

/* Steps over one separator of dates, or over nothing when `word` is not there. */
static bool step_over(const char **text, const char *word) {
    size_t n = strlen(word);
    if (strncmp(*text, word, n) == 0) {
        *text += n;
        return true;
    }
    return (**text == '-' || **text == '/' || **text == '.') && (*text)++ != NULL;
}

static bool is_day(int year, int month, int day) {
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1000 && month >= 1 && month <= 12 && day >= 1 &&
           day <= length[month - 1] + (month == 2 && leap);
}

bool grid_component_date(const char *text, char out[11]) {
    char clean[64];
    int year, month, day;
    if (strlen(text) >= sizeof clean)
        return false;
    grid_component_clean(text, clean);
    const char *at = clean;
    if (strspn(at, "0123456789") == 8) {
        int number = 0;
        if (!read_digits(&at, 8, &number))
            return false;
        year = number / 10000;
        month = number / 100 % 100;
        day = number % 100;
    } else if (!read_digits(&at, 4, &year) || !step_over(&at, "年") ||
               !read_digits(&at, 2, &month) || !step_over(&at, "月") ||
               !read_digits(&at, 2, &day)) {
        return false;
    }
    if (strncmp(at, "日", 3) == 0)
        at += 3;
    /* A time may follow, after a blank or an ISO T. */
    if ((*at != '\0' && *at != ' ' && *at != 'T') || !is_day(year, month, day))
        return false;
    snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000U, (unsigned)month % 100U,
             (unsigned)day % 100U);
    return true;
}

/* ---- status ------------------------------------------------------------------------- */

const char *component_status(const char *text) {
    /* The standard's five words, then what inventories say instead (井盖破损、移位、沉降、缺失). */
    static const char *const words[][2] = {
        {"完好", "完好"},      {"破损", "破损"},    {"丢失", "丢失"},    {"废弃", "废弃"},
        {"移除", "移除"},      {"正常", "完好"},    {"良好", "完好"},    {"损坏", "破损"},
        {"移位", "破损"},      {"沉降", "破损"},    {"缺失", "丢失"},    {"拆除", "移除"},
        {"intact", "完好"},    {"damaged", "破损"}, {"lost", "丢失"},    {"missing", "丢失"},
        {"abandoned", "废弃"}, {"disused", "废弃"}, {"removed", "移除"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (grid_text_same(text, words[i][0]))
            return words[i][1];
    return NULL;
}

/* ---- fields ------------------------------------------------------------------------- */

/* Names, and the lengths and obligations of GB/T 47678.5-2026, table 2. */
static const struct {
    const char *name;
    unsigned short length;
    bool mandatory;
} fields[GRID_FIELDS] = {
    [GRID_FIELD_CODE] = {"code", 17, true},
    [GRID_FIELD_CLASS] = {"class", 30, true},
    [GRID_FIELD_NAME] = {"name", 30, true},
    [GRID_FIELD_STATUS] = {"status", 10, true},
    [GRID_FIELD_DEPARTMENT_CODE] = {"department_code", 18, true},
    [GRID_FIELD_DEPARTMENT] = {"department", 100, true},
    [GRID_FIELD_OWNER_CODE] = {"owner_code", 18, false},
    [GRID_FIELD_OWNER] = {"owner", 100, false},
    [GRID_FIELD_UPKEEP_CODE] = {"upkeep_code", 18, false},
    [GRID_FIELD_UPKEEP] = {"upkeep", 100, false},
    [GRID_FIELD_INITIAL_DATE] = {"initial_date", 10, true},
    [GRID_FIELD_CHANGE_DATE] = {"change_date", 10, false},
    [GRID_FIELD_DATA_SOURCE] = {"data_source", 30, false},
    [GRID_FIELD_NOTE] = {"note", 1000, false},
    [GRID_FIELD_LOCAL_ID] = {"local_id", 100, false},
    [GRID_FIELD_UNIT] = {"unit_code", 32, true},
};

const char *grid_component_field_name(grid_component_field field) {
    return fields[field].name;
}

bool grid_component_field_mandatory(grid_component_field field) {
    return fields[field].mandatory;
}

size_t component_field_length(grid_component_field field) {
    return fields[field].length;
}
