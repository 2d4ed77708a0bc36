#include "draw/ink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static PangoFontDescription *font(bool bold) {
    /* The first that is installed; Pango goes on to any other for characters they lack. */
    PangoFontDescription *d = pango_font_description_from_string(
        "Noto Sans CJK SC,Source Han Sans SC,WenQuanYi Zen Hei,sans-serif");
    pango_font_description_set_weight(d, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    return d;
}

void ink_begin(ink *pen, cairo_t *cr, ink_store *store) {
    *pen = (ink){.cr = cr, .store = store, .layout = pango_cairo_create_layout(cr)};
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    PangoContext *context = pango_layout_get_context(pen->layout);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    pen->regular = font(false);
    pen->bold = font(true);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
}

void ink_end(ink *pen) {
    g_object_unref(pen->layout);
    pango_font_description_free(pen->regular);
    pango_font_description_free(pen->bold);
}

void ink_set(ink *pen, ink_colour c, double alpha) {
    cairo_set_source_rgba(pen->cr, (c >> 16 & 255) / 255.0, (c >> 8 & 255) / 255.0,
                          (c & 255) / 255.0, alpha);
}

/* ---- drawings kept ------------------------------------------------------------------ */

struct ink_store {
    GHashTable *drawings; /* key -> surface */
};

static void drop_surface(void *surface) {
    cairo_surface_destroy(surface);
}

ink_store *ink_store_new(void) {
    ink_store *store = malloc(sizeof *store);
    if (store != NULL)
        store->drawings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, drop_surface);
    return store;
}

void ink_store_free(ink_store *store) {
    if (store == NULL)
        return;
    g_hash_table_destroy(store->drawings);
    free(store);
}

cairo_surface_t *ink_kept(const ink *pen, const char *key) {
    return g_hash_table_lookup(pen->store->drawings, key);
}

void ink_keep(ink *pen, const char *key, cairo_surface_t *drawing) {
    g_hash_table_insert(pen->store->drawings, g_strdup(key), drawing);
}

/* ---- text --------------------------------------------------------------------------- */

/* Text is set a hundred times larger and scaled down, so that Pango's units are fine enough. */
enum { FINE = 100 };

static void set_text(ink *pen, const char *text, const ink_type *type) {
    PangoFontDescription *d = type->bold ? pen->bold : pen->regular;
    pango_font_description_set_absolute_size(d, type->size * FINE * PANGO_SCALE);
    pango_layout_set_font_description(pen->layout, d);
    pango_layout_set_width(pen->layout, -1);
    pango_layout_set_text(pen->layout, text, -1);
    if (type->spacing > 0) {
        PangoAttrList *list = pango_attr_list_new();
        pango_attr_list_insert(
            list, pango_attr_letter_spacing_new((int)(type->spacing * FINE * PANGO_SCALE)));
        pango_layout_set_attributes(pen->layout, list);
        pango_attr_list_unref(list);
    } else {
        pango_layout_set_attributes(pen->layout, NULL);
    }
}

static double layout_width(const ink *pen) {
    PangoRectangle logical;
    pango_layout_get_extents(pen->layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE / FINE;
}

double ink_width(ink *pen, const char *text, const ink_type *type) {
    set_text(pen, text, type);
    double width = layout_width(pen);
    return type->max > 0 && width > type->max ? type->max : width;
}

/* The outline of the layout's first line in white, its left end on the base line at (0, 0). */
static cairo_surface_t *draw_rim(const ink *pen, PangoLayoutLine *line, const ink_type *type) {
    double pad = 2 * type->halo;
    cairo_rectangle_t extent = {-pad, -1.2 * type->size - pad, layout_width(pen) + 2 * pad,
                                1.7 * type->size + 2 * pad};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extent);
    cairo_t *cr = cairo_create(surface);
    cairo_scale(cr, 1.0 / FINE, 1.0 / FINE);
    pango_cairo_layout_line_path(cr, line);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(cr, 2 * type->halo * FINE);
    cairo_stroke(cr);
    cairo_destroy(cr);
    return surface;
}

static void show_rim(ink *pen, PangoLayoutLine *line, const ink_type *type) {
    char *key = g_strdup_printf("%.3f %d %.3f %s", type->size, type->bold, type->halo,
                                pango_layout_get_text(pen->layout));
    cairo_surface_t *rim = ink_kept(pen, key);
    if (rim == NULL)
        ink_keep(pen, key, rim = draw_rim(pen, line, type));
    g_free(key);
    cairo_set_source_surface(pen->cr, rim, 0, 0);
    cairo_paint(pen->cr);
}

/* Draws the layout's first line with its left end at the origin, the middle of an em at y = 0. */
static void show(ink *pen, const ink_type *type) {
    PangoLayoutLine *line = pango_layout_get_line_readonly(pen->layout, 0);
    cairo_translate(pen->cr, 0, .37 * type->size);
    if (type->halo > 0)
        show_rim(pen, line, type);
    cairo_scale(pen->cr, 1.0 / FINE, 1.0 / FINE);
    ink_set(pen, type->colour, 1);
    cairo_move_to(pen->cr, 0, 0);
    pango_cairo_show_layout_line(pen->cr, line);
    cairo_new_path(pen->cr);
    pen->missing += (size_t)pango_layout_get_unknown_glyphs_count(pen->layout);
}

void ink_words_free(ink_words *words) {
    for (size_t i = 0; i < words->n; i++)
        free(words->at[i].text);
    GRID_VEC_FREE(words);
}

/* The em's middle is at height y. */
static void note(ink *pen, double x, double y, double angle, double width, const char *text,
                 const ink_type *type) {
    if (pen->words == NULL)
        return;
    double down = .37 * type->size;
    char *copy = strdup(text);
    if (copy == NULL ||
        !GRID_PUSH(pen->words, (ink_word){copy, x - down * sin(angle), y + down * cos(angle), angle,
                                          width, type->size})) {
        free(copy);
        pen->failed = true;
    }
}

void ink_text(ink *pen, double x, double y, const char *text, const ink_type *type) {
    if (text[0] == '\0')
        return;
    set_text(pen, text, type);
    double width = layout_width(pen), narrow = 1;
    if (type->max > 0 && width > type->max) {
        narrow = type->max / width;
        width = type->max;
    }
    x -= width * (type->align == INK_CENTRE ? .5 : type->align == INK_RIGHT ? 1 : 0);
    note(pen, x, y, 0, width, text, type);
    cairo_save(pen->cr);
    cairo_translate(pen->cr, x, y);
    cairo_scale(pen->cr, narrow, 1);
    show(pen, type);
    cairo_restore(pen->cr);
}

void ink_letter(ink *pen, double x, double y, double angle, const char *letter,
                const ink_type *type) {
    set_text(pen, letter, type);
    double width = layout_width(pen);
    cairo_save(pen->cr);
    cairo_translate(pen->cr, x, y);
    cairo_rotate(pen->cr, angle);
    cairo_translate(pen->cr, -width / 2, 0);
    show(pen, type);
    cairo_restore(pen->cr);
}

void ink_spell(ink *pen, grid_xy from, grid_xy to, const char *text, const ink_type *type) {
    double angle = atan2(to.y - from.y, to.x - from.x);
    double length = hypot(to.x - from.x, to.y - from.y);
    cairo_surface_type_t kind = cairo_surface_get_type(cairo_get_target(pen->cr));
    note(pen, from.x, from.y, angle, length, text, type);
    if (kind != CAIRO_SURFACE_TYPE_PDF)
        return;
    /* Much smaller than the letters, or readers would mix the two up. */
    ink_type small = *type;
    small.size /= 4;
    set_text(pen, text, &small);
    cairo_save(pen->cr);
    cairo_translate(pen->cr, (from.x + to.x) / 2, (from.y + to.y) / 2);
    cairo_rotate(pen->cr, angle);
    cairo_translate(pen->cr, -layout_width(pen) / 2, .37 * small.size);
    cairo_scale(pen->cr, 1.0 / FINE, 1.0 / FINE);
    ink_set(pen, 0xffffff, .005); /* Cairo leaves out what is wholly transparent */
    cairo_move_to(pen->cr, 0, 0);
    pango_cairo_show_layout_line(pen->cr, pango_layout_get_line_readonly(pen->layout, 0));
    cairo_new_path(pen->cr);
    cairo_restore(pen->cr);
}

/* The paragraph's lines, as it broke them. */
static void note_lines(ink *pen, double x, double top, const ink_type *type) {
    const char *text = pango_layout_get_text(pen->layout);
    PangoLayoutIter *iter = pango_layout_get_iter(pen->layout);
    do {
        PangoLayoutLine *line = pango_layout_iter_get_line_readonly(iter);
        PangoRectangle logical;
        pango_layout_iter_get_line_extents(iter, NULL, &logical);
        double base = (double)pango_layout_iter_get_baseline(iter) / PANGO_SCALE / FINE;
        char *part = strndup(text + line->start_index, (size_t)line->length);
        note(pen, x, top + base - .37 * type->size, 0, (double)logical.width / PANGO_SCALE / FINE,
             part != NULL ? part : "", type);
        free(part);
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
}

double ink_paragraph(ink *pen, double x, double top, double width, const char *text,
                     const ink_type *type, bool dry) {
    set_text(pen, text, type);
    pango_layout_set_width(pen->layout, (int)(width * FINE * PANGO_SCALE));
    pango_layout_set_wrap(pen->layout, PANGO_WRAP_WORD_CHAR);
    PangoRectangle logical;
    pango_layout_get_extents(pen->layout, NULL, &logical);
    double height = (double)logical.height / PANGO_SCALE / FINE;
    if (!dry) {
        if (pen->words != NULL)
            note_lines(pen, x, top, type);
        cairo_save(pen->cr);
        cairo_translate(pen->cr, x, top);
        cairo_scale(pen->cr, 1.0 / FINE, 1.0 / FINE);
        ink_set(pen, type->colour, 1);
        cairo_move_to(pen->cr, 0, 0);
        pango_cairo_show_layout(pen->cr, pen->layout);
        cairo_new_path(pen->cr);
        cairo_restore(pen->cr);
        pen->missing += (size_t)pango_layout_get_unknown_glyphs_count(pen->layout);
    }
    pango_layout_set_width(pen->layout, -1);
    return height;
}

/* ---- shapes ------------------------------------------------------------------------- */

grid_box ink_view_box(const ink_view *v) {
    return (grid_box){world_x(v, v->frame.x0), world_y(v, v->frame.y1), world_x(v, v->frame.x1),
                      world_y(v, v->frame.y0)};
}

void ink_rectangle(ink *pen, ink_box b) {
    cairo_rectangle(pen->cr, b.x0, b.y0, b.x1 - b.x0, b.y1 - b.y0);
}

void ink_paint(ink *pen, ink_colour fill, double alpha, ink_colour stroke, double width) {
    cairo_set_fill_rule(pen->cr, CAIRO_FILL_RULE_EVEN_ODD);
    ink_set(pen, fill, alpha);
    if (width <= 0) {
        cairo_fill(pen->cr);
        return;
    }
    cairo_fill_preserve(pen->cr);
    ink_stroke(pen, stroke, width, NULL, 0);
}

void ink_stroke(ink *pen, ink_colour colour, double width, const double *dash, int n_dash) {
    ink_set(pen, colour, 1);
    cairo_set_line_width(pen->cr, width);
    cairo_set_dash(pen->cr, dash, n_dash, 0);
    cairo_stroke(pen->cr);
    cairo_set_dash(pen->cr, NULL, 0, 0);
}
