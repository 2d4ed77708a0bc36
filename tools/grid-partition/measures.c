#include "measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "common/session.h"

void measures_free(measures *m) {
    for (size_t r = 0; r < SCHEME_MAX_RULES; r++)
        free(m->own[r]);
}

/* A column of the household layer, summed up per cell. */
static grid_status sum_column(const inputs *in, const grid_cells *cells, const char *name,
                              int64_t *sum, grid_error *err) {
    const grid_layer *layer = in->household;
    const grid_column *column;
    GRID_TRY(grid_layer_find_column(layer, name, &column, err));
    for (size_t i = 0; i < layer->n; i++) {
        int64_t value = 0;
        uint32_t cell = cells->cell_of_household[i];
        char where[256], text[32];
        if (column->null[i] || cell == GRID_NONE)
            continue;
        if (!grid_column_integer(column, i, &value) || value < 0 ||
            __builtin_add_overflow(sum[cell], value, &sum[cell]))
            return grid_fail(err, GRID_E_INPUT, grid_layer_where(layer, i, where),
                             "%s is '%s': not a count", name, grid_column_text(column, i, text));
    }
    return GRID_OK;
}

grid_status measure_of(const inputs *in, const grid_cells *cells, const char *name, int64_t **own,
                       const int64_t **out, grid_error *err) {
    if (strcmp(name, "households") == 0) {
        *out = cells->households;
        return GRID_OK;
    }
    if (strcmp(name, "persons") == 0) {
        *out = in->persons ? cells->persons : NULL;
        return GRID_OK;
    }
    *out = *own = GRID_NEW(int64_t, cells->n_cells);
    if (*own == NULL)
        return grid_fail_nomem(err);
    if (strcmp(name, "area") != 0)
        return sum_column(in, cells, name, *own, err);
    for (uint32_t c = 0; c < cells->n_cells; c++)
        (*own)[c] = llround(cells->area_m2[c]);
    return GRID_OK;
}

grid_status measures_collect(const inputs *in, const grid_cells *cells, const scheme *plan,
                             const grid_context *ctx, measures *m, grid_error *err) {
    *m = (measures){0};
    for (size_t r = 0; r < plan->n_rules; r++) {
        const grid_rule *rule = &plan->rule[r];
        const int64_t *of;
        GRID_TRY(measure_of(in, cells, rule->measure, &m->own[r], &of, err));
        if (of == NULL) {
            grid_find(ctx, GRID_NOTE, "rule-not-applied", in->household->path,
                      "the rule on %s does not apply: the input has no %s", rule->measure,
                      rule->measure);
            continue;
        }
        m->of[m->n] = of;
        m->rule[m->n++] = *rule;
    }
    if (m->n == 0)
        return grid_fail(err, GRID_E_INPUT, "", "no rule of the scheme applies to this input");
    return GRID_OK;
}
