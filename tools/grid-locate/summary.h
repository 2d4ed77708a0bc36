/*
 * summary.h - what became of the rows, for people and as JSON.
 */
#ifndef GRID_LOCATE_SUMMARY_H
#define GRID_LOCATE_SUMMARY_H

#include "filter.h"

void summary_report(const filter_counts *counts);
void summary_say(const filter_counts *counts);

#endif
