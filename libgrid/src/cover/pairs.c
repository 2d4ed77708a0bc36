#include "cover/pairs.h"

#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Boxes under one node of the hierarchy; sets of at most FEW boxes are joined without one. */
enum { FAN = PAIR_BLOCK, FEW = 64, MAX_LEVELS = 24 };

static void set_columns(pair_boxes *boxes, float *memory, size_t cap) {
    *boxes = (pair_boxes){boxes->n, cap, memory, memory + cap, memory + 2 * cap, memory + 3 * cap};
}

bool pair_boxes_reserve(pair_boxes *boxes, size_t n) {
    if (n + FAN > boxes->cap) { /* room for reading FAN boxes from any on */
        size_t cap = boxes->cap + boxes->cap / 2;
        cap = cap > n + FAN ? cap : n + FAN;
        if (cap > SIZE_MAX / (4 * sizeof(float)))
            return false;
        float *memory = GRID_RAW(float, 4 * cap);
        if (memory == NULL)
            return false;
        free(boxes->min_x);
        set_columns(boxes, memory, cap);
    }
    boxes->n = n;
    return true;
}

void pair_boxes_free(pair_boxes *boxes) {
    free(boxes->min_x);
    *boxes = (pair_boxes){0};
}

unsigned pair_boxes_overlapping(const pair_boxes *a, size_t i, const pair_boxes *b, size_t at) {
    static const int bit[PAIR_BLOCK] = {1, 2, 4, 8, 16, 32, 64, 128};
    float min_x = a->min_x[i], min_y = a->min_y[i], max_x = a->max_x[i], max_y = a->max_y[i];
    int found = 0;
    for (size_t l = 0; l < PAIR_BLOCK; l++) /* written so that compilers do several at once */
        found |= -((b->min_x[at + l] <= max_x) & (min_x <= b->max_x[at + l]) &
                   (b->min_y[at + l] <= max_y) & (min_y <= b->max_y[at + l])) &
                 bit[l];
    return (unsigned)found;
}

typedef struct joiner {
    unsigned levels;
    pair_boxes level[MAX_LEVELS]; /* level 0 is the caller's */
    pair_visit *visit;
    void *user;
} joiner;

/* Pairs of box i with boxes begin .. end-1, found several at a time. */
static bool join_one(const joiner *k, const pair_boxes *b, size_t i, size_t begin, size_t end) {
    enum { BLOCK = 8 };
    float min_x = b->min_x[i], min_y = b->min_y[i], max_x = b->max_x[i], max_y = b->max_y[i];
    size_t j = begin;
    for (; j + BLOCK <= end; j += BLOCK) {
        int hit[BLOCK], any = 0;
        for (size_t l = 0; l < BLOCK; l++) {
            hit[l] = (b->min_x[j + l] <= max_x) & (min_x <= b->max_x[j + l]) &
                     (b->min_y[j + l] <= max_y) & (min_y <= b->max_y[j + l]);
            any |= hit[l];
        }
        if (any)
            for (size_t l = 0; l < BLOCK; l++)
                if (hit[l] && !k->visit(k->user, i, j + l))
                    return false;
    }
    for (; j < end; j++)
        if (pair_boxes_overlap(b, i, j) && !k->visit(k->user, i, j))
            return false;
    return true;
}

/* Which of the FAN boxes from `at` on, as far as there are any, overlap box i of `a`. */
static unsigned overlapping(const pair_boxes *a, size_t i, const pair_boxes *b, size_t at) {
    size_t n = b->n - at < FAN ? b->n - at : FAN;
    return pair_boxes_overlapping(a, i, b, at) & ((1u << n) - 1);
}

/* Pairs below nodes i <= j of a level; level 0 has none below. */
static bool join_nodes(const joiner *k, unsigned level, size_t i, size_t j) {
    if (level == 0)
        return i == j || k->visit(k->user, i, j);
    const pair_boxes *below = &k->level[level - 1];
    unsigned as = overlapping(&k->level[level], j, below, i * FAN);
    for (; as != 0; as &= as - 1) {
        unsigned a = lowest_bit(as), bs = overlapping(below, i * FAN + a, below, j * FAN);
        if (i == j)
            bs &= ~0u << a;
        for (; bs != 0; bs &= bs - 1)
            if (!join_nodes(k, level - 1, i * FAN + a, j * FAN + lowest_bit(bs)))
                return false;
    }
    return true;
}

static bool build_level(joiner *k) {
    const pair_boxes *below = &k->level[k->levels - 1];
    pair_boxes *up = &k->level[k->levels];
    *up = (pair_boxes){0};
    if (!pair_boxes_reserve(up, (below->n + FAN - 1) / FAN))
        return false;
    k->levels++;
    for (size_t i = 0; i < up->n; i++) {
        pair_boxes_copy(up, i, below, i * FAN);
        for (size_t c = i * FAN + 1; c < below->n && c < (i + 1) * FAN; c++)
            pair_boxes_extend(up, i, below, c);
    }
    return true;
}

bool pair_boxes_join(const pair_boxes *boxes, pair_visit *visit, void *user) {
    joiner k = {.levels = 1, .visit = visit, .user = user};
    k.level[0] = *boxes;
    if (boxes->n <= FEW) {
        for (size_t i = 0; i + 1 < boxes->n; i++)
            if (!join_one(&k, boxes, i, i + 1, boxes->n))
                break;
        return true;
    }
    bool done = true;
    while (done && k.level[k.levels - 1].n > 1)
        done = build_level(&k);
    if (done)
        join_nodes(&k, k.levels - 1, 0, 0);
    for (unsigned l = 1; l < k.levels; l++)
        pair_boxes_free(&k.level[l]);
    return done;
}
