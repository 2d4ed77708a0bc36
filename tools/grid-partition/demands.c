#include "demands.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

static grid_status read_column(const grid_layer *layer, const char *field, int64_t **out,
                               grid_error *err) {
    const grid_column *column = layer ? grid_layer_column(layer, field) : NULL;
    if (column == NULL)
        return GRID_OK;
    *out = GRID_NEW(int64_t, layer->n);
    if (*out == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n; i++) {
        char where[256], value[32];
        if (!column->null[i] && (!grid_column_integer(column, i, &(*out)[i]) || (*out)[i] < 0))
            return grid_fail(err, GRID_E_INPUT, grid_layer_where(layer, i, where),
                             "%s is '%s': not a number of units", column->name,
                             grid_column_text(column, i, value));
    }
    return GRID_OK;
}

grid_status demands_read(const inputs *in, const demand_options *o, demands *d, grid_error *err) {
    const grid_column *column;
    *d = (demands){0};
    if (o->field != NULL) {
        GRID_TRY(read_column(in->community, o->field, &d->community, err));
        GRID_TRY(read_column(in->street, o->field, &d->street, err));
        if (d->community == NULL && d->street == NULL)
            return grid_layer_find_column(in->street, o->field, &column, err);
    }
    if (o->each > 0 && d->street != NULL)
        return grid_fail(err, GRID_E_ARG, "",
                         "column %s of the streets says how many each shall have, and so does the "
                         "number given",
                         o->field);
    if (o->each > 0) {
        d->street = GRID_NEW(int64_t, in->street->n);
        if (d->street == NULL)
            return grid_fail_nomem(err);
        for (size_t i = 0; i < in->street->n; i++)
            d->street[i] = o->each;
    }
    return GRID_OK;
}

void demands_free(demands *d) {
    free(d->community);
    free(d->street);
}
