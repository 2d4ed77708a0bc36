#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/replace.h"
#include "base/write.h"
#include "locate/guard.h"
#include "locate/open.h"

/* ---- saving ------------------------------------------------------------------------------ */

static size_t put_text(char *image, size_t at, const char *text, section *out) {
    size_t n = strlen(text) + 1;
    memcpy(image + at, text, n);
    *out = (section){at, n};
    return (at + n + 7) / 8 * 8;
}

/* A copy of the image with the two texts behind it, sealed. */
static char *copy_image(const grid_locator *l, const char *origin, const char *crs, size_t *size) {
    size_t end = (l->size + 7) / 8 * 8;
    size_t most = end + strlen(origin) + strlen(crs) + 32;
    char *copy = calloc(1, most + image_sums_size(most));
    if (copy == NULL)
        return NULL;
    memcpy(copy, l->image, l->size);
    index_image *head = (index_image *)(void *)copy;
    end = put_text(copy, end, origin, &head->origin);
    end = put_text(copy, end, crs, &head->crs);
    *size = image_seal((unsigned char *)copy, end);
    return copy;
}

grid_status grid_locator_save(const grid_locator *l, const char *path, const char *origin,
                              const char *crs, bool overwrite, grid_error *err) {
    grid_replace file;
    if (!guard_check_all(l)) /* a new seal must not cover damage */
        return grid_locator_check(l, err);
    GRID_TRY(grid_replace_begin(&file, path, overwrite, err));
    size_t size = 0;
    char *copy = copy_image(l, origin, crs, &size);
    int fd = copy ? open(file.temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    bool ok = fd >= 0 && grid_write_all(fd, copy, size);
    int code = errno;
    if (fd >= 0 && close(fd) != 0 && ok) {
        ok = false;
        code = errno;
    }
    free(copy);
    if (ok)
        return grid_replace_commit(&file, err);
    grid_replace_abort(&file);
    return copy == NULL ? grid_fail_nomem(err)
                        : grid_fail(err, GRID_E_WRITE, path, "%s", strerror(code));
}

static grid_status name_file(grid_status status, const char *path, grid_error *err) {
    if (status == GRID_E_INPUT && err != NULL && err->where[0] == '\0')
        strncat(err->where, path, sizeof err->where - 1);
    return status;
}

/* A file of this size is checked in less time than it takes to start a process. */
enum { SMALL = 1 << 20 };

/* ---- mapping ----------------------------------------------------------------------------- */

static grid_status map_file(int fd, const char *path, void **bytes, size_t *size, grid_error *err) {
    struct stat st;
    if (fstat(fd, &st) != 0)
        return grid_fail(err, GRID_E_READ, path, "%s", strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(index_image))
        return grid_fail(err, GRID_E_INPUT, path, "this is no index");
    *size = (size_t)st.st_size;
    *bytes = mmap(NULL, *size, PROT_READ, MAP_SHARED, fd, 0);
    if (*bytes == MAP_FAILED)
        return grid_fail(err, GRID_E_READ, path, "%s", strerror(errno));
    return GRID_OK;
}

grid_status grid_locator_check(const grid_locator *l, grid_error *err) {
    if (l->guard == NULL || !atomic_load(&l->guard->damaged))
        return GRID_OK;
    return grid_hint(err, grid_fail(err, GRID_E_INPUT, "", "the index is damaged"),
                     "build it again with --build-index");
}

/* Closes one that is not whole. */
static grid_status check_whole(grid_locator **out, grid_error *err) {
    if (guard_check_all(*out))
        return GRID_OK;
    grid_status status = grid_locator_check(*out, err);
    grid_locator_free(*out);
    *out = NULL;
    return status;
}

grid_status grid_locator_open(const char *path, grid_locator **out, grid_error *err) {
    GRID_TRY(grid_locator_open_lazily(path, out, err));
    return name_file(check_whole(out, err), path, err);
}

grid_status grid_locator_open_lazily(const char *path, grid_locator **out, grid_error *err) {
    *out = NULL;
    void *bytes = NULL;
    size_t size = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return grid_fail(err, GRID_E_READ, path, "%s", strerror(errno));
    grid_status status = map_file(fd, path, &bytes, &size, err);
    close(fd);
    if (status == GRID_OK)
        status = locator_open_image(bytes, size, true, out, err);
    if (status == GRID_OK && size <= SMALL)
        status = check_whole(out, err);
    return name_file(status, path, err);
}

/* ---- what an index holds ------------------------------------------------------------------- */

static const char *text_of(const grid_locator *l, const section *s) {
    return s->n > 0 ? (const char *)l->image + s->offset : "";
}

const char *grid_locator_origin(const grid_locator *l) {
    return text_of(l, &l->image->origin);
}

const char *grid_locator_crs(const grid_locator *l) {
    return text_of(l, &l->image->crs);
}

size_t grid_locator_layers(const grid_locator *l) {
    return l->n_layers;
}

const char *grid_locator_layer_name(const grid_locator *l, size_t layer) {
    return l->layer[layer].name;
}

uint32_t grid_locator_units(const grid_locator *l, size_t layer) {
    return l->layer[layer].n_features;
}

static const char *word(const layer_view *layer, int which, uint32_t unit) {
    if (unit >= layer->n_features || layer->word_start[which] == NULL)
        return "";
    return layer->word_text[which] + layer->word_start[which][unit];
}

const char *grid_locator_code(const grid_locator *l, size_t layer, uint32_t unit) {
    return word(&l->layer[layer], WORDS_CODE, unit);
}

const char *grid_locator_label(const grid_locator *l, size_t layer, uint32_t unit) {
    return word(&l->layer[layer], WORDS_LABEL, unit);
}

const char *grid_locator_kind(const grid_locator *l, size_t layer, uint32_t unit) {
    return word(&l->layer[layer], WORDS_KIND, unit);
}

grid_box grid_locator_box(const grid_locator *l, size_t layer) {
    const nest_image *h = l->nest[l->layer[layer].nest].head;
    return (grid_box){h->min_x, h->min_y, h->max_x, h->max_y};
}
