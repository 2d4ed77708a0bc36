/* Shifts, times and unit names as people write them. */
#include <grid/duty.h>
#include <stdlib.h>
#include <string.h>

static const grid_duty_unit units[] = {
    {"410482001", "", "煤山街道", "street"},
    {"410482001001", "410482001", "西东社区居民委员会", "community"},
    {"410482001001001", "410482001001", "第一网格", "grid"},
    {"410482001001002", "410482001001", "第二网格", "grid"},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = strndup((const char *)data, size);
    grid_duty_time at, noon = {"2026-11-22", 7, 12 * 60};
    grid_roster *roster;
    const char *found;
    if (text == NULL || grid_roster_new(units, 4, &roster, NULL) != GRID_OK)
        abort();
    /* What is no shift covers nothing. */
    if (grid_shift_covers(text, &noon) && !grid_shift_check(text))
        abort();
    if (grid_duty_time_read(text, &at) &&
        (at.minute < 0 || at.minute >= 24 * 60 || at.weekday < 0 || at.weekday > 7))
        abort();
    if (grid_roster_find(roster, text, &found) == GRID_ROSTER_FOUND && found == NULL)
        abort();
    grid_roster_free(roster);
    free(text);
    return 0;
}
