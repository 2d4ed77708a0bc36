/* JSON and coordinates as they stand in the web page. */
#include <math.h>
#include <string.h>

#include "draw/page.h"

/* "<" is escaped too: the text stands in a script element. */
void page_text(FILE *f, const char *s) {
    fputc('"', f);
    for (; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < ' ' || c == '<' || c == 0x7f)
            fprintf(f, "\\u%04x", c);
        else
            fputc(c, f);
    }
    fputc('"', f);
}

void page_number(FILE *f, double v, int digits) {
    if (isnan(v))
        fputs("null", f);
    else
        fprintf(f, "%.*g", digits, v);
}

void page_key(FILE *f, const char *key, const char *value) {
    fprintf(f, "\"%s\":", key);
    page_text(f, value != NULL ? value : "");
    fputc(',', f);
}

/* ---- coordinates -------------------------------------------------------------------- */

/* Zigzag variable-length numbers, five bits a character, least significant first. */
static void put_number(FILE *f, int64_t v) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint64_t u = v < 0 ? ~((uint64_t)v << 1) : (uint64_t)v << 1;
    for (; u >= 32; u >>= 5)
        fputc(digits[32 | (u & 31)], f);
    fputc(digits[u], f);
}

/* Degrees in steps of 1e-7 (a centimetre), each after the one before it, as one JSON string. */
bool page_chain(page *p, const grid_xy *xy, size_t n) {
    p->xy.n = 0;
    if (!GRID_RESERVE(&p->xy, n))
        return false;
    memcpy(p->xy.at, xy, n * sizeof *xy);
    grid_crs_transform_apply(p->to_wgs84, p->xy.at, n);
    int64_t last_x = 0, last_y = 0;
    fputc('"', p->f);
    for (size_t i = 0; i < n; i++) {
        int64_t x = llround(p->xy.at[i].x * 1e7), y = llround(p->xy.at[i].y * 1e7);
        put_number(p->f, x - last_x);
        put_number(p->f, y - last_y);
        last_x = x;
        last_y = y;
    }
    fputc('"', p->f);
    return true;
}

bool page_feature(page *p, const grid_shapes *s, size_t f) {
    bool first = true, ok = true;
    fputc('[', p->f);
    for (size_t part = s->part_start[f]; part < s->part_start[f + 1]; part++) {
        for (size_t c = s->chain_start[part]; ok && c < s->chain_start[part + 1]; c++) {
            if (!first)
                fputc(',', p->f);
            ok = page_chain(p, s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c]);
            first = false;
        }
    }
    fputc(']', p->f);
    return ok;
}

void page_place(page *p, grid_xy at) {
    grid_crs_transform_apply(p->to_wgs84, &at, 1);
    if (isnan(at.x))
        fputs("null", p->f);
    else
        fprintf(p->f, "[%.6f,%.6f]", at.x, at.y);
}
