/*
 * pdf.h - one PDF out of several: Cairo draws on one thread per document, so an atlas is drawn as
 * several documents at once and joined here, page after page.
 */
#ifndef GRID_SRC_PDF_H
#define GRID_SRC_PDF_H

#include <grid/base.h>
#include <stdio.h>

typedef struct pdf pdf;

/** Begins a file, which stays the caller's; NULL when memory ran out. */
pdf *pdf_new(FILE *file);
void pdf_free(pdf *out);

/**
 * Adds the pages of a document that Cairo wrote, restricted to version 1.4 (later ones may pack
 * their objects). Failed writes are left for the file to tell.
 */
GRID_MUST_USE grid_status pdf_add(pdf *out, const char *bytes, size_t n, grid_error *err);

/** Gives page `page` of the whole file, and those after it, a name. False when memory ran out. */
bool pdf_name_page(pdf *out, size_t page, const char *title);

size_t pdf_pages(const pdf *out);

/** Writes what stands at the end: page tree, outline, labels, table of objects. */
GRID_MUST_USE grid_status pdf_end(pdf *out, const char *date, grid_error *err);

#endif
