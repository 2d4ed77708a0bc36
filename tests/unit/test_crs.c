#include <grid/crs.h>

#include "base/base.h"
#include "base/parallel.h"
#include "base/text.h"

#include "unit.h"

#define VECTORS GRID_SHARED_DIR "/domain/gcj02_vectors.csv"

static grid_xy transform(const char *from, const char *to, double x, double y) {
    grid_crs_transform *t;
    grid_error err = {0};
    if (grid_crs_transform_new(from, to, &t, &err) != GRID_OK)
        fail_msg("%s -> %s: %s", from, to, err.message);
    grid_xy p = {x, y};
    assert_int_equal(grid_crs_transform_apply(t, &p, 1), 0);
    grid_crs_transform_free(t);
    return p;
}

static void systems_are_described(void **state) {
    (void)state;
    grid_crs_info info;
    grid_error err;
    assert_int_equal(grid_crs_check("EPSG:4547", &info, &err), GRID_OK);
    assert_false(info.geographic);
    assert_true(info.metres_per_unit == 1);
    assert_string_equal(info.id, "EPSG:4547");
    assert_true(info.area_deg.min_x < 114 && info.area_deg.max_x > 114);
    assert_int_equal(grid_crs_check("wgs84", &info, &err), GRID_OK);
    assert_true(info.geographic);
    assert_int_equal(grid_crs_check("bd09", &info, &err), GRID_OK);
    assert_true(info.geographic);
    assert_int_equal(grid_crs_check("EPSG:2263", &info, &err), GRID_OK);
    assert_true(info.metres_per_unit > 0.3048 && info.metres_per_unit < 0.30481);
    assert_int_equal(
        grid_crs_check("+proj=tmerc +lon_0=121.4671 +lat_0=31.2351 +ellps=krass", &info, &err),
        GRID_OK);
    assert_int_equal(grid_crs_check("EPSG:nonsense", &info, &err), GRID_E_ARG);
    assert_int_equal(grid_crs_check("4547", &info, &err), GRID_E_ARG);
    assert_non_null(strstr(err.hint, "EPSG:4547"));
}

static void the_zone_follows_the_longitude(void **state) {
    (void)state;
    static const struct {
        double lon, lat;
        const char *crs;
    } cases[] = {{112.845, 34.165, "EPSG:4547"}, {120.355, 36.1, "EPSG:4549"},
                 {73.6, 39, "EPSG:4534"},        {135, 48, "EPSG:4554"},
                 {112.33, 5, "EPSG:4546"},       {-71.1, 42.37, "EPSG:32619"},
                 {151.2, -33.9, "EPSG:32756"},   {180, 10, "EPSG:32660"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char crs[16];
        grid_crs_working(cases[i].lon, cases[i].lat, crs);
        assert_string_equal(crs, cases[i].crs);
    }
}

static void x_is_always_east(void **state) {
    (void)state;
    grid_xy p = transform("EPSG:4490", "EPSG:4547", 112.845, 34.165);
    assert_true(fabs(p.x - 393500) < 500 && fabs(p.y - 3782000) < 1000);
    grid_xy back = transform("EPSG:4547", "EPSG:4326", p.x, p.y);
    assert_true(fabs(back.x - 112.845) < 1e-9 && fabs(back.y - 34.165) < 1e-9);
    grid_xy zone = transform("EPSG:4547", "EPSG:4526", p.x, p.y); /* with the zone's prefix */
    assert_true(fabs(zone.x - p.x - 38e6) < 1e-6 && fabs(zone.y - p.y) < 1e-6);
}

static void equal_systems_change_nothing(void **state) {
    (void)state;
    char *wkt;
    grid_error err;
    assert_int_equal(grid_crs_write("EPSG:4547", GRID_CRS_WKT2, &wkt, &err), GRID_OK);
    grid_crs_transform *t;
    assert_int_equal(grid_crs_transform_new("EPSG:4547", wkt, &t, &err), GRID_OK);
    assert_true(grid_crs_transform_is_identity(t));
    grid_crs_transform_free(t);
    free(wkt);
    assert_int_equal(grid_crs_write("EPSG:4547", GRID_CRS_ESRI, &wkt, &err), GRID_OK);
    assert_int_equal(strncmp(wkt, "PROJCS[", 7), 0);
    free(wkt);
    assert_int_equal(grid_crs_transform_new("wgs84", "gcj02", &t, &err), GRID_OK);
    assert_false(grid_crs_transform_is_identity(t));
    grid_crs_transform_free(t);
}

static void datums_without_parameters_are_refused(void **state) {
    (void)state;
    static const char *const refused[] = {"EPSG:4214", "EPSG:4610",  "EPSG:2435",
                                          "EPSG:2343", "EPSG:21458", "EPSG:4555"};
    grid_crs_transform *t;
    grid_error err;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(grid_crs_transform_new(refused[i], "EPSG:4547", &t, &err), GRID_E_INPUT);
        assert_non_null(strstr(err.hint, "towgs84"));
        assert_int_equal(grid_crs_transform_new("EPSG:4326", refused[i], &t, &err), GRID_E_INPUT);
    }
    /* Inside one datum, and with parameters, it goes. */
    transform("EPSG:4610", "EPSG:2343", 112.8, 34.1);
    grid_xy p = transform("+proj=longlat +ellps=krass +towgs84=15.8,-154.4,-82.3,0,0,0,0",
                          "EPSG:4490", 112.8, 34.1);
    assert_true(fabs(p.x - 112.8) > 1e-5 && fabs(p.x - 112.8) < 1e-2);
    /* Geocentric datums agree within a metre. */
    transform("EPSG:3826", "EPSG:4490", 195000, 2597000);
    transform("EPSG:26986", "EPSG:4326", 233000, 901000);
    transform("EPSG:27700", "EPSG:4326", 530000, 180000);
}

/* Rows of the vectors that may be used: id, and pairs of coordinates. */
static size_t each_vector(void (*check)(const char *id, const grid_xy at[3], const bool has[3],
                                        double tolerance)) {
    FILE *file = fopen(VECTORS, "r");
    if (file == NULL)
        skip();
    char line[1024];
    size_t n = 0;
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        if (strstr(line, "DO NOT USE") != NULL)
            continue;
        /* The second column may be quoted because it holds a comma. */
        char *quote = strstr(line, ",\"");
        char *rest = quote && quote < strstr(line, "6378245,")
                         ? strstr(quote + 2, "\",") + 2
                         : strchr(strchr(line, ',') + 1, ',') + 1;
        grid_xy at[3];
        bool has[3];
        char *cell[7];
        for (size_t i = 0; i < 7; i++)
            cell[i] = strsep(&rest, ",");
        for (size_t i = 0; i < 3; i++)
            has[i] = grid_text_to_double(cell[2 * i], &at[i].x) &&
                     grid_text_to_double(cell[2 * i + 1], &at[i].y);
        const char *tolerance = cell[6] + (*cell[6] == '"');
        *strchr(line, ',') = '\0';
        check(line, at, has, strtod(tolerance, NULL));
        n++;
    }
    fclose(file);
    return n;
}

static void near(const char *id, const char *step, grid_xy got, grid_xy expected,
                 double tolerance) {
    double off = fmax(fabs(got.x - expected.x), fabs(got.y - expected.y));
    if (!(off <= tolerance))
        fail_msg("%s: %s is off by %g", id, step, off);
}

static void check_vector(const char *id, const grid_xy at[3], const bool has[3], double tolerance) {
    assert_true(has[0] && has[1]);
    /* Published with 12 digits or fewer; the last digit is not ours to judge. */
    double t = fmax(tolerance, 2e-12);
    near(id, "gcj02", transform("wgs84", "gcj02", at[0].x, at[0].y), at[1], t);
    if (has[2]) {
        near(id, "bd09", transform("gcj02", "bd09", at[1].x, at[1].y), at[2],
             fmax(t, 1e-6 * (t > 1e-9)));
        near(id, "bd09 back", transform("bd09", "gcj02", at[2].x, at[2].y), at[1],
             fmax(t, 1e-6 * (t > 1e-9)));
    }
    /* The inverse is exact, whatever the published digits say. */
    grid_xy gcj = transform("wgs84", "gcj02", at[0].x, at[0].y);
    near(id, "inverse", transform("gcj02", "wgs84", gcj.x, gcj.y), at[0], 1e-9);
    grid_xy bd = transform("wgs84", "bd09", at[0].x, at[0].y);
    near(id, "inverse of bd09", transform("bd09", "wgs84", bd.x, bd.y), at[0], 1e-9);
}

static void shifted_coordinates_agree_with_the_vectors(void **state) {
    (void)state;
    assert_true(each_vector(check_vector) > 30);
}

/* The published formulas of GCJ-02 and BD-09 as they stand, in long double. */
static void published(double lon, double lat, long double gcj[2], long double bd[2]) {
    const long double pi = 3.14159265358979323846264338327950288L, a = 6378245,
                      ee = 0.00669342162296594323L;
    long double x = (long double)lon - 105, y = (long double)lat - 35, r = sqrtl(fabsl(x));
    long double both = (20 * sinl(6 * x * pi) + 20 * sinl(2 * x * pi)) * 2 / 3;
    long double north = -100 + 2 * x + 3 * y + 0.2L * y * y + 0.1L * x * y + 0.2L * r + both;
    north += (20 * sinl(y * pi) + 40 * sinl(y / 3 * pi)) * 2 / 3;
    north += (160 * sinl(y / 12 * pi) + 320 * sinl(y * pi / 30)) * 2 / 3;
    long double east = 300 + x + 2 * y + 0.1L * x * x + 0.1L * x * y + 0.1L * r + both;
    east += (20 * sinl(x * pi) + 40 * sinl(x / 3 * pi)) * 2 / 3;
    east += (150 * sinl(x / 12 * pi) + 300 * sinl(x / 30 * pi)) * 2 / 3;
    long double phi = (long double)lat / 180 * pi, w2 = 1 - ee * sinl(phi) * sinl(phi);
    gcj[0] = lon + east * 180 / (a / sqrtl(w2) * cosl(phi) * pi);
    gcj[1] = lat + north * 180 / (a * (1 - ee) / (w2 * sqrtl(w2)) * pi);
    const long double k = pi * 3000 / 180;
    long double z = hypotl(gcj[0], gcj[1]) + 0.00002L * sinl(gcj[1] * k);
    long double theta = atan2l(gcj[1], gcj[0]) + 0.000003L * cosl(gcj[0] * k);
    bd[0] = z * cosl(theta) + 0.0065L;
    bd[1] = z * sinl(theta) + 0.006L;
}

/* Anywhere in the box, and on both sides of 105 degrees, where the formula has a cusp. */
static grid_xy some_place(size_t i) {
    uint64_t r = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    r = (r ^ r >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    double u = (double)(r >> 40) / (1 << 24), v = (double)(r & 0xffffff) / (1 << 24);
    if (i % 8 == 0)
        return (grid_xy){105 + (i % 16 == 0 ? 1 : -1) * exp2(-40 * u), 1 + 54 * v};
    return (grid_xy){72.02 + 65.79 * u, 0.84 + 54.97 * v};
}

static void shifts_are_the_published_ones_and_come_back(void **state) {
    (void)state;
    enum { N = 100000 };
    static const char *const names[] = {"gcj02", "bd09"};
    grid_xy *p = malloc(N * sizeof *p);
    for (size_t k = 0; k < 2; k++) {
        grid_crs_transform *there, *back;
        grid_error err;
        assert_int_equal(grid_crs_transform_new("wgs84", names[k], &there, &err), GRID_OK);
        assert_int_equal(grid_crs_transform_new(names[k], "wgs84", &back, &err), GRID_OK);
        for (size_t i = 0; i < N; i++)
            p[i] = some_place(i);
        assert_int_equal(grid_crs_transform_apply(there, p, N), 0);
        for (size_t i = 0; i < N; i++) {
            grid_xy from = some_place(i);
            long double want[2][2];
            published(from.x, from.y, want[0], want[1]);
            double error = (double)fmaxl(fabsl(p[i].x - want[k][0]), fabsl(p[i].y - want[k][1]));
            if (error > 1e-13)
                fail_msg("%s of %.12f %.12f is %g off", names[k], from.x, from.y, error);
        }
        assert_int_equal(grid_crs_transform_apply(back, p, N), 0);
        for (size_t i = 0; i < N; i++) {
            grid_xy from = some_place(i);
            double error = fmax(fabs(p[i].x - from.x), fabs(p[i].y - from.y));
            if (error > 1e-12)
                fail_msg("%s back to %.15f %.12f is %g off", names[k], from.x, from.y, error);
        }
        grid_crs_transform_free(there);
        grid_crs_transform_free(back);
    }
    free(p);
}

static void clones_work_in_threads_apply(void *user, size_t begin, size_t end, unsigned worker) {
    grid_crs_transform **clones = ((void **)user)[0];
    grid_xy *xy = ((void **)user)[1];
    assert_int_equal(grid_crs_transform_apply(clones[worker], xy + begin, end - begin), 0);
}

static void clones_work_in_threads(void **state) {
    (void)state;
    enum { N = 4000, THREADS = 4 };
    static grid_xy one[N], many[N];
    for (size_t i = 0; i < N; i++)
        one[i] = many[i] = (grid_xy){112 + (double)i * 1e-4, 34};
    grid_crs_transform *t, *clones[THREADS];
    grid_error err;
    assert_int_equal(grid_crs_transform_new("bd09", "EPSG:4547", &t, &err), GRID_OK);
    assert_int_equal(grid_crs_transform_apply(t, one, N), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(grid_crs_transform_clone(t, &clones[i], &err), GRID_OK);
    void *user[] = {clones, many};
    grid_parallel_for(THREADS, N, 100, clones_work_in_threads_apply, user);
    assert_memory_equal(one, many, sizeof one);
    for (size_t i = 0; i < THREADS; i++)
        grid_crs_transform_free(clones[i]);
    grid_crs_transform_free(t);
}

static void what_cannot_be_transformed_is_nan(void **state) {
    (void)state;
    grid_crs_transform *t;
    grid_error err;
    assert_int_equal(grid_crs_transform_new("EPSG:4326", "EPSG:4547", &t, &err), GRID_OK);
    grid_xy xy[3] = {{114, 34}, {NAN, 1}, {114, 4000000}};
    assert_int_equal(grid_crs_transform_apply(t, xy, 3), 2);
    assert_true(xy[0].x == 500000 && isnan(xy[1].x) && isnan(xy[2].y));
    grid_crs_transform_free(t);
}

static void contradictions_are_refused_with_a_guess(void **state) {
    (void)state;
    static const struct {
        const char *crs;
        double x, y;
        const char *hint; /* NULL: fine */
        bool inside;
    } cases[] = {
        {"EPSG:4547", 393500, 3782000, NULL, true},
        {"EPSG:4326", 112.8, 34.1, NULL, true},
        {"EPSG:3826", 195000, 2597000, NULL, true},
        {"EPSG:26986", 233000, 901000, NULL, true},
        {"gcj02", 112.8, 34.1, NULL, true},
        {"EPSG:4326", 38393500, 3782000, "EPSG:4526", false},
        {"EPSG:4326", 19393500, 3782000, "EPSG:4497", false},
        {"EPSG:4326", 393500, 3782000, "without zone number", false},
        {"EPSG:4326", 12561000, 4048000, "EPSG:3857", false},
        {"EPSG:4326", 3782000, 393500, "exchanged", false},
        {"EPSG:4326", 34.1, 112.8, "longitude", false},
        {"EPSG:4490", 34.1, 112.8, "longitude", false},
        {"EPSG:4490", 30.1, 87.6, "longitude", false},
        {"EPSG:4547", 112.8, 34.1, "EPSG:4490", false},
        {"EPSG:4547", 34.1, 112.8, "EPSG:4490", false},
        {"EPSG:4547", 3782000, 393500, "exchange", false},
        {"EPSG:4547", 38393500, 3782000, "EPSG:4526", false},
        {"EPSG:4526", 393500, 3782000, "EPSG:4547", false},
        {"EPSG:4547", 12, 34, NULL, false}, /* a drawing's own coordinates: said, not refused */
        {"+proj=tmerc +lon_0=121.4671 +lat_0=31.2351", 12, 34, NULL, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grid_box box = {cases[i].x, cases[i].y, cases[i].x + 0.01, cases[i].y + 0.01};
        bool inside = false;
        grid_error err = {0};
        grid_status status = grid_crs_check_box(cases[i].crs, &box, &inside, &err);
        if (cases[i].hint == NULL && (status != GRID_OK || inside != cases[i].inside))
            fail_msg("case %zu: %s %s", i, err.message, err.hint);
        if (cases[i].hint != NULL && (status != GRID_E_INPUT || !strstr(err.hint, cases[i].hint)))
            fail_msg("case %zu: %d \"%s\" hint \"%s\"", i, status, err.message, err.hint);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems_are_described),
        cmocka_unit_test(the_zone_follows_the_longitude),
        cmocka_unit_test(x_is_always_east),
        cmocka_unit_test(equal_systems_change_nothing),
        cmocka_unit_test(datums_without_parameters_are_refused),
        cmocka_unit_test(shifted_coordinates_agree_with_the_vectors),
        cmocka_unit_test(shifts_are_the_published_ones_and_come_back),
        cmocka_unit_test(clones_work_in_threads),
        cmocka_unit_test(what_cannot_be_transformed_is_nan),
        cmocka_unit_test(contradictions_are_refused_with_a_guess),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
