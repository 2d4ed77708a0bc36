/*
 * shape.c - the price of a shape: how far it is from compact, squared, so that one tentacle costs
 * more than many slight bends, times the side of a square as large, so that it is a length like the
 * borders' own price and means the same in a village and among towers. What is hopeless anyway
 * (the rim of a given area) weighs little, since the measure ends at 0.
 * Source of the measure: D. Polsby, R. Popper, "The Third Criterion" (1991).
 */
#include "partition/shape.h"

#include <math.h>

#include "partition/rules.h"

static const double ROUND = 0.85; /* Polsby-Popper measure from which on a shape costs nothing */
static const double WEIGHT = 5;   /* sides of border of price 1 for missing all of that */

int64_t shape_price(int64_t area_dm2, int64_t perimeter_mm) {
    if (area_dm2 <= 0 || perimeter_mm <= 0)
        return 0;
    double area_m2 = (double)area_dm2 / 100, perimeter_m = (double)perimeter_mm / 1000;
    double miss = ROUND - 4 * M_PI * area_m2 / (perimeter_m * perimeter_m);
    return miss > 0 ? (int64_t)(WEIGHT * sqrt(area_m2) * miss * miss * (double)COST_PER_M) : 0;
}
