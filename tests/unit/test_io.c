#include <grid/io.h>

#include "base/base.h"

#include "folder.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAMBRIDGE GRID_SHARED_DIR "/data/cambridge/cambridge.gpkg"

/* Findings of a run, as "kind kind ". */
typedef struct kinds {
    char text[512];
    size_t n;
} kinds;

static void collect(void *user, const grid_finding *finding) {
    kinds *k = user;
    size_t used = strlen(k->text);
    snprintf(k->text + used, sizeof k->text - used, "%s ", finding->kind);
    k->n++;
}

static grid_layer *read_layer(const char *spec, const grid_layer_options *options, kinds *found) {
    grid_context ctx = {.on_finding = collect, .user = found};
    grid_layer *layer;
    grid_error err = {0};
    grid_status status = grid_layer_read(spec, options, found ? &ctx : NULL, &layer, &err);
    if (status != GRID_OK)
        fail_msg("%s: %s: %s", spec, err.where, err.message);
    return layer;
}

static void write_text(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *const names[] = {"东城社区", "西城社区", NULL};
static const int64_t counts[] = {1, -5, INT64_C(9007199254740993)};
static const double sizes[] = {0.1, 123456.789, NAN};

static const grid_field fields[] = {
    {.name = "name", .type = GRID_COLUMN_TEXT, .text = names},
    {.name = "count", .type = GRID_COLUMN_INT, .integer = counts},
    {.name = "size", .type = GRID_COLUMN_REAL, .real = sizes},
};

static grid_shapes *three_areas(void) {
    grid_shapes *s = grid_shapes_new();
    assert_non_null(s);
    static const double x[] = {500000.1, 500001.3, 500001.7, 500000.2, 500000.1};
    static const double y[] = {3700000.7, 3700000.1, 3700001.9, 3700002.3, 3700000.7};
    for (size_t f = 0; f < 2; f++) {
        assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA));
        for (size_t p = 0; p <= f; p++) {
            assert_true(grid_shapes_begin_part(s) && grid_shapes_begin_chain(s));
            for (size_t i = 0; i < 5; i++)
                assert_true(grid_shapes_add(s, x[i] + 10 * (double)(f + p), y[i]));
        }
    }
    assert_true(grid_shapes_begin(s, GRID_SHAPE_NONE));
    return s;
}

static void written_layers_read_back(void **state) {
    (void)state;
    static const char *const files[] = {"a.gpkg", "a.shp", "a.sqlite", "a.gml"};
    grid_shapes *shapes = three_areas();
    grid_layer_out out = {
        .name = "a", .crs = "EPSG:4547", .shapes = shapes, .field = fields, .n_fields = 3, .n = 3};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        grid_error err = {0};
        grid_status status = grid_layer_write(in_folder(files[i]), &out, 1, NULL, false, &err);
        if (status != GRID_OK)
            fail_msg("%s: %s", files[i], err.message);
        kinds found = {0};
        grid_layer *layer = read_layer(in_folder(files[i]), NULL, &found);
        assert_int_equal(layer->n, 3);
        assert_string_equal(found.text, "geometry-unusable ");
        assert_string_equal(layer->crs, "EPSG:4547");
        assert_int_equal(layer->shapes->n_xy, shapes->n_xy);
        if (strcmp(files[i], "a.shp") != 0) /* which turns rings round */
            assert_memory_equal(layer->shapes->xy, shapes->xy, shapes->n_xy * sizeof *shapes->xy);
        assert_int_equal(layer->shapes->part_start[2], 3);
        const grid_column *name = grid_layer_column(layer, "NAME");
        const grid_column *count = grid_layer_column(layer, "count");
        const grid_column *size = grid_layer_column(layer, "size");
        assert_string_equal(name->text[1], "西城社区");
        assert_true(name->null[2]);
        assert_int_equal(count->type, GRID_COLUMN_INT);
        assert_true(count->integer[2] == counts[2]);
        assert_true(size->real[1] == sizes[1] && size->real[0] == sizes[0] && size->null[2]);
        grid_layer_free(layer);
    }
    grid_shapes_free(shapes);
}

static void existing_outputs_are_refused(void **state) {
    (void)state;
    grid_layer_out out = {.name = "t", .field = fields, .n_fields = 3, .n = 2};
    grid_error err;
    assert_int_equal(grid_layer_write(in_folder("t.csv"), &out, 1, NULL, false, &err), GRID_OK);
    assert_int_equal(grid_layer_write(in_folder("t.csv"), &out, 1, NULL, false, &err),
                     GRID_E_EXISTS);
    assert_int_equal(grid_layer_write(in_folder("t.csv"), &out, 1, NULL, true, &err), GRID_OK);
    assert_int_equal(grid_layer_write("/dev/full", &out, 1, NULL, true, &err), GRID_E_ARG);
    assert_int_equal(grid_layer_write("/no/where.csv", &out, 1, NULL, true, &err), GRID_E_WRITE);
    grid_layer *layer = read_layer(in_folder("t.csv"), NULL, NULL);
    assert_int_equal(layer->n, 2);
    int64_t value;
    assert_true(grid_column_integer(grid_layer_column(layer, "count"), 1, &value) && value == -5);
    grid_layer_free(layer);
}

static void shapefiles_refuse_what_does_not_fit(void **state) {
    (void)state;
    static char too_long[300];
    memset(too_long, 'x', sizeof too_long - 1);
    const char *const text[] = {too_long};
    static const char *const emoji[] = {"\xf0\x9f\x8f\xa0\xe2\x82\xbf"};
    grid_shapes *shapes = grid_shapes_new();
    assert_true(grid_shapes_begin(shapes, GRID_SHAPE_POINT) && grid_shapes_begin_part(shapes) &&
                grid_shapes_begin_chain(shapes) && grid_shapes_add(shapes, 1, 2));
    grid_field field = {.name = "name", .type = GRID_COLUMN_TEXT, .text = text};
    grid_layer_out out = {
        .name = "p", .crs = "EPSG:4547", .shapes = shapes, .field = &field, .n_fields = 1, .n = 1};
    grid_error err;
    assert_int_equal(grid_layer_write(in_folder("p.shp"), &out, 1, NULL, false, &err),
                     GRID_E_WRITE);
    field.text = emoji;
    assert_int_equal(grid_layer_write(in_folder("p.shp"), &out, 1, "GBK", false, &err),
                     GRID_E_WRITE);
    field.text = names;
    field.name = "a_long_name_of_a_field";
    assert_int_equal(grid_layer_write(in_folder("p.shp"), &out, 1, "GBK", false, &err), GRID_E_ARG);
    assert_int_equal(access(in_folder("p.dbf"), F_OK), -1);
    field.name = "name";
    assert_int_equal(grid_layer_write(in_folder("p.shp"), &out, 1, "GBK", false, &err), GRID_OK);
    assert_int_equal(access(in_folder("p.cpg"), F_OK), 0);
    assert_int_equal(access(in_folder("p.prj"), F_OK), 0);
    write_text(in_folder("p.sbn"), "an index of the old one");
    assert_int_equal(grid_layer_write(in_folder("p.shp"), &out, 1, "GBK", true, &err), GRID_OK);
    assert_int_equal(access(in_folder("p.sbn"), F_OK), -1);
    grid_layer *layer = read_layer(in_folder("p.shp"), NULL, NULL);
    assert_string_equal(layer->column[0].text[0], names[0]);
    grid_layer_free(layer);

    /* GBK is said in the .cpg and in the .dbf; without either it is recognised. */
    assert_int_equal(unlink(in_folder("p.cpg")), 0);
    kinds found = {0};
    FILE *dbf = fopen(in_folder("p.dbf"), "r+b");
    assert_true(fseek(dbf, 29, SEEK_SET) == 0 && fgetc(dbf) == 77);
    assert_true(fseek(dbf, 29, SEEK_SET) == 0 && fputc(0, dbf) == 0 && fclose(dbf) == 0);
    layer = read_layer(in_folder("p.shp"), NULL, &found);
    assert_string_equal(layer->column[0].text[0], names[0]);
    assert_non_null(strstr(found.text, "encoding-detected "));
    grid_layer_free(layer);
    grid_shapes_free(shapes);
}

static void gbk_tables_are_recognised(void **state) {
    (void)state;
    write_text(in_folder("g.csv"), "id,\xc3\xfb\xb3\xc6\n007,\xb6\xab\xb3\xc7\n");
    kinds found = {0};
    grid_layer *layer = read_layer(in_folder("g.csv"), NULL, &found);
    assert_string_equal(layer->column[1].name, "名称");
    assert_string_equal(layer->column[1].text[0], "东城");
    assert_string_equal(layer->column[0].text[0], "007"); /* a code keeps its zeros */
    assert_string_equal(found.text, "encoding-detected ");
    grid_layer_free(layer);
}

/* Points in many rows, for files of some hundred kilobytes. */
static grid_shapes *many_points(size_t n) {
    grid_shapes *s = grid_shapes_new();
    for (size_t i = 0; i < n; i++)
        assert_true(grid_shapes_begin(s, GRID_SHAPE_POINT) && grid_shapes_begin_part(s) &&
                    grid_shapes_begin_chain(s) &&
                    grid_shapes_add(s, 112 + (double)i * 1e-6, 34 + (double)i * 1e-7));
    return s;
}

/* A .dbf field of 8 bytes cuts the third character of UTF-8 and the fifth of "a" and GBK. */
static void cut_characters_are_taken_off(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *text, *kinds;
    } cases[] = {
        {"\xe4\xb8\x9c\xe5\x9f\x8e\xe7\xa4", "东城", "text-cut "},
        {"a\xb6\xab\xb3\xc7\xc9\xe7\xc7", "a东城社", "encoding-detected text-cut "},
        {"\xb6\xab\xb3\xc7\xc9\xe7\xc7\xf8", "东城社区", "encoding-detected "},
    };
    grid_shapes *shapes = many_points(1);
    const char *const text[] = {"12345678"};
    grid_field field = {.name = "name", .type = GRID_COLUMN_TEXT, .text = text, .width = 8};
    grid_layer_out out = {
        .name = "c", .crs = "EPSG:4326", .shapes = shapes, .field = &field, .n_fields = 1, .n = 1};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grid_error err;
        assert_int_equal(grid_layer_write(in_folder("c.shp"), &out, 1, NULL, true, &err), GRID_OK);
        assert_int_equal(unlink(in_folder("c.cpg")), 0);
        FILE *dbf = fopen(in_folder("c.dbf"), "r+b");
        assert_int_equal(fseek(dbf, 32 + 32 + 1 + 1, SEEK_SET), 0); /* the first record's value */
        assert_true(fwrite(cases[i].bytes, 1, 8, dbf) == 8 && fclose(dbf) == 0);
        kinds found = {0};
        grid_layer *layer = read_layer(in_folder("c.shp"), NULL, &found);
        assert_string_equal(layer->column[0].text[0], cases[i].text);
        assert_string_equal(found.text, cases[i].kinds);
        grid_layer_free(layer);
    }
    grid_shapes_free(shapes);
}

static void refuse(const char *spec, grid_status expected, const char *in_message) {
    grid_layer *layer;
    grid_error err = {0};
    grid_status status = grid_layer_read(spec, NULL, NULL, &layer, &err);
    assert_int_equal(status, expected);
    assert_null(layer);
    char all[1100];
    snprintf(all, sizeof all, "%s|%s|%s", err.where, err.message, err.hint);
    if (strstr(all, in_message) == NULL)
        fail_msg("\"%s\" is not in %s", in_message, all);
}

static void wrong_names_get_a_hint(void **state) {
    (void)state;
    refuse(in_folder("none.gpkg"), GRID_E_READ, "no such file");
    write_text(in_folder("rubbish.gpkg"), "rubbish");
    refuse(in_folder("rubbish.gpkg"), GRID_E_READ, "rubbish.gpkg");
    write_text(in_folder("col:on.csv"), "id,n\n1,2\n");
    grid_layer_free(read_layer(in_folder("col:on.csv"), NULL, NULL));
    if (access(CAMBRIDGE, R_OK) != 0)
        skip();
    refuse(CAMBRIDGE, GRID_E_INPUT, "city_boundary");
    refuse(CAMBRIDGE ":citty_boundary", GRID_E_INPUT, "did you mean \"city_boundary\"");
}

static void dirty_parcels_are_read_whole(void **state) {
    (void)state;
    if (access(CAMBRIDGE, R_OK) != 0)
        skip();
    kinds found = {0};
    grid_layer *layer = read_layer(CAMBRIDGE ":parcels_fy14", NULL, &found);
    assert_int_equal(layer->n, 13116);
    assert_int_equal(layer->shapes->n, 13116);
    assert_string_equal(layer->crs, "EPSG:26986");
    const grid_column *households;
    grid_error err;
    assert_int_equal(grid_layer_find_column(layer, "huoseholds", &households, &err), GRID_E_INPUT);
    assert_string_equal(err.hint, "did you mean \"households\"?");
    assert_int_equal(grid_layer_find_column(layer, "households", &households, &err), GRID_OK);
    int64_t sum = 0, value;
    for (size_t i = 0; i < layer->n; i++)
        if (grid_column_integer(households, i, &value))
            sum += value;
    assert_int_equal(sum, 42672);
    assert_int_equal(found.n, 1);
    grid_layer_free(layer);
}

static void a_raised_flag_ends_the_reading(void **state) {
    (void)state;
    write_text(in_folder("c.csv"), "id,n\n1,2\n");
    volatile int cancel = 1;
    grid_context ctx = {.cancel = &cancel};
    grid_layer *layer;
    grid_error err;
    assert_int_equal(grid_layer_read(in_folder("c.csv"), NULL, &ctx, &layer, &err), GRID_E_CANCEL);
}

static void shapes_of_every_kind_come_in(void **state) {
    (void)state;
    write_text(in_folder("k.csv"),
               "id,WKT\n"
               "1,\"CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))\"\n"
               "2,\"POINT Z(1 2 3)\"\n"
               "3,\"MULTILINESTRING((0 0,1 1),(2 2,3 3))\"\n"
               "4,\"GEOMETRYCOLLECTION(POINT(0 0),POLYGON((0 0,1 0,1 1,0 0)))\"\n"
               "5,\"POLYGON((0 0,1 0,1 1))\"\n"
               "6,\"POLYGON EMPTY\"\n"
               "7,\"POLYGON((0 0,nan 0,1 1,0 0))\"\n"
               "8,\n");
    kinds found = {0};
    grid_layer *layer = read_layer(in_folder("k.csv"), NULL, &found);
    const uint8_t kinds_expected[] = {GRID_SHAPE_AREA, GRID_SHAPE_POINT, GRID_SHAPE_LINE,
                                      GRID_SHAPE_AREA, GRID_SHAPE_AREA,  GRID_SHAPE_NONE,
                                      GRID_SHAPE_NONE, GRID_SHAPE_NONE};
    assert_int_equal(layer->n, 8);
    assert_memory_equal(layer->shapes->kind, kinds_expected, 8);
    assert_string_equal(found.text, "geometry-mixed ring-closed geometry-unusable "
                                    "geometry-unusable geometry-unusable ");
    assert_true(grid_shapes_area(layer->shapes, 0) > 3.1);
    grid_layer_free(layer);
}

static void layers_are_reprojected(void **state) {
    (void)state;
    write_text(in_folder("r.geojson"),
               "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
               "{\"id\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[114,34]}}]}");
    grid_layer *layer = read_layer(in_folder("r.geojson"),
                                   &(grid_layer_options){.to_crs = "EPSG:4547"}, NULL);
    assert_string_equal(layer->crs, "EPSG:4547");
    assert_true(fabs(layer->shapes->xy[0].x - 500000) < 1e-6);
    grid_layer_free(layer);
    write_text(in_folder("r.csv"), "id,WKT\n1,POINT(1 2)\n");
    grid_error err;
    assert_int_equal(grid_layer_read(in_folder("r.csv"),
                                     &(grid_layer_options){.to_crs = "EPSG:4547"}, NULL, &layer,
                                     &err),
                     GRID_E_INPUT);
}

static void counts_are_joined_by_key(void **state) {
    (void)state;
    write_text(in_folder("b.csv"), "id,n\n 7 ,1\n8,1\n,1\n9,1\n");
    write_text(in_folder("h.csv"), "building,households\n7,3\n9,\n7,4\n10,5\n 8,1\n");
    grid_layer *layer = read_layer(in_folder("b.csv"), NULL, NULL);
    grid_layer *table = read_layer(in_folder("h.csv"), NULL, NULL);
    kinds found = {0};
    grid_context ctx = {.on_finding = collect, .user = &found};
    int64_t out[4];
    grid_error err;
    assert_int_equal(
        grid_layer_count(layer, "id", table, "building", "households", &ctx, out, &err), GRID_OK);
    const int64_t sums[] = {7, 1, 0, 0}, rows[] = {2, 1, 0, 1};
    assert_memory_equal(out, sums, sizeof sums);
    assert_string_equal(found.text, "row-unmatched ");
    assert_int_equal(grid_layer_count(layer, "id", table, "building", NULL, NULL, out, &err),
                     GRID_OK);
    assert_memory_equal(out, rows, sizeof rows);
    /* A key that is not unique, a column that is not there, a value that is no count. */
    assert_int_equal(grid_layer_count(layer, "n", table, "building", NULL, NULL, out, &err),
                     GRID_E_INPUT);
    assert_non_null(strstr(err.message, "same key '1'"));
    assert_int_equal(grid_layer_count(layer, "id", table, "bulding", NULL, NULL, out, &err),
                     GRID_E_INPUT);
    assert_string_equal(err.hint, "did you mean \"building\"?");
    grid_layer_free(table);
    write_text(in_folder("h.csv"), "building,households\n7,-3\n");
    table = read_layer(in_folder("h.csv"), NULL, NULL);
    assert_int_equal(
        grid_layer_count(layer, "id", table, "building", "households", NULL, out, &err),
        GRID_E_INPUT);
    grid_layer_free(table);
    grid_layer_free(layer);
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
    static const char *const files[] = {"f.gpkg", "f.shp", "f.geojson", "f.geojsonl", "f.csv",
                                        "f.kml",  "f.fgb", "f.gml",     "f.sqlite",   "f.xlsx"};
    enum { N = 5000 };
    static int64_t ids[N];
    for (size_t i = 0; i < N; i++)
        ids[i] = (int64_t)(i * UINT64_C(2654435761) % 1000000007); /* hard to compress */
    grid_shapes *shapes = many_points(N);
    grid_field field = {.name = "id", .type = GRID_COLUMN_INT, .integer = ids};
    grid_layer_out out = {
        .name = "f", .crs = "EPSG:4326", .shapes = shapes, .field = &field, .n_fields = 1, .n = N};
    size_t before = count_files();
    struct rlimit normal, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &normal), 0);
    small = normal;
    signal(SIGXFSZ, SIG_IGN);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (rlim_t limit = 0; limit <= 32 << 10; limit += 16 << 10) {
            out.shapes = strstr(files[i], ".xlsx") ? NULL : shapes; /* a table only */
            small.rlim_cur = limit;
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
            grid_error err = {0};
            grid_status status = grid_layer_write(in_folder(files[i]), &out, 1, NULL, true, &err);
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &normal), 0);
            if (status != GRID_E_WRITE || strchr(err.message, '\n') != NULL)
                fail_msg("%s: %d %s", files[i], status, err.message);
        }
    assert_int_equal(count_files(), before);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        grid_error err = {0};
        out.shapes = strstr(files[i], ".xlsx") ? NULL : shapes;
        if (grid_layer_write(in_folder(files[i]), &out, 1, NULL, true, &err) != GRID_OK)
            fail_msg("%s: %s", files[i], err.message);
        grid_layer *layer = read_layer(in_folder(files[i]), NULL, NULL);
        assert_int_equal(layer->n, N);
        grid_layer_free(layer);
    }
    grid_shapes_free(shapes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_layers_read_back),
        cmocka_unit_test(existing_outputs_are_refused),
        cmocka_unit_test(shapefiles_refuse_what_does_not_fit),
        cmocka_unit_test(gbk_tables_are_recognised),
        cmocka_unit_test(cut_characters_are_taken_off),
        cmocka_unit_test(wrong_names_get_a_hint),
        cmocka_unit_test(dirty_parcels_are_read_whole),
        cmocka_unit_test(a_raised_flag_ends_the_reading),
        cmocka_unit_test(shapes_of_every_kind_come_in),
        cmocka_unit_test(layers_are_reprojected),
        cmocka_unit_test(counts_are_joined_by_key),
        cmocka_unit_test(a_full_disk_is_told_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
