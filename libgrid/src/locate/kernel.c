#include "locate/kernel.h"

#include "base/cpu.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- what all have in common ----------------------------------------------------------- */

static inline int16_t tile_coordinate(uint32_t at, uint8_t shift) {
    return (int16_t)(at >> (shift - TILE_BITS) & ((1u << TILE_BITS) - 1));
}

/* From the pieces that are crossed, and those that are too near, to the answer. */
static inline uint32_t choose_slot(const border_tile *t, const uint32_t *palette, unsigned crossed,
                                   unsigned near) {
    unsigned index = (unsigned)__builtin_parity(crossed & t->plane[0]) |
                     (unsigned)__builtin_parity(crossed & t->plane[1]) << 1;
    if ((near & t->live) != 0 || t->flags & TILE_IS_EXACT)
        return FACE_EXACT;
    if (t->flags & TILE_HAS_PALETTE)
        return palette[t->slot[0] +
                       (index | (unsigned)__builtin_parity(crossed & t->plane[2]) << 2)];
    return t->slot[index];
}

/* ---- any CPU ----------------------------------------------------------------------------- */

void lattice_plain(const nest_image *h, const grid_xy *xy, size_t n, lattice_point *at,
                   uint32_t *in) {
    for (size_t i = 0; i < n; i++) {
        double x = xy[i].x, y = xy[i].y;
        bool inside = (x >= h->min_x) & (x <= h->max_x) & (y >= h->min_y) & (y <= h->max_y);
        at[i] = (lattice_point){(uint32_t)(int32_t)(inside ? lattice_x(h, x) : 0),
                                (uint32_t)(int32_t)(inside ? lattice_y(h, y) : 0)};
        in[i] = inside ? UINT32_MAX : 0;
    }
}

void cells_plain(const nest_view *nest, const lattice_point *at, size_t n, entry *e) {
    const entry nobody = entry_make(ENTRY_FACE, nest->head->n_units);
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(&nest->dir[cell_of(nest, at[i])]);
    for (size_t i = 0; i < n; i++)
        e[i] = e[i] != 0 ? nest->dir[cell_of(nest, at[i])] : nobody;
}

static inline int min_int(int a, int b) {
    return a < b ? a : b;
}
static inline int max_int(int a, int b) {
    return a > b ? a : b;
}

/*
 * A piece is crossed on the way west when it spans the point's level (its lower end included) and
 * the point lies east of it. It is too near when, for some shift of up to one step in x
 * and in y, the point would lie on it: rounding moved the piece and the point by less.
 */
void tile_plain(const border_tile *tiles, const uint32_t *palette, const lattice_point *at,
                const uint32_t *which, size_t n, const entry *e, uint32_t *slot) {
    for (size_t i = 0; i < n; i++) {
        const border_tile *t = &tiles[entry_index(e[which[i]])];
        const lattice_point p = at[which[i]];
        int px = tile_coordinate(p.x, t->sx), py = tile_coordinate(p.y, t->sy);
        unsigned crossed = 0, near = 0;
        for (unsigned k = 0; k < TILE_PIECES; k++) {
            int ax = t->v[k][0], ay = t->v[k][1], bx = t->v[k + 1][0], by = t->v[k + 1][1];
            int dx = bx - ax, dy = by - ay;
            int cross = dx * (py - ay) - dy * (px - ax);
            bool spans = (ay > py) != (by > py);
            crossed |= (unsigned)(spans && (cross < 0) != (dy < 0)) << k;
            bool in_box = min_int(ax, bx) <= px + 1 && px - 1 <= max_int(ax, bx) &&
                          min_int(ay, by) <= py + 1 && py - 1 <= max_int(ay, by);
            near |= (unsigned)(in_box && abs(cross) <= abs(dx) + abs(dy)) << k;
        }
        slot[i] = choose_slot(t, palette, crossed, near);
    }
}

void step_plain(const tree_node *nodes, const lattice_point *at, const uint32_t *which, size_t n,
                entry *e) {
    for (size_t i = 0; i < n; i++) {
        const lattice_point p = at[which[i]];
        const tree_node *t = &nodes[entry_index(e[which[i]])];
        unsigned sx = t->child[NODE_FANOUT] & 0xff, sy = t->child[NODE_FANOUT] >> 8 & 0xff;
        unsigned x = p.x >> (sx - 8) & 0xff, y = p.y >> (sy - 8) & 0xff, k = 0;
        while (k + 1 < NODE_FANOUT &&
               (x < t->lo_x[k] || x > t->hi_x[k] || y < t->lo_y[k] || y > t->hi_y[k]))
            k++;
        e[which[i]] = t->child[k];
    }
}

/* ---- x86-64 ------------------------------------------------------------------------------ */

#if defined(__x86_64__)

#define TARGET_SSE __attribute__((target("sse4.2,popcnt")))

/* Bytes between the point that is read and the one that is fetched: about a batch, which passes
 * through the tree meanwhile. Fetching what is beyond the last point does no harm. */
enum { AHEAD = 4096 };

/* One point is one register. */
TARGET_SSE void lattice_sse(const nest_image *h, const grid_xy *xy, size_t n, lattice_point *at,
                            uint32_t *in) {
    const __m128d min = _mm_set_pd(h->min_y, h->min_x), max = _mm_set_pd(h->max_y, h->max_x);
    const __m128d origin = _mm_set_pd(h->origin_y, h->origin_x);
    const __m128d scale = _mm_set_pd(h->scale_y, h->scale_x);
    for (size_t i = 0; i < n; i++) {
        __m128d p = _mm_loadu_pd(&xy[i].x);
        _mm_prefetch((const char *)&xy[i] + AHEAD, _MM_HINT_T0);
        __m128d inside = _mm_and_pd(_mm_cmpge_pd(p, min), _mm_cmple_pd(p, max));
        inside = _mm_and_pd(inside, _mm_shuffle_pd(inside, inside, 1));
        __m128d steps = _mm_and_pd(_mm_mul_pd(_mm_sub_pd(p, origin), scale), inside);
        _mm_storel_epi64((void *)&at[i], _mm_cvttpd_epi32(steps));
        in[i] = (uint32_t)_mm_cvtsi128_si32(_mm_castpd_si128(inside));
    }
}

TARGET_AVX2 void lattice_avx2(const nest_image *h, const grid_xy *xy, size_t n, lattice_point *at,
                              uint32_t *in) {
    const __m256d min = _mm256_setr_pd(h->min_x, h->min_y, h->min_x, h->min_y);
    const __m256d max = _mm256_setr_pd(h->max_x, h->max_y, h->max_x, h->max_y);
    const __m256d origin = _mm256_setr_pd(h->origin_x, h->origin_y, h->origin_x, h->origin_y);
    const __m256d scale = _mm256_setr_pd(h->scale_x, h->scale_y, h->scale_x, h->scale_y);
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        __m256d p = _mm256_loadu_pd(&xy[i].x);
        _mm_prefetch((const char *)&xy[i] + AHEAD, _MM_HINT_T0);
        __m256d inside = _mm256_and_pd(_mm256_cmp_pd(p, min, _CMP_GE_OQ),
                                       _mm256_cmp_pd(p, max, _CMP_LE_OQ));
        inside = _mm256_and_pd(inside, _mm256_permute_pd(inside, 5));
        __m256d steps = _mm256_and_pd(_mm256_mul_pd(_mm256_sub_pd(p, origin), scale), inside);
        _mm_storeu_si128((void *)&at[i], _mm256_cvttpd_epi32(steps));
        __m128 both = _mm_shuffle_ps(_mm_castpd_ps(_mm256_castpd256_pd128(inside)),
                                     _mm_castpd_ps(_mm256_extractf128_pd(inside, 1)), 0x88);
        both = _mm_shuffle_ps(both, both, 0x08); /* one lane of each point */
        _mm_storel_epi64((void *)&in[i], _mm_castps_si128(both));
    }
    lattice_plain(h, xy + i, n - i, at + i, in + i);
}

/* Eight points at once; so many reads wait together that nothing need be fetched ahead. */
TARGET_AVX2 void cells_avx2(const nest_view *nest, const lattice_point *at, size_t n, entry *e) {
    const __m256i nobody = _mm256_set1_epi32((int)entry_make(ENTRY_FACE, nest->head->n_units));
    const __m128i to_column = _mm_cvtsi32_si128((int)nest->dir_shift_x),
                  to_row = _mm_cvtsi32_si128((int)nest->dir_shift_y),
                  row = _mm_cvtsi32_si128(nest->head->dir_bits_x);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const __m256 low = _mm256_loadu_ps((const void *)&at[i]);
        const __m256 high = _mm256_loadu_ps((const void *)&at[i + 4]);
        const __m256i x = _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0x88));
        const __m256i y = _mm256_castps_si256(_mm256_shuffle_ps(low, high, 0xdd));
        __m256i cell = _mm256_add_epi32(_mm256_sll_epi32(_mm256_srl_epi32(y, to_row), row),
                                        _mm256_srl_epi32(x, to_column));
        cell = _mm256_permute4x64_epi64(cell, 0xd8); /* from points 0, 1, 4, 5, 2, 3, 6, 7 */
        const __m256i found = _mm256_i32gather_epi32((const void *)nest->dir, cell, sizeof *e);
        const __m256i inside = _mm256_loadu_si256((const void *)&e[i]);
        _mm256_storeu_si256((void *)&e[i], _mm256_blendv_epi8(nobody, found, inside));
    }
    cells_plain(nest, at + i, n - i, e + i);
}

/* Four pieces; x in the low and y in the high half of every 32-bit lane. */
TARGET_SSE static inline void four_pieces(__m128i a, __m128i b, __m128i p, unsigned *crossed,
                                          unsigned *near) {
    const __m128i one = _mm_set1_epi16(1);
    __m128i d = _mm_sub_epi16(b, a), r = _mm_sub_epi16(p, a);
    __m128i swapped = _mm_or_si128(_mm_slli_epi32(r, 16), _mm_srli_epi32(r, 16));
    __m128i turned = _mm_sign_epi16(swapped, _mm_set1_epi32((int)0xffff0001)); /* (ry, -rx) */
    __m128i cross = _mm_madd_epi16(d, turned);
    __m128i spans = _mm_xor_si128(_mm_cmpgt_epi16(a, p), _mm_cmpgt_epi16(b, p));
    *crossed = (unsigned)_mm_movemask_ps(
        _mm_castsi128_ps(_mm_and_si128(spans, _mm_xor_si128(cross, d))));
    __m128i reach = _mm_madd_epi16(_mm_abs_epi16(d), one);
    __m128i apart = _mm_cmpgt_epi32(_mm_abs_epi32(cross), reach);
    __m128i out = _mm_or_si128(_mm_cmpgt_epi16(_mm_min_epi16(a, b), _mm_add_epi16(p, one)),
                               _mm_cmpgt_epi16(_mm_sub_epi16(p, one), _mm_max_epi16(a, b)));
    __m128i in_box = _mm_cmpeq_epi32(out, _mm_setzero_si128());
    *near = (unsigned)_mm_movemask_ps(_mm_castsi128_ps(_mm_andnot_si128(apart, in_box)));
}

TARGET_SSE static inline int packed_point(const border_tile *t, lattice_point p) {
    return (int)((uint32_t)(uint16_t)tile_coordinate(p.x, t->sx) |
                 (uint32_t)(uint16_t)tile_coordinate(p.y, t->sy) << 16);
}

TARGET_SSE void tile_sse(const border_tile *tiles, const uint32_t *palette, const lattice_point *at,
                         const uint32_t *which, size_t n, const entry *e, uint32_t *slot) {
    for (size_t i = 0; i < n; i++) {
        const border_tile *t = &tiles[entry_index(e[which[i]])];
        const lattice_point p = at[which[i]];
        const __m128i point = _mm_set1_epi32(packed_point(t, p));
        unsigned crossed, near, crossed_above, near_above;
        four_pieces(_mm_loadu_si128((const void *)t->v[0]), _mm_loadu_si128((const void *)t->v[1]),
                    point, &crossed, &near);
        four_pieces(_mm_loadu_si128((const void *)t->v[4]), _mm_loadu_si128((const void *)t->v[5]),
                    point, &crossed_above, &near_above);
        slot[i] = choose_slot(t, palette, crossed | crossed_above << 4, near | near_above << 4);
    }
}

TARGET_AVX2 void tile_avx2(const border_tile *tiles, const uint32_t *palette,
                           const lattice_point *at, const uint32_t *which, size_t n, const entry *e,
                           uint32_t *slot) {
    const __m256i one = _mm256_set1_epi16(1), turn = _mm256_set1_epi32((int)0xffff0001);
    for (size_t i = 0; i < n; i++) {
        const border_tile *t = &tiles[entry_index(e[which[i]])];
        const lattice_point p = at[which[i]];
        const __m256i point = _mm256_set1_epi32(packed_point(t, p));
        __m256i a = _mm256_loadu_si256((const void *)t->v[0]);
        __m256i b = _mm256_loadu_si256((const void *)t->v[1]);
        __m256i d = _mm256_sub_epi16(b, a), r = _mm256_sub_epi16(point, a);
        __m256i swapped = _mm256_or_si256(_mm256_slli_epi32(r, 16), _mm256_srli_epi32(r, 16));
        __m256i cross = _mm256_madd_epi16(d, _mm256_sign_epi16(swapped, turn));
        __m256i spans = _mm256_xor_si256(_mm256_cmpgt_epi16(a, point),
                                         _mm256_cmpgt_epi16(b, point));
        unsigned crossed = (unsigned)_mm256_movemask_ps(
            _mm256_castsi256_ps(_mm256_and_si256(spans, _mm256_xor_si256(cross, d))));
        __m256i reach = _mm256_madd_epi16(_mm256_abs_epi16(d), one);
        __m256i apart = _mm256_cmpgt_epi32(_mm256_abs_epi32(cross), reach);
        __m256i out = _mm256_or_si256(
            _mm256_cmpgt_epi16(_mm256_min_epi16(a, b), _mm256_add_epi16(point, one)),
            _mm256_cmpgt_epi16(_mm256_sub_epi16(point, one), _mm256_max_epi16(a, b)));
        __m256i in_box = _mm256_cmpeq_epi32(out, _mm256_setzero_si256());
        unsigned near = (unsigned)_mm256_movemask_ps(
            _mm256_castsi256_ps(_mm256_andnot_si256(apart, in_box)));
        slot[i] = choose_slot(t, palette, crossed, near);
    }
}

TARGET_SSE void step_sse(const tree_node *nodes, const lattice_point *at, const uint32_t *which,
                         size_t n, entry *e) {
    for (size_t i = 0; i < n; i++) {
        const lattice_point p = at[which[i]];
        const tree_node *t = &nodes[entry_index(e[which[i]])];
        unsigned sides = t->child[NODE_FANOUT];
        __m128i x = _mm_set1_epi8((char)(p.x >> ((sides & 0xff) - 8)));
        __m128i y = _mm_set1_epi8((char)(p.y >> ((sides >> 8 & 0xff) - 8)));
        __m128i lo_x = _mm_loadu_si128((const void *)t->lo_x);
        __m128i lo_y = _mm_loadu_si128((const void *)t->lo_y);
        __m128i hi_x = _mm_loadu_si128((const void *)t->hi_x);
        __m128i hi_y = _mm_loadu_si128((const void *)t->hi_y);
        __m128i in = _mm_and_si128(_mm_cmpeq_epi8(_mm_max_epu8(lo_x, x), x),
                                   _mm_cmpeq_epi8(_mm_min_epu8(hi_x, x), x));
        in = _mm_and_si128(in, _mm_cmpeq_epi8(_mm_max_epu8(lo_y, y), y));
        in = _mm_and_si128(in, _mm_cmpeq_epi8(_mm_min_epu8(hi_y, y), y));
        unsigned mask = (unsigned)_mm_movemask_epi8(in) | 1u << (NODE_FANOUT - 1);
        e[which[i]] = t->child[__builtin_ctz(mask)];
    }
}

bool kernel_runs(kernel_id k) {
    return k == KERNEL_PLAIN || (k == KERNEL_SSE && __builtin_cpu_supports("sse4.2")) ||
           (k == KERNEL_AVX2 && cpu_has_avx2());
}

#else

/* Elsewhere the plain code stands in for all. */
void lattice_sse(const nest_image *h, const grid_xy *xy, size_t n, lattice_point *at,
                 uint32_t *in) {
    lattice_plain(h, xy, n, at, in);
}

void lattice_avx2(const nest_image *h, const grid_xy *xy, size_t n, lattice_point *at,
                  uint32_t *in) {
    lattice_plain(h, xy, n, at, in);
}

void cells_avx2(const nest_view *nest, const lattice_point *at, size_t n, entry *e) {
    cells_plain(nest, at, n, e);
}

void tile_sse(const border_tile *tiles, const uint32_t *palette, const lattice_point *at,
              const uint32_t *which, size_t n, const entry *e, uint32_t *slot) {
    tile_plain(tiles, palette, at, which, n, e, slot);
}

void tile_avx2(const border_tile *tiles, const uint32_t *palette, const lattice_point *at,
               const uint32_t *which, size_t n, const entry *e, uint32_t *slot) {
    tile_plain(tiles, palette, at, which, n, e, slot);
}

void step_sse(const tree_node *nodes, const lattice_point *at, const uint32_t *which, size_t n,
              entry *e) {
    step_plain(nodes, at, which, n, e);
}

bool kernel_runs(kernel_id k) {
    return k == KERNEL_PLAIN;
}

#endif

kernel_id kernel_best(void) {
    return kernel_runs(KERNEL_AVX2)  ? KERNEL_AVX2
           : kernel_runs(KERNEL_SSE) ? KERNEL_SSE
                                     : KERNEL_PLAIN;
}
