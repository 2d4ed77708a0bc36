#include <grid/store.h>

#include "store/store.h"

#include "folder.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* An area feature of two parts, the first with a hole, with coordinates that use all their bits. */
static void add_area(grid_shapes *s, double shift) {
    static const double ring[][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA));
    for (int part = 0; part < 2; part++) {
        assert_true(grid_shapes_begin_part(s));
        for (int chain = 0; chain < 2 - part; chain++) {
            assert_true(grid_shapes_begin_chain(s));
            for (size_t i = 0; i < 5; i++)
                assert_true(
                    grid_shapes_add(s, 500000.1 + ring[i][0] / (3 + 7 * chain) + 9 * part + shift,
                                    3780000.7 + ring[i][1] / (3 + 7 * chain)));
        }
    }
}

#define TRY(call)                                                                                  \
    do {                                                                                           \
        grid_status status_ = (call);                                                              \
        if (status_ != GRID_OK)                                                                    \
            return status_;                                                                        \
    } while (0)

static grid_status fill_small(grid_store *store, grid_error *err);

static bool small_cache;

static grid_status try_small(const char *path, grid_error *err) {
    grid_store *store;
    TRY(grid_store_create(path, "EPSG:4547", true, &store, err));
    if (small_cache) /* pages go to disk early, not only at the end */
        TRY(store_exec(store, "PRAGMA cache_size = 5", err));
    grid_status status = fill_small(store, err);
    if (status == GRID_OK)
        return grid_store_commit(store, err);
    grid_store_close(store);
    return status;
}

static void write_small(const char *path) {
    grid_error err = {0};
    if (try_small(path, &err) != GRID_OK)
        fail_msg("%s %s", err.where, err.message);
}

static grid_status fill_small(grid_store *store, grid_error *err) {
    grid_status status = GRID_OK;
    const grid_level levels[] = {{1, "street", "given", "", 0, 0, 0},
                                 {2, "grid", "split", "households", 300, 500, 400}};
    status = status ? status : grid_store_write_levels(store, levels, 2, err);
    /* Children come before their parents: order does not matter. */
    for (int level = 2; level >= 1; level--) {
        const char *code[] = {level == 1 ? "410482001" : "410482001001002", "410482001001001"};
        const char *parent[] = {level == 1 ? "" : "410482001", "410482001"};
        const char *name[] = {"煤山街道", ""}, *kind[] = {level == 1 ? "street" : "grid", "grid"};
        int64_t households[] = {400, 350}, persons[] = {-1, 1000};
        double workload[] = {1.5, 0}, area[] = {0.1, 0.2};
        const char *states[] = {"OK", "OK"}, *none[] = {"", ""}, *from[] = {"2026-01-01", ""};
        grid_shapes *shapes = grid_shapes_new();
        add_area(shapes, 0);
        add_area(shapes, 0.1);
        grid_units units = {.n = (size_t)level,
                            .level = level,
                            .code = code,
                            .parent_code = parent,
                            .name = name,
                            .kind = kind,
                            .households = households,
                            .persons = persons,
                            .workload = workload,
                            .area_m2 = area,
                            .status = states,
                            .reason = none,
                            .valid_from = from,
                            .valid_to = none,
                            .shapes = shapes};
        status = status ? status : grid_store_write_units(store, &units, err);
        if (level == 2) {
            grid_cell_rows cells = {.n = 2,
                                    .unit_code = code,
                                    .households = households,
                                    .persons = persons,
                                    .shapes = shapes};
            status = status ? status : grid_store_write_cells(store, &cells, err);
            grid_shapes *line = grid_shapes_new();
            assert_true(grid_shapes_begin(line, GRID_SHAPE_LINE) && grid_shapes_begin_part(line) &&
                        grid_shapes_begin_chain(line) && grid_shapes_add(line, 0.1, 0.2) &&
                        grid_shapes_add(line, 0.3, 0.4));
            grid_border_rows borders = {.n = 1,
                                        .left_code = code,
                                        .right_code = none,
                                        .border_class = kind,
                                        .name = none,
                                        .length_m = area,
                                        .shapes = line};
            status = status ? status : grid_store_write_borders(store, &borders, err);
            grid_shapes_free(line);
        }
        grid_shapes_free(shapes);
    }
    status = status ? status : grid_store_write_meta(store, "scheme", "ruzhou", err);
    return status;
}

static void a_division_survives_bit_for_bit(void **state) {
    (void)state;
    write_small(in_folder("a.sqlite"));
    grid_store *store;
    grid_error err;
    assert_true(grid_store_probe(in_folder("a.sqlite")));
    assert_int_equal(grid_store_open(in_folder("a.sqlite"), false, &store, &err), GRID_OK);
    assert_string_equal(grid_store_crs(store), "EPSG:4547");
    char *scheme;
    assert_int_equal(grid_store_read_meta(store, "scheme", &scheme, &err), GRID_OK);
    assert_string_equal(scheme, "ruzhou");
    free(scheme);
    grid_level *levels;
    size_t n;
    assert_int_equal(grid_store_read_levels(store, &levels, &n, &err), GRID_OK);
    assert_int_equal(n, 2);
    assert_string_equal(levels[1].measure, "households");
    assert_int_equal(levels[1].max, 500);
    grid_levels_free(levels);
    grid_units *units;
    assert_int_equal(grid_store_read_units(store, 2, &units, &err), GRID_OK);
    assert_int_equal(units->n, 2);
    assert_string_equal(units->code[0], "410482001001001"); /* ordered by code */
    assert_string_equal(units->parent_code[0], "410482001");
    assert_string_equal(units->name[1], "煤山街道");
    assert_true(units->persons[1] == -1 && units->persons[0] == 1000);
    assert_string_equal(units->valid_from[1], "2026-01-01");
    grid_shapes *expected = grid_shapes_new();
    add_area(expected, 0.1);
    add_area(expected, 0);
    assert_int_equal(units->shapes->n_xy, expected->n_xy);
    assert_int_equal(units->shapes->n_chains, expected->n_chains);
    assert_memory_equal(units->shapes->xy, expected->xy, expected->n_xy * sizeof *expected->xy);
    assert_memory_equal(units->shapes->xy_start, expected->xy_start,
                        (expected->n_chains + 1) * sizeof *expected->xy_start);
    grid_shapes_free(expected);
    grid_units_free(units);
    grid_cell_rows *cells;
    assert_int_equal(grid_store_read_cells(store, &cells, &err), GRID_OK);
    assert_int_equal(cells->n, 2);
    assert_string_equal(cells->unit_code[0], "410482001001002");
    grid_cell_rows_free(cells);
    grid_border_rows *borders;
    assert_int_equal(grid_store_read_borders(store, &borders, &err), GRID_OK);
    assert_int_equal(borders->n, 1);
    assert_string_equal(borders->right_code[0], "");
    assert_true(borders->length_m[0] == 0.1 && borders->shapes->xy[1].y == 0.4);
    grid_border_rows_free(borders);
    grid_store_close(store);
}

static char *slurp(const char *path, size_t *n) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    static char bytes[2][4 << 20];
    static unsigned turn;
    char *out = bytes[turn++ % 2];
    *n = fread(out, 1, sizeof bytes[0], file);
    fclose(file);
    return out;
}

static void two_runs_give_the_same_bytes(void **state) {
    (void)state;
    size_t n, m;
    write_small(in_folder("a.sqlite"));
    usleep(20000); /* SpatiaLite's dates have milliseconds */
    write_small(in_folder("b.sqlite"));
    const char *a = slurp(in_folder("a.sqlite"), &n), *b = slurp(in_folder("b.sqlite"), &m);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
}

static void what_was_not_committed_vanishes(void **state) {
    (void)state;
    grid_store *store;
    grid_error err;
    assert_int_equal(grid_store_create(in_folder("v.sqlite"), "EPSG:4547", false, &store, &err),
                     GRID_OK);
    grid_store_close(store);
    assert_int_equal(access(in_folder("v.sqlite"), F_OK), -1);

    write_small(in_folder("w.sqlite"));
    size_t n, m;
    const char *before = slurp(in_folder("w.sqlite"), &n);
    assert_int_equal(grid_store_open(in_folder("w.sqlite"), true, &store, &err), GRID_OK);
    assert_int_equal(grid_store_write_meta(store, "scheme", "other", &err), GRID_OK);
    grid_store_close(store);
    const char *after = slurp(in_folder("w.sqlite"), &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);

    assert_int_equal(grid_store_open(in_folder("w.sqlite"), true, &store, &err), GRID_OK);
    assert_int_equal(grid_store_write_meta(store, "scheme", "other", &err), GRID_OK);
    assert_int_equal(grid_store_commit(store, &err), GRID_OK);
    assert_int_equal(grid_store_open(in_folder("w.sqlite"), false, &store, &err), GRID_OK);
    char *scheme;
    assert_int_equal(grid_store_read_meta(store, "scheme", &scheme, &err), GRID_OK);
    assert_string_equal(scheme, "other");
    free(scheme);
    grid_store_close(store);
}

/* One number that a query gives. */
static int64_t ask(grid_store *store, const char *sql) {
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return answer;
}

/* A writer that dies half-way leaves a journal; readers after it see the state before. */
static void a_killed_writer_leaves_the_old_state(void **state) {
    (void)state;
    write_small(in_folder("k.sqlite"));
    pid_t child = fork();
    if (child == 0) {
        grid_store *store;
        grid_error err;
        bool good = grid_store_open(in_folder("k.sqlite"), true, &store, &err) == GRID_OK &&
                    store_exec(store, "PRAGMA cache_size = 1", &err) == GRID_OK &&
                    store_exec(store,
                               "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
                               " LIMIT 5000) INSERT INTO meta SELECT 'k' || i, 'v' FROM c;"
                               "UPDATE meta SET value = 'half' WHERE key = 'scheme'",
                               &err) == GRID_OK;
        _exit(good ? 0 : 1); /* as killed: nothing is closed */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(access(in_folder("k.sqlite-journal"), F_OK), 0);
    grid_store *store;
    grid_error err = {0};
    if (grid_store_open(in_folder("k.sqlite"), false, &store, &err) != GRID_OK)
        fail_msg("%s", err.message);
    char *scheme;
    assert_int_equal(grid_store_read_meta(store, "scheme", &scheme, &err), GRID_OK);
    assert_string_equal(scheme, "ruzhou");
    free(scheme);
    assert_int_equal(ask(store, "SELECT count(*) FROM meta WHERE key LIKE 'k%'"), 0);
    grid_store_close(store);
}

static void dangling_references_are_refused(void **state) {
    (void)state;
    grid_store *store;
    grid_error err;
    assert_int_equal(grid_store_create(in_folder("d.sqlite"), "EPSG:4547", false, &store, &err),
                     GRID_OK);
    const char *code[] = {"nobody"};
    grid_shapes *shapes = grid_shapes_new();
    add_area(shapes, 0);
    grid_cell_rows cells = {.n = 1, .unit_code = code, .shapes = shapes};
    assert_int_equal(grid_store_write_cells(store, &cells, &err), GRID_OK);
    assert_int_equal(grid_store_commit(store, &err), GRID_E_INTERNAL);
    assert_non_null(strstr(err.message, "cells"));
    assert_int_equal(access(in_folder("d.sqlite"), F_OK), -1);
    grid_shapes_free(shapes);
}

static void what_is_no_grid_database_is_refused(void **state) {
    (void)state;
    grid_store *store;
    grid_error err;
    assert_int_equal(grid_store_open(in_folder("none"), false, &store, &err), GRID_E_READ);
    FILE *file = fopen(in_folder("rubbish"), "wb");
    assert_true(fputs("SQLite format 3", file) >= 0 && fclose(file) == 0);
    assert_false(grid_store_probe(in_folder("rubbish")));
    assert_int_equal(grid_store_open(in_folder("rubbish"), false, &store, &err), GRID_E_INPUT);
    assert_int_equal(
        grid_store_create("/no/such/folder/a.sqlite", "EPSG:4547", false, &store, &err),
        GRID_E_WRITE);
    assert_int_equal(grid_store_create(in_folder("x.sqlite"), "EPSG:0", false, &store, &err),
                     GRID_E_ARG);
    write_small(in_folder("y.sqlite"));
    assert_int_equal(grid_store_create(in_folder("y.sqlite"), "EPSG:4547", false, &store, &err),
                     GRID_E_EXISTS);

    /* A newer schema, and a file that was cut off. */
    size_t n;
    char *bytes = slurp(in_folder("y.sqlite"), &n);
    bytes[63]++;
    file = fopen(in_folder("newer.sqlite"), "wb");
    assert_true(fwrite(bytes, 1, n, file) == n && fclose(file) == 0);
    assert_int_equal(grid_store_open(in_folder("newer.sqlite"), false, &store, &err), GRID_E_INPUT);
    assert_non_null(strstr(err.hint, "newer"));
    bytes[63]--;
    file = fopen(in_folder("cut.sqlite"), "wb");
    assert_true(fwrite(bytes, 1, n / 3, file) == n / 3 && fclose(file) == 0);
    grid_units *units;
    grid_status status = grid_store_open(in_folder("cut.sqlite"), false, &store, &err);
    if (status == GRID_OK) {
        status = grid_store_read_units(store, 2, &units, &err);
        grid_store_close(store);
    }
    assert_int_equal(status, GRID_E_INPUT);
}

static void roads_are_stored_whatever_their_order(void **state) {
    (void)state;
    grid_error err;
    for (int turn = 0; turn < 2; turn++) {
        grid_shapes *lines = grid_shapes_new();
        const char *name[3], *road_class[3];
        for (int k = 0; k < 3; k++) {
            int i = turn ? 2 - k : k;
            name[k] = i == 1 ? "望嵩路" : "";
            road_class[k] = i == 2 ? "rail" : "road";
            assert_true(grid_shapes_begin(lines, GRID_SHAPE_LINE));
            for (int part = 0; part <= i; part++)
                assert_true(grid_shapes_begin_part(lines) && grid_shapes_begin_chain(lines) &&
                            grid_shapes_add(lines, i, part) && grid_shapes_add(lines, 9, 9));
        }
        grid_road_rows roads = {.n = 3, .name = name, .road_class = road_class, .shapes = lines};
        grid_store *store;
        assert_int_equal(grid_store_create(in_folder(turn ? "r1.sqlite" : "r0.sqlite"), "EPSG:4547",
                                           true, &store, &err),
                         GRID_OK);
        assert_int_equal(grid_store_write_roads(store, &roads, &err), GRID_OK);
        assert_int_equal(grid_store_commit(store, &err), GRID_OK);
        grid_shapes_free(lines);
    }
    size_t n, m;
    const char *a = slurp(in_folder("r0.sqlite"), &n), *b = slurp(in_folder("r1.sqlite"), &m);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    grid_store *store;
    grid_road_rows *roads;
    assert_int_equal(grid_store_open(in_folder("r0.sqlite"), false, &store, &err), GRID_OK);
    assert_int_equal(grid_store_read_roads(store, &roads, &err), GRID_OK);
    assert_int_equal(roads->n, 6); /* each part a row */
    assert_string_equal(roads->road_class[0], "rail");
    assert_string_equal(roads->name[5], "望嵩路");
    assert_true(isnan(roads->width_m[0]));
    grid_road_rows_free(roads);
    grid_store_close(store);
}

/* The index that is packed by hand is one that SQLite finds in order and finds everything by. */
static void spatial_indexes_are_whole(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 51, 52, 2601, 2602, 7000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k];
        grid_shapes *lines = grid_shapes_new();
        for (size_t i = 0; i < n; i++) {
            double x = 500000.1 + (double)(i * 7919 % 10007), y = 3780000.7 + (double)(i % 83);
            assert_true(grid_shapes_begin(lines, GRID_SHAPE_LINE) &&
                        grid_shapes_begin_part(lines) && grid_shapes_begin_chain(lines) &&
                        grid_shapes_add(lines, x, y) && grid_shapes_add(lines, x + 3.3, y + 1.1));
        }
        grid_road_rows roads = {.n = n, .shapes = lines};
        grid_store *store;
        grid_error err;
        assert_int_equal(grid_store_create(in_folder("i.sqlite"), "EPSG:4547", true, &store, &err),
                         GRID_OK);
        assert_int_equal(grid_store_write_roads(store, &roads, &err), GRID_OK);
        assert_int_equal(grid_store_commit(store, &err), GRID_OK);
        assert_int_equal(grid_store_open(in_folder("i.sqlite"), true, &store, &err), GRID_OK);
        assert_int_equal(ask(store, "SELECT rtreecheck('idx_roads_geometry') = 'ok'"), 1);
        assert_int_equal(ask(store, "SELECT CheckSpatialIndex('roads', 'geometry')"), 1);
        assert_int_equal(ask(store, "SELECT count(*) FROM idx_roads_geometry"), n);
        assert_int_equal(
            ask(store, "SELECT (SELECT count(*) FROM idx_roads_geometry WHERE xmin <= 501000 AND"
                       " xmax >= 500900 AND ymin <= 3780030 AND ymax >= 3780020) >="
                       " (SELECT count(*) FROM roads WHERE MbrMinX(geometry) <= 501000 AND"
                       " MbrMaxX(geometry) >= 500900 AND MbrMinY(geometry) <= 3780030 AND"
                       " MbrMaxY(geometry) >= 3780020)"),
            1);
        /* It goes on living: rows that come and go find their place in it. */
        assert_int_equal(sqlite3_exec(store->db,
                                      "INSERT INTO roads (geometry) VALUES (GeomFromText("
                                      "'LINESTRING(500000 3780000, 500009 3780009)', 4547));"
                                      "DELETE FROM roads WHERE id % 3 = 0",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        assert_int_equal(ask(store, "SELECT rtreecheck('idx_roads_geometry') = 'ok'"), 1);
        assert_int_equal(ask(store, "SELECT CheckSpatialIndex('roads', 'geometry')"), 1);
        assert_int_equal(grid_store_commit(store, &err), GRID_OK);
        grid_shapes_free(lines);
    }
}

static void lineage_survives(void **state) {
    (void)state;
    const char *old_code[] = {"A", "A", ""}, *new_code[] = {"A", "B", "C"};
    const char *date[] = {"2026-01-01", "2026-01-01", ""}, *reason[] = {"kept", "split", "new"};
    double share[] = {0.75, 0.25, NAN};
    grid_lineage_rows rows = {.n = 3,
                              .old_code = old_code,
                              .new_code = new_code,
                              .area_share = share,
                              .households_share = share,
                              .date = date,
                              .reason = reason};
    grid_store *store;
    grid_error err;
    assert_int_equal(grid_store_create(in_folder("l.sqlite"), "EPSG:4547", true, &store, &err),
                     GRID_OK);
    assert_int_equal(grid_store_write_lineage(store, &rows, &err), GRID_OK);
    assert_int_equal(grid_store_commit(store, &err), GRID_OK);
    assert_int_equal(grid_store_open(in_folder("l.sqlite"), false, &store, &err), GRID_OK);
    grid_lineage_rows *back;
    assert_int_equal(grid_store_read_lineage(store, &back, &err), GRID_OK);
    assert_int_equal(back->n, 3);
    assert_true(back->area_share[1] == 0.25 && isnan(back->households_share[2]));
    assert_string_equal(back->new_code[1], "B");
    assert_string_equal(back->old_code[2], "");
    assert_string_equal(back->reason[0], "kept");
    grid_lineage_rows_free(back);
    grid_store_close(store);
}

static size_t count_files(void) {
    size_t n = 0;
    DIR *dir = opendir(folder);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n;
}

/* A limit on the size of files fails writes as a full disk does. */
static void a_full_disk_is_told_and_leaves_nothing(void **state) {
    (void)state;
    write_small(in_folder("full.sqlite"));
    struct stat st;
    assert_int_equal(stat(in_folder("full.sqlite"), &st), 0);
    assert_int_equal(unlink(in_folder("full.sqlite")), 0);
    size_t before = count_files();
    struct rlimit normal, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &normal), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t limit = 0; limit < 2 * (rlim_t)st.st_size; limit += 20000) {
        small_cache = limit >= (rlim_t)st.st_size;
        small = (struct rlimit){limit % (rlim_t)st.st_size, normal.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        grid_error err = {0};
        grid_status status = try_small(in_folder("full.sqlite"), &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &normal), 0);
        if (status != GRID_E_WRITE)
            fail_msg("%lu: %d %s", (unsigned long)limit, status, err.message);
        assert_int_equal(count_files(), before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_division_survives_bit_for_bit),
        cmocka_unit_test(two_runs_give_the_same_bytes),
        cmocka_unit_test(what_was_not_committed_vanishes),
        cmocka_unit_test(a_killed_writer_leaves_the_old_state),
        cmocka_unit_test(dangling_references_are_refused),
        cmocka_unit_test(roads_are_stored_whatever_their_order),
        cmocka_unit_test(spatial_indexes_are_whole),
        cmocka_unit_test(lineage_survives),
        cmocka_unit_test(a_full_disk_is_told_and_leaves_nothing),
        cmocka_unit_test(what_is_no_grid_database_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
