/*
 * naming.c - the code and the name of one unit, from its parent's code and its number.
 */
#include <grid/partition.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"

enum { MOST_DIGITS = 9 };

void grid_name_write(char *out, size_t size, uint32_t number, const char *noun) {
    static const char *const digit[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    if (number > 999) { /* spoken out they get longer than anybody reads */
        snprintf(out, size, "第%" PRIu32 "%s", number, noun);
        return;
    }
    uint32_t hundreds = number / 100, tens = number / 10 % 10, ones = number % 10;
    const char *middle = tens > 1 || (tens == 1 && hundreds) ? digit[tens]
                         : tens == 0 && hundreds && ones     ? "零"
                                                             : ""; /* 十二, not 一十二 */
    snprintf(out, size, "第%s%s%s%s%s%s", digit[hundreds], hundreds ? "百" : "", middle,
             tens ? "十" : "", digit[ones], noun);
}

/* A pattern taken apart: text, digits, text. */
typedef struct pattern {
    size_t before, digits, after;
} pattern;

static bool take_apart(const char *text, pattern *p) {
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    p->before = strspn(text, letters);
    p->digits = strspn(text + p->before, "#");
    p->after = strspn(text + p->before + p->digits, letters);
    return 0 < p->digits && p->digits <= MOST_DIGITS &&
           text[p->before + p->digits + p->after] == '\0' &&
           p->before + p->digits + p->after < GRID_CODE_SIZE / 2;
}

bool grid_code_check(const char *text) {
    pattern p;
    return take_apart(text, &p);
}

grid_status grid_code_write(const char *parent, const char *text, uint32_t number, grid_code out,
                            grid_error *err) {
    pattern p;
    if (!take_apart(text, &p))
        return grid_fail(err, GRID_E_ARG, text, "this is no pattern of codes");
    char digits[16];
    int n = snprintf(digits, sizeof digits, "%0*" PRIu32, (int)p.digits, number);
    if (n > (int)p.digits)
        return grid_fail(err, GRID_E_INPUT, parent,
                         "number %" PRIu32 " does not fit into codes of the pattern %s", number,
                         text);
    n = snprintf(out, GRID_CODE_SIZE, "%s%.*s%s%s", parent, (int)p.before, text, digits,
                 text + p.before + p.digits);
    return n < GRID_CODE_SIZE
               ? GRID_OK
               : grid_fail(err, GRID_E_INPUT, parent, "codes below it would be too long");
}

uint32_t grid_code_number(const char *code, const char *parent, const char *text) {
    pattern p;
    size_t above = strlen(parent);
    if (!take_apart(text, &p) || strncmp(code, parent, above) != 0 ||
        strlen(code) != above + p.before + p.digits + p.after ||
        strncmp(code + above, text, p.before) != 0 ||
        strcmp(code + above + p.before + p.digits, text + p.before + p.digits) != 0)
        return 0;
    uint32_t number = 0;
    for (size_t i = above + p.before; i < above + p.before + p.digits; i++) {
        if (code[i] < '0' || code[i] > '9')
            return 0;
        number = number * 10 + (uint32_t)(code[i] - '0');
    }
    return number;
}
