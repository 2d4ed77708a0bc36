/*
 * records.h - the levels below the areas: buildings (楼栋) and households (住户), a record each.
 */
#ifndef GRID_PARTITION_RECORDS_H
#define GRID_PARTITION_RECORDS_H

#include "work.h"

/**
 * Adds the record levels of the scheme to the tables. A building is a feature of the household
 * layer that lies in a cell, with its footprint if it has one; a household is a row of the
 * table of households. In an update those that live on keep their codes (old_records.h), and what
 * became of the others is told to w->old. Where only counts are known, the households are left out,
 * and a finding "level-left-out" says so.
 */
grid_status records_build(const inputs *in, const scheme *plan, const grid_context *ctx, work *w,
                          grid_error *err);

#endif
