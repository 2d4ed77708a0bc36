/*
 * memory.h - what a program may ask of malloc; the library leaves it as it is.
 */
#ifndef GRID_SRC_MEMORY_H
#define GRID_SRC_MEMORY_H

/**
 * For a program that takes and gives back large arrays in turn: what is given back stays with the
 * process from now on. The system would clear it for the next array, page by page, which takes a
 * tenth of a search for defects. Without effect where malloc is not glibc's.
 */
void grid_keep_memory(void);

#endif
