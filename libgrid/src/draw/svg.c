#include "draw/svg.h"

#include <math.h>
#include <stdio.h>

static void put_text(FILE *f, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '&')
            fputs("&amp;", f);
        else if (*text == '<')
            fputs("&lt;", f);
        else if ((unsigned char)*text >= ' ') /* XML has no other control characters */
            fputc(*text, f);
    }
}

static void put_word(FILE *f, const ink_word *w) {
    fprintf(f, "<text font-size=\"%.2f\" textLength=\"%.2f\" lengthAdjust=\"spacingAndGlyphs\" ",
            w->size, w->width);
    if (w->angle != 0)
        fprintf(f, "transform=\"translate(%.2f %.2f) rotate(%.1f)\">", w->x, w->y,
                w->angle * 180 / M_PI);
    else
        fprintf(f, "x=\"%.2f\" y=\"%.2f\">", w->x, w->y);
    put_text(f, w->text);
    fputs("</text>\n", f);
}

char *svg_text_layer(const ink_words *words, double unit) {
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return NULL;
    fprintf(f,
            "<g id=\"text\" transform=\"scale(%.6f)\" fill-opacity=\"0\" font-family=\"Noto Sans "
            "CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif\">\n",
            unit);
    for (size_t i = 0; i < words->n; i++)
        put_word(f, &words->at[i]);
    fputs("</g>\n", f);
    if (fclose(f) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
