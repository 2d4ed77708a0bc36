/* What the certificate of coverage finds wrong, as a layer of the web page. */
#include <string.h>

#include "base/base.h"
#include "draw/page.h"

/* Narrower defects are slivers; as grid-coverage has it. */
static const double sliver_m = .5;

grid_status page_check(page *p, const grid_context *ctx, grid_error *err) {
    const grid_map *m = &p->a->map;
    grid_cover_level level[ATLAS_LEVELS];
    for (size_t l = 0; l < p->a->n_levels; l++)
        level[l] = (grid_cover_level){m->level[l].name, m->units[l]->shapes, m->units[l]->code,
                                      l > 0 ? m->units[l]->parent_code : NULL,
                                      strcmp(m->level[l].how, "record") == 0};
    const grid_cover_options how = {.tolerance = sliver_m};
    /* Its findings are the page's, not the caller's. */
    grid_context quiet = {0};
    if (ctx != NULL)
        quiet = *ctx;
    quiet.on_finding = NULL;
    return grid_cover_find(level, p->a->n_levels, &how, &quiet, &p->report, err);
}

static void put_units(page *p, const grid_defect *d) {
    const grid_units *u = p->a->map.units[d->level];
    fputc('[', p->f);
    for (uint32_t i = 0; i < d->n_units; i++) {
        fputs(i > 0 ? "," : "", p->f);
        page_text(p->f, u->code[d->unit[i]]);
    }
    fputs("],", p->f);
}

static bool put_defect(page *p, const grid_defect *d) {
    const grid_shapes *s = p->report->shapes;
    fputc('[', p->f);
    page_text(p->f, grid_defect_name_zh(d->kind));
    fputc(',', p->f);
    page_text(p->f, grid_defect_severity_name(d->severity));
    fprintf(p->f, ",%u,", d->level);
    put_units(p, d);
    page_number(p->f, d->area, 6);
    fputc(',', p->f);
    page_place(p, d->at);
    fprintf(p->f, ",%d,", d->shape == GRID_NONE ? GRID_SHAPE_NONE : (int)s->kind[d->shape]);
    bool ok = true;
    if (d->shape == GRID_NONE)
        fputs("[]", p->f);
    else
        ok = page_feature(p, s, d->shape);
    fputc(']', p->f);
    return ok;
}

bool page_defects(page *p) {
    bool ok = true;
    fputs("\"defects\":[", p->f);
    for (size_t i = 0; ok && i < p->report->n; i++) {
        fputs(i > 0 ? ",\n" : "", p->f);
        ok = put_defect(p, &p->report->defect[i]);
    }
    fputs("],\n", p->f);
    return ok;
}
