/* Whether the posts are filled as the scheme wants them. */
#include "duty/duty.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

static const char *name_of(const duty_unit *u) {
    return u->name[0] != '\0' ? u->name : u->code;
}

/* Different persons that hold the post in the unit; several shifts count once. */
static size_t holders_of(const grid_duty *duty, const duty_unit *u, uint32_t post) {
    size_t n = 0;
    for (uint32_t i = u->first; i < u->after; i++) {
        bool first = duty->holders[i].post == post;
        for (uint32_t k = u->first; k < i && first; k++)
            first = duty->holders[k].post != post ||
                    duty->holders[k].person != duty->holders[i].person;
        n += first;
    }
    return n;
}

static void check_unit(const grid_duty *duty, const duty_unit *u, uint32_t post,
                       const grid_context *ctx, grid_post_count *count) {
    const grid_post *p = &duty->posts[post];
    size_t n = holders_of(duty, u, post);
    count->units++;
    count->holders += n;
    count->filled += n >= (size_t)p->min;
    if (n < (size_t)p->min && u->after > u->first)
        grid_find(ctx, GRID_FAULT, "post-missing", u->code, "%s has %zu of at least %" PRId64 " %s",
                  name_of(u), n, p->min, p->name);
    if (p->max >= 0 && n > (size_t)p->max)
        grid_find(ctx, GRID_FAULT, "post-crowded", u->code,
                  "%s has %zu %s, at most %" PRId64 " are allowed", name_of(u), n, p->name, p->max);
}

static int by_post_and_person(const void *a, const void *b) {
    const duty_holder *p = *(const duty_holder *const *)a, *q = *(const duty_holder *const *)b;
    if (p->post != q->post)
        return p->post < q->post ? -1 : 1;
    if (p->person != q->person)
        return p->person < q->person ? -1 : 1;
    return p->unit < q->unit ? -1 : p->unit > q->unit;
}

/* Persons per post, and who holds one in more units than it allows. */
static grid_status check_persons(const grid_duty *duty, const grid_context *ctx,
                                 grid_post_count *counts, grid_error *err) {
    const duty_holder **order = GRID_NEW(const duty_holder *, duty->n_holders);
    if (order == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < duty->n_holders; i++)
        order[i] = &duty->holders[i];
    qsort(order, duty->n_holders, sizeof *order, by_post_and_person);
    for (size_t i = 0; i < duty->n_holders;) {
        const duty_holder *h = order[i];
        const grid_post *p = &duty->posts[h->post];
        int64_t units = 0;
        for (uint32_t last = DUTY_NONE;
             i < duty->n_holders && order[i]->post == h->post && order[i]->person == h->person;
             i++) {
            units += order[i]->unit != last;
            last = order[i]->unit;
        }
        counts[h->post].persons++;
        if (p->max_units >= 0 && units > p->max_units)
            grid_find(ctx, GRID_FAULT, "post-spread", h->told.person,
                      "%s is %s in %" PRId64 " units, at most %" PRId64 " are allowed",
                      h->told.person, p->name, units, p->max_units);
    }
    free(order);
    return GRID_OK;
}

/* A unit whose level has posts that must be filled, and nobody in any of them. */
static void check_unmanned(const grid_duty *duty, const duty_unit *u, const grid_context *ctx) {
    bool wanted = false;
    for (size_t p = 0; p < duty->n_posts; p++)
        wanted |= duty->posts[p].min > 0 && strcmp(duty->posts[p].level, u->level) == 0;
    if (wanted && u->first == u->after)
        grid_find(ctx, GRID_FAULT, "unit-unmanned", u->code, "%s has nobody in any post",
                  name_of(u));
}

/* A holder whose unit is not of the post's level. */
static void check_levels(const grid_duty *duty, const grid_context *ctx) {
    for (size_t i = 0; i < duty->n_holders; i++) {
        const duty_holder *h = &duty->holders[i];
        if (strcmp(duty->posts[h->post].level, duty->units[h->unit].level) != 0)
            grid_find(ctx, GRID_FAULT, "post-level", h->told.unit_code,
                      "%s is %s, a post of the level %s, in a unit of the level %s", h->told.person,
                      duty->posts[h->post].name, duty->posts[h->post].level,
                      duty->units[h->unit].level);
    }
}

grid_status grid_duty_check(const grid_duty *duty, const grid_context *ctx, grid_post_count *counts,
                            grid_error *err) {
    grid_post_count *own = GRID_NEW(grid_post_count, duty->n_posts);
    if (own == NULL)
        return grid_fail_nomem(err);
    for (uint32_t p = 0; p < duty->n_posts; p++) {
        const grid_post *post = &duty->posts[p];
        own[p] = (grid_post_count){.post = post->post, .name = post->name, .level = post->level};
        for (size_t u = 0; u < duty->n_units; u++)
            if (strcmp(duty->units[u].level, post->level) == 0)
                check_unit(duty, &duty->units[u], p, ctx, &own[p]);
    }
    for (size_t u = 0; u < duty->n_units; u++)
        check_unmanned(duty, &duty->units[u], ctx);
    check_levels(duty, ctx);
    grid_status status = check_persons(duty, ctx, own, err);
    if (status == GRID_OK && counts != NULL)
        memcpy(counts, own, duty->n_posts * sizeof *own);
    free(own);
    return status;
}
