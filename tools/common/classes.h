/*
 * classes.h - the class tables of data/classes/, with what people write for a class.
 */
#ifndef GRID_TOOLS_CLASSES_H
#define GRID_TOOLS_CLASSES_H

#include <grid/component.h>

#include "common/options.h"

/**
 * Reads the table `components` or `events` and the aliases: the shipped ones, or those of a folder
 * among `more` (may be NULL), and adds the further tables named there.
 */
GRID_MUST_USE grid_status tool_classes_read(const char *table, const tool_list *more,
                                            grid_classes **out, grid_error *err);

#endif
