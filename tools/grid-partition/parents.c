#include "parents.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

static bool read_texts(const grid_layer *layer, size_t n, const input_options *o,
                       given_texts *out) {
    *out = (given_texts){GRID_NEW(const char *, n), GRID_NEW(const char *, n)};
    for (size_t i = 0; out->code && out->name && i < n; i++) {
        out->code[i] = inputs_code(layer, i, o->code_field);
        out->name[i] = inputs_name(layer, i, o->name_field);
        if (*out->name[i] == '\0')
            out->name[i] = out->code[i];
    }
    return out->code && out->name;
}

static void free_texts(given_texts *t) {
    free(t->code);
    free(t->name);
}

bool parents_read(const inputs *in, const input_options *o, parents *p) {
    return read_texts(in->street, in->street->n, o, &p->street) &&
           (in->community == NULL || read_texts(in->community, in->community->n, o, &p->community));
}

void parents_free(parents *p) {
    free_texts(&p->street);
    free_texts(&p->community);
}
