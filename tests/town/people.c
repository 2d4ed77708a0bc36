/*
 * Households and persons. Every community has a total that fits its number of grids; it is
 * spread over the homes by largest remainder, so that it is met to the last household.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "town.h"

enum { HOUSEHOLDS_A_GRID = 400, PERSONS_A_GRID = 1250 };

/* Spreads `total` over n shares: floors first, then one each to the largest remainders. */
typedef struct share_rest {
    double rest;
    size_t i;
} share_rest;

static int by_rest(const void *a, const void *b) {
    const share_rest *p = a, *q = b;
    if (p->rest != q->rest)
        return p->rest > q->rest ? -1 : 1;
    return p->i < q->i ? -1 : p->i > q->i;
}

static void spread(int64_t total, const double *share, size_t n, int64_t *out) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += share[i];
    share_rest *rest = GRID_NEW(share_rest, n);
    if (rest == NULL)
        town_die("out of memory");
    int64_t given = 0;
    for (size_t i = 0; i < n; i++) {
        double exact = (double)total * share[i] / sum;
        out[i] = (int64_t)floor(exact);
        given += out[i];
        rest[i] = (share_rest){exact - (double)out[i], i};
    }
    qsort(rest, n, sizeof *rest, by_rest);
    for (size_t k = 0; given < total; k = (k + 1) % n, given++)
        out[rest[k].i]++;
    free(rest);
}

typedef struct people {
    town_fill *fill;
    town_random random;
    double *mood;          /**< per compound: persons a household differ from place to place */
    GRID_VEC(size_t) home; /**< the community's buildings with homes */
    GRID_VEC(double) share;
    GRID_VEC(int64_t) count;
} people;

static void settle_community(people *p, int c, int64_t households, int64_t persons, bool verbose) {
    double homes = 0;
    p->home.n = p->share.n = p->count.n = 0;
    for (size_t i = 0; i < p->fill->building.n; i++) {
        const town_building *b = &p->fill->building.at[i];
        if (b->community != c || b->homes == 0)
            continue;
        homes += b->homes;
        TOWN_PUSH(&p->home, i);
        TOWN_PUSH(&p->share, b->homes * town_random_in(&p->random, .9, 1.1));
        TOWN_PUSH(&p->count, 0);
    }
    if (p->home.n == 0)
        town_die("a community has no homes");
    if (verbose)
        fprintf(stderr, "%s %-36s %6lld households in %6.0f homes (%.2f) of %zu buildings\n",
                town_communities[c].code, town_communities[c].name, (long long)households, homes,
                (double)households / homes, p->home.n);
    spread(households, p->share.at, p->home.n, p->count.at);
    for (size_t k = 0; k < p->home.n; k++) {
        town_building *b = &p->fill->building.at[p->home.at[k]];
        b->households = p->count.at[k];
        double mood = b->compound >= 0 ? p->mood[b->compound] : 1;
        p->share.at[k] = (double)b->households * mood * town_random_in(&p->random, .93, 1.07);
        // More homes are wanted than there are: the house has more floors.
        while (b->households > b->homes) {
            b->homes += b->homes / b->floors > 0 ? b->homes / b->floors : 1;
            b->floors++;
        }
    }
    spread(persons, p->share.at, p->home.n, p->count.at);
    for (size_t k = 0; k < p->home.n; k++)
        p->fill->building.at[p->home.at[k]].persons = p->count.at[k];
}

void town_people_build(town_fill *fill, int scale, uint64_t seed, bool verbose) {
    people p = {.fill = fill, .random = {seed * 31 + 5}};
    p.mood = GRID_NEW(double, fill->compound.n);
    if (p.mood == NULL)
        town_die("out of memory");
    for (size_t i = 0; i < fill->compound.n; i++)
        p.mood[i] = town_random_in(&p.random, .95, 1.05);
    for (int c = 0; c < TOWN_COMMUNITIES; c++) {
        int64_t grids = (int64_t)town_communities[c].grids * scale * scale;
        // A little off the mean, as towns are, and never near a count that no division fits.
        double households = HOUSEHOLDS_A_GRID * (double)grids;
        double persons = PERSONS_A_GRID * (double)grids;
        households *= town_random_in(&p.random, .985, 1.015);
        persons *= town_random_in(&p.random, .99, 1.01);
        settle_community(&p, c, (int64_t)households, (int64_t)persons, verbose);
    }
    for (size_t i = 0; i < fill->building.n; i++) {
        const town_building *b = &fill->building.at[i];
        if (b->compound >= 0) {
            fill->compound.at[b->compound].households += b->households;
            fill->compound.at[b->compound].persons += b->persons;
        }
    }
    free(p.mood);
    GRID_VEC_FREE(&p.home);
    GRID_VEC_FREE(&p.share);
    GRID_VEC_FREE(&p.count);
}
