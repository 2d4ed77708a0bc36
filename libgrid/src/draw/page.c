/* The map as one web page: Leaflet, the page's own script, and the division as JSON. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "draw/page.h"
#include "draw/theme.h"
#include "draw/tints.h"
#include "draw/web.h"

/* ---- the division ------------------------------------------------------------------- */

static void put_people(page *p, const char *code) {
    size_t begin, end;
    atlas_persons(p->a, code, &begin, &end);
    fputc('[', p->f);
    for (size_t i = begin; i < end; i++) {
        const grid_map_person *person = &p->a->map.person[p->a->person_of[i]];
        fputs(i > begin ? ",[" : "[", p->f);
        page_text(p->f, person->post);
        fputc(',', p->f);
        page_text(p->f, person->name);
        fputc(',', p->f);
        page_text(p->f, person->phone);
        fputc(']', p->f);
    }
    fputc(']', p->f);
}

/* [code, name, parent, households, persons, area, status, reason, 四至, people, label's place] */
static void put_unit(page *p, size_t level, uint32_t i) {
    const grid_units *u = p->a->map.units[level];
    uint32_t parent = p->a->level[level].parent[i];
    fputs(i > 0 ? ",\n[" : "[", p->f);
    page_text(p->f, u->code[i]);
    fputc(',', p->f);
    page_text(p->f, u->name[i]);
    fprintf(p->f, ",%lld,%lld,%lld,%.0f,", parent == GRID_NONE ? -1LL : (long long)parent,
            (long long)u->households[i], (long long)u->persons[i], u->area_m2[i]);
    page_text(p->f, u->status != NULL ? u->status[i] : "OK");
    fputc(',', p->f);
    page_text(p->f, u->reason != NULL ? u->reason[i] : "");
    fputc(',', p->f);
    page_text(p->f, grid_atlas_bounds(p->a, level, i));
    fputc(',', p->f);
    put_people(p, u->code[i]);
    fputc(',', p->f);
    page_place(p, p->a->level[level].anchor[i]);
    fputc(']', p->f);
}

static void put_levels(page *p) {
    fputs("\"levels\":[", p->f);
    for (size_t l = 0; l < p->a->n_levels; l++) {
        fputs(l > 0 ? ",\n{" : "{", p->f);
        page_key(p->f, "name", p->a->map.level[l].name);
        page_key(p->f, "word", grid_level_word(p->a->map.level[l].name));
        fputs("\"units\":[", p->f);
        for (uint32_t i = 0; i < p->a->map.units[l]->n; i++)
            put_unit(p, l, i);
        fputs("]}", p->f);
    }
    fputs("],\n", p->f);
}

/* Borders, each once: coordinates and the level that it divides. */
static bool put_arcs(page *p, const grid_arcs *arcs) {
    bool ok = true;
    fputs("\"arcs\":[", p->f);
    for (size_t i = 0; ok && i < arcs->n; i++) {
        fputs(i > 0 ? ",\n" : "", p->f);
        ok = page_chain(p, arcs->xy + arcs->arc[i].xy_start, arcs->arc[i].n_xy);
    }
    fputs("],\n\"rank\":\"", p->f);
    for (size_t i = 0; i < arcs->n; i++)
        fputc("0123456789abcdef"[p->a->arc_rank[i]], p -> f);
    fputs("\",\n", p->f);
    return ok;
}

/* Per grid its rings, each a list of arcs; -1 - a is arc a backwards. */
static void put_rings(page *p, const grid_arcs *arcs) {
    const grid_shapes *s = p->a->map.units[p->a->grids]->shapes;
    fputs("\"rings\":[", p->f);
    for (size_t f = 0; f < s->n; f++) {
        fputs(f > 0 ? ",[" : "[", p->f);
        size_t begin = s->chain_start[s->part_start[f]], end = s->chain_start[s->part_start[f + 1]];
        for (size_t c = begin; c < end; c++) {
            fputs(c > begin ? ",[" : "[", p->f);
            for (size_t r = arcs->ref_start[c]; r < arcs->ref_start[c + 1]; r++)
                fprintf(p->f, "%s%d", r > arcs->ref_start[c] ? "," : "", arcs->ref[r]);
            fputc(']', p->f);
        }
        fputc(']', p->f);
    }
    fputs("],\n\"tint\":\"", p->f);
    for (size_t f = 0; f < s->n; f++)
        fputc('0' + p->a->colour[f] % 6, p->f);
    fputs("\",\n\"tints\":[", p->f);
    for (int i = 0; i < 6; i++)
        fprintf(p->f, "%s\"#%06x\"", i > 0 ? "," : "", grid_tints[i]);
    fputs("],\n", p->f);
}

static bool has_values(const grid_atlas *a, grid_theme theme) {
    for (size_t i = 0; i < a->map.units[a->grids]->n; i++)
        if (!isnan(grid_atlas_value(a, theme, i)))
            return true;
    return false;
}

static void put_theme(page *p, grid_theme theme) {
    theme_classes c;
    theme_build(p->a, theme, &c);
    fputc('{', p->f);
    page_key(p->f, "name", grid_theme_name(theme));
    page_key(p->f, "title", c.title);
    page_key(p->f, "unit", c.unit);
    fputs("\"limit\":[", p->f);
    for (int i = 0; i + 1 < THEME_CLASSES; i++) {
        fputs(i > 0 ? "," : "", p->f);
        page_number(p->f, c.limit[i], 6);
    }
    fputs("],\"colour\":[", p->f);
    for (int i = 0; i < THEME_CLASSES; i++)
        fprintf(p->f, "%s\"#%06x\"", i > 0 ? "," : "", c.colour[i]);
    fputs("],\"values\":[", p->f);
    for (size_t i = 0; i < p->a->map.units[p->a->grids]->n; i++) {
        fputs(i > 0 ? "," : "", p->f);
        page_number(p->f, grid_atlas_value(p->a, theme, i), 4);
    }
    fputs("]}", p->f);
}

static void put_themes(page *p) {
    bool first = true;
    fputs("\"themes\":[", p->f);
    for (grid_theme t = GRID_THEME_NONE + 1; t < GRID_THEMES; t++) {
        if (!has_values(p->a, t))
            continue;
        fputs(first ? "" : ",\n", p->f);
        put_theme(p, t);
        first = false;
    }
    fputs("],\n", p->f);
}

/* ---- the ground --------------------------------------------------------------------- */

/* Features of a layer as [name, class, chains]. */
static bool put_layer(page *p, const char *key, const grid_map_layer *layer) {
    bool first = true, ok = true;
    fprintf(p->f, "\"%s\":[", key);
    for (size_t f = 0; ok && layer->shapes != NULL && f < layer->shapes->n; f++) {
        if (layer->shapes->kind[f] == GRID_SHAPE_NONE)
            continue;
        fputs(first ? "[" : ",\n[", p->f);
        page_text(p->f, layer->name != NULL && layer->name[f] != NULL ? layer->name[f] : "");
        fprintf(p->f, ",%u,",
                layer->border_class != NULL ? layer->border_class[f] : (unsigned)GRID_BORDER_ROAD);
        ok = page_feature(p, layer->shapes, f);
        fputc(']', p->f);
        first = false;
    }
    fputs("],\n", p->f);
    return ok;
}

/* Lines that are the borders themselves are in the page already. */
static grid_map_layer lines_of(const page *p) {
    const grid_map *m = &p->a->map;
    if (m->borders != NULL && m->lines.shapes == m->borders->shapes)
        return (grid_map_layer){0};
    grid_map_layer lines = m->lines;
    if (p->lines != NULL)
        lines.shapes = p->lines;
    return lines;
}

static bool put_data(page *p, const grid_arcs *arcs, const grid_page_options *o) {
    const grid_map *m = &p->a->map;
    grid_map_layer lines = lines_of(p);
    fputs("{", p->f);
    page_key(p->f, "title",
             m->title != NULL      ? m->title
             : m->units[0]->n == 1 ? atlas_place(p->a, 0, 0)
                                   : "网格图");
    page_key(p->f, "date", m->date);
    page_key(p->f, "source", m->source);
    page_key(p->f, "crs", m->crs_name != NULL ? m->crs_name : m->crs);
    page_key(p->f, "theme", grid_theme_name(o->theme));
    fprintf(p->f, "\"gcj02\":%s,\"simplified\":%g,\n", o->gcj02 ? "true" : "false", o->simplify_m2);
    put_levels(p);
    put_rings(p, arcs);
    put_themes(p);
    bool ok = put_arcs(p, arcs) && put_layer(p, "lines", &lines) &&
              put_layer(p, "water", &m->water) && put_layer(p, "compounds", &m->compounds) &&
              put_layer(p, "buildings", &m->buildings) &&
              put_layer(p, "components", &m->components) && page_defects(p);
    fputs("\"end\":0}", p->f);
    return ok;
}

/* ---- the file ----------------------------------------------------------------------- */

static bool put_page(page *p, const grid_arcs *arcs, const grid_page_options *o) {
    /* Leaflet's licence asks that its text goes where Leaflet goes. */
    fprintf(p->f, "<!DOCTYPE html>\n<!-- Leaflet:\n%s-->\n", web_leaflet_licence);
    fputs("<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>网格图</title>\n<style>\n",
          p->f);
    fprintf(p->f, "%s\n%s\n</style>\n</head>\n%s\n<script type=\"application/json\" id=\"data\">\n",
            web_leaflet_css, web_app_css, web_body);
    bool ok = put_data(p, arcs, o);
    fprintf(p->f, "\n</script>\n<script>\n%s\n</script>\n<script>\n%s\n</script>\n</html>\n",
            web_leaflet_js, web_app_js);
    return ok;
}

static grid_status write_page(const grid_atlas *a, const grid_arcs *arcs, const grid_shapes *lines,
                              const grid_page_options *o, const char *path, const grid_context *ctx,
                              grid_error *err) {
    page p = {.a = a, .lines = lines};
    GRID_TRY(page_check(&p, ctx, err));
    grid_status status = grid_crs_transform_new(a->map.crs, "wgs84", &p.to_wgs84, err);
    if (status != GRID_OK) {
        grid_cover_report_free(p.report);
        return status;
    }
    p.f = fopen(path, "w");
    bool whole = p.f != NULL && put_page(&p, arcs, o), written = p.f != NULL && !ferror(p.f);
    int why = errno;
    if (p.f == NULL || fclose(p.f) != 0 || !written)
        status = grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s", strerror(why));
    else if (!whole)
        status = grid_fail_nomem(err);
    GRID_VEC_FREE(&p.xy);
    grid_crs_transform_free(p.to_wgs84);
    grid_cover_report_free(p.report);
    return status;
}

/* Vertices of borders that a phone still draws without waiting; about 8 MB of text. */
enum { PAGE_VERTICES = 900000 };

/* Simplifies more and more until the page is small enough. Returns the last threshold. */
static grid_status simplify(grid_arcs *arcs, double wanted_m2, double *used_m2, grid_error *err) {
    *used_m2 = wanted_m2 > 0 ? wanted_m2 : 0;
    if (wanted_m2 > 0)
        return grid_arcs_simplify(arcs, wanted_m2, err);
    for (double m2 = .25; arcs->n_xy > PAGE_VERTICES && m2 < 1e6; m2 *= 2) {
        GRID_TRY(grid_arcs_simplify(arcs, m2, err));
        *used_m2 = m2;
    }
    return GRID_OK;
}

/* Every chain of the lines becomes an arc, to be thinned as the borders are. */
static grid_status thin_lines(const grid_shapes *lines, double area_m2, grid_arcs *chains,
                              size_t **start, grid_error *err) {
    chains->n = lines->n_chains;
    chains->n_xy = lines->n_xy;
    chains->arc = GRID_NEW(grid_arc, lines->n_chains);
    chains->xy = GRID_NEW(grid_xy, lines->n_xy);
    *start = GRID_NEW(size_t, lines->n_chains + 1);
    if (chains->arc == NULL || chains->xy == NULL || *start == NULL)
        return grid_fail_nomem(err);
    memcpy(chains->xy, lines->xy, lines->n_xy * sizeof *lines->xy);
    for (size_t c = 0; c < lines->n_chains; c++)
        chains->arc[c] = (grid_arc){lines->xy_start[c], lines->xy_start[c + 1] - lines->xy_start[c],
                                    GRID_NONE, GRID_NONE};
    GRID_TRY(grid_arcs_simplify(chains, area_m2, err));
    for (size_t c = 0; c < lines->n_chains; c++)
        (*start)[c + 1] = chains->arc[c].xy_start + chains->arc[c].n_xy;
    return GRID_OK;
}

static grid_status write_simplified(const grid_atlas *a, const grid_arcs *arcs,
                                    const grid_page_options *o, const char *path,
                                    const grid_context *ctx, grid_error *err) {
    const grid_shapes *lines = a->map.lines.shapes;
    grid_arcs chains = {0};
    size_t *start = NULL;
    grid_shapes thin = {0};
    grid_status status = GRID_OK;
    if (lines != NULL) {
        status = thin_lines(lines, o->simplify_m2, &chains, &start, err);
        thin = *lines;
        thin.xy = chains.xy;
        thin.xy_start = start;
        thin.n_xy = chains.n_xy;
    }
    if (status == GRID_OK)
        status = write_page(a, arcs, lines != NULL ? &thin : NULL, o, path, ctx, err);
    free(chains.arc);
    free(chains.xy);
    free(start);
    return status;
}

grid_status grid_page_write(const grid_atlas *a, const grid_page_options *options, const char *path,
                            const grid_context *ctx, grid_error *err) {
    grid_arcs *arcs = NULL;
    grid_page_options used = *options;
    bool automatic = options->simplify_m2 < 0;
    if (options->simplify_m2 == 0 || (automatic && a->arcs->n_xy <= PAGE_VERTICES)) {
        used.simplify_m2 = 0;
        return write_page(a, a->arcs, NULL, &used, path, ctx, err);
    }
    GRID_TRY(grid_arcs_build(a->map.units[a->grids]->shapes, &arcs, err));
    grid_status status = simplify(arcs, options->simplify_m2, &used.simplify_m2, err);
    if (status == GRID_OK) {
        grid_find(ctx, GRID_NOTE, "simplified", "",
                  "borders in the page have %zu of %zu vertices: those that carry less than %g m2 "
                  "are left out",
                  arcs->n_xy, a->arcs->n_xy, used.simplify_m2);
        status = write_simplified(a, arcs, &used, path, ctx, err);
    }
    grid_arcs_free(arcs);
    return status;
}
