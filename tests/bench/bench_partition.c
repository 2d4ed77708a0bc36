/*
 * bench_partition.c - the division of made-up towns, beside METIS on the same graphs (package
 * libmetis-dev) when it is there. Prints one line a town and system, and the mean of each kind.
 *
 *   bench_partition [KIND [SEEDS [EFFORT [THREADS]]]]      KIND: dense, vill, city or all
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_METIS
#include <metis.h>
#endif

#include "town_graph.h"

static const struct kind {
    const char *name;
    town_plan plan;
} kinds[] = {
    /* 300 households a hectare, few large cells: 50,000 households */
    {"dense", {60, 58, 22, 1700, 250, 90, 24, 420, 16, 1}},
    /* low houses, many small cells: 50,000 households */
    {"vill", {124, 120, 24, 6000, 1200, 240, 40, 2000, 4, 1}},
    /* a city of a million households */
    {"city", {252, 242, 22, 1700, 250, 90, 24, 420, 18, 1}},
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const grid_rule rules[] = {{"households", 300, 500, 0, true},
                                  {"persons", 0, INT64_MAX, 0, false}};

typedef struct figures {
    double grids, in_range, proved, disconnected, cost, cut, compounds, cv, seconds;
} figures;

/** Compounds of at most 500 households with cells in two grids; *whole counts the candidates. */
static uint32_t count_cut(const grid_graph *g, const uint32_t *label, uint32_t *candidates) {
    uint32_t n = 0, cut = 0;
    for (uint32_t v = 0; v < g->n; v++)
        n = g->compound[v] >= n ? g->compound[v] + 1 : n;
    int64_t *sum = calloc(n, sizeof *sum);
    uint32_t *first = calloc(n, sizeof *first);
    uint8_t *is_cut = calloc(n, 1);
    for (uint32_t v = 0; v < g->n; v++) {
        uint32_t c = g->compound[v];
        sum[c] += g->measure[v * g->n_measures];
        if (first[c] == 0)
            first[c] = label[v] + 1;
        /* only inside one community: where a border is forced anyway does not count */
        is_cut[c] |= first[c] != label[v] + 1;
    }
    *candidates = 0;
    for (uint32_t c = 0; c < n; c++)
        if (sum[c] > 0 && sum[c] <= 500) {
            ++*candidates;
            cut += is_cut[c];
        }
    free(sum);
    free(first);
    free(is_cut);
    return cut;
}

static uint32_t count_parts(const grid_graph *g, const uint32_t *label) {
    uint8_t *seen = calloc(g->n, 1);
    uint32_t *stack = calloc(g->n, sizeof *stack), parts = 0;
    for (uint32_t s = 0; s < g->n; s++) {
        if (seen[s])
            continue;
        parts++;
        uint32_t top = 0;
        stack[top++] = s;
        seen[s] = 1;
        while (top) {
            uint32_t v = stack[--top];
            for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
                if (!seen[g->to[e]] && label[g->to[e]] == label[v]) {
                    seen[g->to[e]] = 1;
                    stack[top++] = g->to[e];
                }
        }
    }
    free(seen);
    free(stack);
    return parts;
}

static figures measure(const grid_graph *g, const uint32_t *label, uint32_t k) {
    figures f = {.grids = k};
    int64_t *w = calloc(k, sizeof *w), cost = 0, total = 0;
    for (uint32_t v = 0; v < g->n; v++) {
        w[label[v]] += g->measure[v * g->n_measures];
        for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
            if (g->to[e] > v && g->region[v] == g->region[g->to[e]] && label[v] != label[g->to[e]])
                cost += g->cost[e];
    }
    double squares = 0;
    for (uint32_t i = 0; i < k; i++) {
        f.in_range += w[i] >= 300 && w[i] <= 500;
        total += w[i];
        squares += (double)w[i] * (double)w[i];
    }
    double mean = (double)total / k, variance = squares / k - mean * mean;
    f.cv = __builtin_sqrt(variance > 0 ? variance : 0) / mean;
    f.cost = (double)cost / 1e4 / k;
    uint32_t candidates;
    f.cut = count_cut(g, label, &candidates);
    f.compounds = candidates;
    f.disconnected = (double)count_parts(g, label) - k;
    free(w);
    return f;
}

static figures run_ours(const grid_graph *g, unsigned effort, unsigned threads, uint64_t seed) {
    grid_context ctx = {.threads = threads};
    grid_partition_options o = {.rules = rules, .effort = effort, .seed = seed};
    grid_division *d = NULL;
    grid_error err = {0};
    double t0 = seconds();
    if (grid_partition_build(g, &o, &ctx, &d, &err) != GRID_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    double t1 = seconds();
    figures f = measure(g, d->grid, d->n_grids);
    f.seconds = t1 - t0;
    for (uint32_t i = 0; i < d->n_grids; i++)
        f.proved += d->status[i] != GRID_UNIT_OK && d->status[i] != GRID_UNIT_BEST_FOUND;
    grid_division_free(d);
    return f;
}

#ifdef HAVE_METIS
/** METIS on every community for itself, each with the number of grids nearest to 400 households. */
static figures run_metis(const grid_graph *g, int ufactor, uint64_t seed) {
    uint32_t *label = calloc(g->n, sizeof *label), *local = calloc(g->n, sizeof *local), k_all = 0;
    uint32_t *node = calloc(g->n, sizeof *node);
    idx_t *xadj = calloc(g->n + 1, sizeof *xadj), *adjncy = calloc(g->start[g->n], sizeof *adjncy);
    idx_t *adjwgt = calloc(g->start[g->n], sizeof *adjwgt), *vwgt = calloc(g->n, sizeof *vwgt);
    idx_t *part = calloc(g->n, sizeof *part);
    double t0 = seconds();
    for (uint32_t r = 0; r < g->n_regions; r++) {
        idx_t n = 0, m = 0, cut;
        int64_t total = 0;
        for (uint32_t v = 0; v < g->n; v++)
            if (g->region[v] == r) {
                local[v] = (uint32_t)n;
                node[n++] = v;
            }
        for (idx_t i = 0; i < n; i++) {
            uint32_t v = node[i];
            vwgt[i] = (idx_t)g->measure[v * g->n_measures];
            total += vwgt[i];
            for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
                if (g->region[g->to[e]] == r) {
                    adjncy[m] = (idx_t)local[g->to[e]];
                    adjwgt[m++] = (idx_t)(g->cost[e] / 1000);
                }
            xadj[i + 1] = m;
        }
        idx_t k = (idx_t)((total + 200) / 400), one = 1, options[METIS_NOPTIONS];
        k = k < 1 ? 1 : k;
        METIS_SetDefaultOptions(options);
        options[METIS_OPTION_UFACTOR] = ufactor;
        options[METIS_OPTION_SEED] = (idx_t)seed;
        if (k > 1)
            METIS_PartGraphKway(&n, &one, xadj, adjncy, vwgt, NULL, adjwgt, &k, NULL, NULL, options,
                                &cut, part);
        for (idx_t i = 0; i < n; i++)
            label[node[i]] = k_all + (uint32_t)(k > 1 ? part[i] : 0);
        k_all += (uint32_t)k;
    }
    double t1 = seconds();
    figures f = measure(g, label, k_all);
    f.seconds = t1 - t0;
    free(label);
    free(local);
    free(node);
    free(xadj);
    free(adjncy);
    free(adjwgt);
    free(vwgt);
    free(part);
    return f;
}
#endif

static void add(figures *sum, const figures *f) {
    const double *from = (const double *)f;
    double *to = (double *)sum;
    for (size_t i = 0; i < sizeof *f / sizeof *from; i++)
        to[i] += from[i];
}

static void print(const char *kind, const char *who, const figures *f, double n) {
    printf("%-6s %-14s %6.0f grids  %6.2f %% in range  %5.1f proved out  %5.1f disconnected  cost "
           "%6.1f a grid  "
           "%5.1f of %.0f compounds cut  CV %.3f  %7.3f s\n",
           kind, who, f->grids / n, 100 * f->in_range / f->grids, f->proved / n,
           f->disconnected / n, f->cost / n, f->cut / n, f->compounds / n, f->cv / n,
           f->seconds / n);
    fflush(stdout);
}

static void run_kind(const struct kind *kind, unsigned seeds, unsigned effort, unsigned threads) {
    figures ours = {0}, loose = {0}, tight = {0};
    (void)loose;
    (void)tight;
    for (unsigned s = 1; s <= seeds; s++) {
        town_plan plan = kind->plan;
        plan.seed = s;
        town t = {0};
        town_build(&t, &plan, NULL);
        if (s == 1) {
            int64_t total = 0;
            for (uint32_t v = 0; v < t.graph.n; v++)
                total += t.measure[2 * v];
            printf("%s: %u cells, %u communities, %lld households\n", kind->name, t.graph.n,
                   t.graph.n_regions, (long long)total);
        }
        figures f = run_ours(&t.graph, effort, threads, s);
        add(&ours, &f);
#ifdef HAVE_METIS
        f = run_metis(&t.graph, 250, s);
        add(&loose, &f);
        f = run_metis(&t.graph, 30, s);
        add(&tight, &f);
#endif
        town_free(&t);
    }
    print(kind->name, "libgrid", &ours, seeds);
#ifdef HAVE_METIS
    print(kind->name, "METIS 25 %", &loose, seeds);
    print(kind->name, "METIS 3 %", &tight, seeds);
#endif
}

int main(int argc, char **argv) {
    const char *which = argc > 1 ? argv[1] : "all";
    unsigned seeds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 3;
    unsigned effort = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 5;
    unsigned threads = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 2;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(which, "all") == 0 || strcmp(which, kinds[i].name) == 0)
            run_kind(&kinds[i], seeds, effort, threads);
    return 0;
}
