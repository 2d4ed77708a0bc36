#include "town.h"

/* Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014. */
uint64_t town_random_next(town_random *r) {
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double town_random_in(town_random *r, double low, double high) {
    return low + (high - low) * ((double)(town_random_next(r) >> 11) / 9007199254740992.0);
}

int town_random_int(town_random *r, int low, int high) {
    return low + (int)town_random_pick(r, (size_t)(high - low) + 1);
}

bool town_random_chance(town_random *r, double p) {
    return town_random_in(r, 0, 1) < p;
}

size_t town_random_pick(town_random *r, size_t n) {
    return (size_t)(((unsigned __int128)town_random_next(r) * n) >> 64);
}
