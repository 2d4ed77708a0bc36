/*
 * ink.h - drawing on a page in millimetres: colours, text, shapes.
 */
#ifndef GRID_SRC_INK_H
#define GRID_SRC_INK_H

#include <cairo.h>
#include <grid/geom.h>
#include <pango/pangocairo.h>

#include "base/vec.h"

/** 0xRRGGBB. */
typedef uint32_t ink_colour;

/**
 * Drawings kept for all pages of a file: what many pages bear, such as the white rim of a name, is
 * drawn once, and a PDF stores it once.
 */
typedef struct ink_store ink_store;

ink_store *ink_store_new(void);
void ink_store_free(ink_store *store);

/** A line of text as it was drawn, for formats in which Cairo leaves no text to be searched. */
typedef struct ink_word {
    char *text;
    double x, y, angle, width, size; /**< (x, y): left end, on the base line */
} ink_word;

typedef GRID_VEC(ink_word) ink_words;

void ink_words_free(ink_words *words);

typedef struct ink {
    cairo_t *cr; /**< y down, one unit a millimetre */
    ink_store *store;
    PangoLayout *layout;
    PangoFontDescription *regular, *bold;
    ink_words *words; /**< NULL: none are wanted */
    size_t missing;   /**< characters without a glyph so far */
    bool failed;      /**< memory ran out on the way */
} ink;

/** A box on the page in millimetres, y down. */
typedef struct ink_box {
    double x0, y0, x1, y1;
} ink_box;

void ink_begin(ink *pen, cairo_t *cr, ink_store *store);
void ink_end(ink *pen);

/** The drawing kept under this key; NULL: none. Borrowed. */
cairo_surface_t *ink_kept(const ink *pen, const char *key);

/** Keeps a drawing, which is the store's from then on. */
void ink_keep(ink *pen, const char *key, cairo_surface_t *drawing);

void ink_set(ink *pen, ink_colour colour, double alpha);

typedef enum ink_align { INK_LEFT, INK_CENTRE, INK_RIGHT } ink_align;

typedef struct ink_type {
    double size; /**< of the em square */
    bool bold;
    ink_align align;
    ink_colour colour;
    double halo;    /**< width of the white rim; 0: none */
    double max;     /**< width it must keep; 0: any. Longer text is set narrower. */
    double spacing; /**< between characters */
} ink_type;

/** Width of one line of text. */
double ink_width(ink *pen, const char *text, const ink_type *type);

/** One line, its middle at height y. */
void ink_text(ink *pen, double x, double y, const char *text, const ink_type *type);

/** A letter turned by `angle` around its middle, which is (x, y). */
void ink_letter(ink *pen, double x, double y, double angle, const char *letter,
                const ink_type *type);

/**
 * Says what letters that stand in a row from `from` to `to` spell, so that a search finds them: as
 * text too faint to be seen.
 */
void ink_spell(ink *pen, grid_xy from, grid_xy to, const char *text, const ink_type *type);

/** Text in a column of `width`, wrapped; returns its height. Nothing is drawn when `dry`. */
double ink_paragraph(ink *pen, double x, double top, double width, const char *text,
                     const ink_type *type, bool dry);

/** How the world lies on the page. */
typedef struct ink_view {
    ink_box frame; /**< on the page */
    double x, y;   /**< world coordinates of the frame's middle */
    double mm_per_m;
    double hair; /**< so many mm lines may be moved to need fewer vertices */
} ink_view;

/** What a printer can show; what a small picture of a large area needs. */
#define INK_HAIR_FINE .1
#define INK_HAIR_COARSE .25

static inline double view_x(const ink_view *v, double x) {
    return (v->frame.x0 + v->frame.x1) / 2 + (x - v->x) * v->mm_per_m;
}
static inline double view_y(const ink_view *v, double y) {
    return (v->frame.y0 + v->frame.y1) / 2 - (y - v->y) * v->mm_per_m;
}
static inline double world_x(const ink_view *v, double x) {
    return v->x + (x - (v->frame.x0 + v->frame.x1) / 2) / v->mm_per_m;
}
static inline double world_y(const ink_view *v, double y) {
    return v->y - (y - (v->frame.y0 + v->frame.y1) / 2) / v->mm_per_m;
}

/** What the frame shows, in world coordinates. */
grid_box ink_view_box(const ink_view *v);

/**
 * Adds a chain to the path, moved by less than a hair. Vertices beyond the frame are left out where
 * that changes nothing in it.
 */
void ink_path(ink *pen, const ink_view *v, const grid_xy *xy, size_t n);

/** Adds all chains of a feature. */
void ink_path_feature(ink *pen, const ink_view *v, const grid_shapes *shapes, size_t f);

void ink_rectangle(ink *pen, ink_box box);

/** Fills and strokes the present path; a width of 0 does not stroke. */
void ink_paint(ink *pen, ink_colour fill, double alpha, ink_colour stroke, double width);
void ink_stroke(ink *pen, ink_colour colour, double width, const double *dash, int n_dash);

#endif
