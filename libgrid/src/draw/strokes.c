#include "draw/strokes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* One chain of a named line. */
typedef struct link {
    const char *name;
    size_t chain;
    uint8_t border_class;
    bool used;
} link;

/* An end of a link: where it is, and which link it belongs to. */
typedef struct link_end {
    grid_xy at;
    uint32_t link;
    bool last; /* the end of the chain, not its beginning */
} link_end;

static int by_name(const void *x, const void *y) {
    const link *a = x, *b = y;
    int c = strcmp(a->name, b->name);
    return c != 0 ? c : a->chain < b->chain ? -1 : a->chain > b->chain;
}

static int by_place(const void *x, const void *y) {
    const link_end *a = x, *b = y;
    if (a->at.x != b->at.x)
        return a->at.x < b->at.x ? -1 : 1;
    if (a->at.y != b->at.y)
        return a->at.y < b->at.y ? -1 : 1;
    return a->link != b->link ? (a->link < b->link ? -1 : 1) : (int)a->last - (int)b->last;
}

typedef GRID_VEC(grid_xy) line;

typedef struct joiner {
    const grid_shapes *s;
    link *links; /* of one name */
    size_t n;
    link_end *ends; /* ordered by place */
    line path;
} joiner;

static const grid_xy *chain_at(const joiner *j, uint32_t l, size_t *n) {
    size_t c = j->links[l].chain;
    *n = j->s->xy_start[c + 1] - j->s->xy_start[c];
    return j->s->xy + j->s->xy_start[c];
}

static double turn(const grid_xy *a, const grid_xy *b, const grid_xy *c) {
    double angle = atan2(c->y - b->y, c->x - b->x) - atan2(b->y - a->y, b->x - a->x);
    return fabs(remainder(angle, 2 * M_PI));
}

/* The unused link that goes on most straight from the path's end; false when none does. */
static bool next_link(const joiner *j, link_end *out) {
    const grid_xy *end = &j->path.at[j->path.n - 1], *before = end - 1;
    size_t low = 0, high = 2 * j->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const grid_xy *at = &j->ends[middle].at;
        if (at->x < end->x || (at->x == end->x && at->y < end->y))
            low = middle + 1;
        else
            high = middle;
    }
    double best = M_PI / 3; /* a sharper turn is another stretch of the road */
    bool found = false;
    for (; low < 2 * j->n && j->ends[low].at.x == end->x && j->ends[low].at.y == end->y; low++) {
        const link_end *e = &j->ends[low];
        if (j->links[e->link].used)
            continue;
        size_t n;
        const grid_xy *xy = chain_at(j, e->link, &n);
        double bend = turn(before, end, e->last ? &xy[n - 2] : &xy[1]);
        if (bend < best) {
            best = bend;
            *out = *e;
            found = true;
        }
    }
    return found;
}

static bool append(joiner *j, uint32_t l, bool reversed) {
    size_t n;
    const grid_xy *xy = chain_at(j, l, &n);
    j->links[l].used = true;
    for (size_t i = j->path.n > 0 ? 1 : 0; i < n; i++)
        if (!GRID_PUSH(&j->path, xy[reversed ? n - 1 - i : i]))
            return false;
    return true;
}

static void reverse(line *path) {
    for (size_t i = 0; i < path->n / 2; i++) {
        grid_xy swap = path->at[i];
        path->at[i] = path->at[path->n - 1 - i];
        path->at[path->n - 1 - i] = swap;
    }
}

/* The longest line through link l: from its end as far as it goes, then from its beginning. */
static bool follow(joiner *j, uint32_t l) {
    j->path.n = 0;
    if (!append(j, l, false))
        return false;
    for (int direction = 0; direction < 2; direction++) {
        link_end next;
        while (next_link(j, &next))
            if (!append(j, next.link, next.last))
                return false;
        reverse(&j->path);
    }
    return true;
}

static bool keep(strokes *out, const joiner *j, const link *first, size_t *cap) {
    size_t n = out->shapes->n;
    if (n == *cap) {
        *cap = *cap ? 2 * *cap : 64;
        const char **names = realloc(out->name, *cap * sizeof *names);
        if (names == NULL)
            return false;
        out->name = names;
        uint8_t *classes = realloc(out->border_class, *cap);
        if (classes == NULL)
            return false;
        out->border_class = classes;
    }
    out->name[n] = first->name;
    out->border_class[n] = first->border_class;
    bool ok = grid_shapes_begin(out->shapes, GRID_SHAPE_LINE) &&
              grid_shapes_begin_part(out->shapes) && grid_shapes_begin_chain(out->shapes);
    for (size_t i = 0; ok && i < j->path.n; i++)
        ok = grid_shapes_add(out->shapes, j->path.at[i].x, j->path.at[i].y);
    return ok;
}

static bool join_name(joiner *j, strokes *out, size_t *cap) {
    for (uint32_t l = 0; l < j->n; l++) {
        size_t n;
        const grid_xy *xy = chain_at(j, l, &n);
        j->ends[2 * l] = (link_end){xy[0], l, false};
        j->ends[2 * l + 1] = (link_end){xy[n - 1], l, true};
    }
    qsort(j->ends, 2 * j->n, sizeof *j->ends, by_place);
    for (uint32_t l = 0; l < j->n; l++)
        if (!j->links[l].used && (!follow(j, l) || !keep(out, j, &j->links[l], cap)))
            return false;
    return true;
}

static bool join_all(const grid_map_layer *layer, strokes *out) {
    const grid_shapes *s = layer->shapes;
    GRID_VEC(link) links = {0};
    bool ok = true;
    for (size_t f = 0; ok && f < s->n; f++) {
        if (s->kind[f] != GRID_SHAPE_LINE || layer->name == NULL || layer->name[f] == NULL ||
            layer->name[f][0] == '\0')
            continue;
        uint8_t class = layer->border_class != NULL ? layer->border_class[f] : 0;
        for (size_t c = s->chain_start[s->part_start[f]];
             ok && c < s->chain_start[s->part_start[f + 1]]; c++)
            if (s->xy_start[c + 1] - s->xy_start[c] >= 2)
                ok = GRID_PUSH(&links, (link){layer->name[f], c, class, false});
    }
    if (links.n > 0)
        qsort(links.at, links.n, sizeof *links.at, by_name);
    joiner j = {.s = s, .ends = GRID_NEW(link_end, 2 * links.n)};
    ok = ok && j.ends != NULL;
    size_t cap = 0;
    for (size_t i = 0, k; ok && i < links.n; i = k) {
        for (k = i; k < links.n && strcmp(links.at[k].name, links.at[i].name) == 0; k++)
            continue;
        j.links = links.at + i;
        j.n = k - i;
        ok = join_name(&j, out, &cap);
    }
    GRID_VEC_FREE(&j.path);
    GRID_VEC_FREE(&links);
    free(j.ends);
    return ok;
}

grid_status strokes_build(const grid_map_layer *layer, strokes **out, grid_error *err) {
    *out = GRID_NEW(strokes, 1);
    if (*out == NULL)
        return grid_fail_nomem(err);
    (*out)->shapes = grid_shapes_new();
    if ((*out)->shapes == NULL || (layer->shapes != NULL && !join_all(layer, *out)))
        return grid_fail_nomem(err);
    return grid_rtree_build_shapes((*out)->shapes, &(*out)->tree, err);
}

void strokes_free(strokes *s) {
    if (s == NULL)
        return;
    grid_shapes_free(s->shapes);
    free(s->name);
    free(s->border_class);
    grid_rtree_free(s->tree);
    free(s);
}
