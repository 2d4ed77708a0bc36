#include "draw/flow.h"

#include <stdio.h>

ink_type sheet_type(const sheet_page *p, double size, bool bold, ink_align align) {
    return (ink_type){.size = size * p->s, .bold = bold, .align = align, .colour = 0x222222};
}

double flow_room(const flow *f) {
    return f->at < f->n ? f->column[f->at].y1 - f->y : 0;
}
double flow_width(const flow *f) {
    return f->column[0].x1 - f->column[0].x0;
}

void flow_next_column(flow *f) {
    f->at++;
    if (f->at < f->n)
        f->y = f->column[f->at].y0;
}

bool flow_need(flow *f, double height) {
    while (f->at < f->n && flow_room(f) < height)
        flow_next_column(f);
    return f->at < f->n;
}

void flow_heading(flow *f, const char *text) {
    sheet_page *p = f->p;
    ink_type type = sheet_type(p, 3.4, true, INK_LEFT);
    double x = f->column[f->at].x0, height = 5.6 * p->s;
    ink_text(&p->pen, x, f->y + height * .42, text, &type);
    cairo_move_to(p->pen.cr, x, f->y + height * .9);
    cairo_line_to(p->pen.cr, f->column[f->at].x1, f->y + height * .9);
    ink_stroke(&p->pen, 0x8a8a8a, .15 * p->s, NULL, 0);
    f->y += height + .8 * p->s;
}

void flow_thousands(int64_t value, char out[32]) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value), k = 0;
    for (int i = 0; i < n; i++) {
        out[k++] = digits[i];
        if (i + 1 < n && (n - 1 - i) % 3 == 0 && digits[i] != '-')
            out[k++] = ',';
    }
    out[k] = '\0';
}

void flow_begin(flow *f, sheet_page *p, ink_box box, int columns) {
    double gap = 5 * p->s, width = (box.x1 - box.x0 - gap * (columns - 1)) / columns;
    *f = (flow){.p = p, .n = columns, .y = box.y0};
    for (int i = 0; i < columns; i++)
        f->column[i] = (ink_box){box.x0 + i * (width + gap), box.y0,
                                 box.x0 + i * (width + gap) + width, box.y1};
}
