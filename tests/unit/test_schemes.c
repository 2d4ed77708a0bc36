/* The shipped schemes: each loads, and the staffing that its city published passes its check. */
#include "unit.h"

#include <grid/duty.h>

#include "common/duties.h"

static grid_error err;

enum { MAX = 4096 };

/* A district being staffed. */
typedef struct town {
    tool_duties duties;
    grid_duty_unit units[MAX];
    grid_holder holders[MAX];
    size_t n_units, n_holders, n_texts;
    char text[2 * MAX][40];
} town;

static town t;
static size_t faults;

static void count_fault(void *user, const grid_finding *f) {
    (void)user;
    faults += f->severity == GRID_FAULT;
}

static const char *text(const char *format, size_t a, size_t b) {
    assert_true(t.n_texts < 2 * MAX);
    char *out = t.text[t.n_texts++];
    snprintf(out, sizeof t.text[0], format, a, b); /* NOLINT: the formats are below */
    return out;
}

static void begin(const char *scheme) {
    tool_duties_free(&t.duties);
    memset(&t, 0, sizeof t);
    faults = 0;
    char path[512];
    snprintf(path, sizeof path, "%s/schemes/%s", GRID_DATA_DIR, scheme);
    if (tool_duties_read(path, &t.duties, &err) != GRID_OK)
        fail_msg("%s: %s: %s", scheme, err.where, err.message);
}

static const char *add_unit(const char *level, const char *parent) {
    const char *code = text("u%zu", t.n_units, 0);
    assert_true(t.n_units < MAX);
    t.units[t.n_units++] = (grid_duty_unit){code, parent, code, level};
    return code;
}

static void hold(const char *person, const char *post, const char *unit) {
    assert_true(t.n_holders < MAX);
    t.holders[t.n_holders++] = (grid_holder){person, "", "", post, unit, "", "", ""};
}

/* n persons of their own in one post of one unit. */
static void staff(const char *post, const char *unit, size_t n) {
    for (size_t i = 0; i < n; i++)
        hold(text("p%zu", t.n_holders, 0), post, unit);
}

static size_t check(const char *post, grid_post_count *out) {
    grid_duty_input in = {t.units,   t.n_units,   t.duties.posts.at, t.duties.posts.n,
                          t.holders, t.n_holders, t.duties.rules.at, t.duties.rules.n};
    grid_context ctx = {.on_finding = count_fault};
    grid_post_count counts[32];
    grid_duty *duty;
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_OK);
    assert_true(grid_duty_post_count(duty) <= 32);
    assert_int_equal(grid_duty_check(duty, &ctx, counts, &err), GRID_OK);
    for (size_t i = 0; i < grid_duty_post_count(duty); i++)
        if (strcmp(counts[i].post, post) == 0)
            *out = counts[i];
    grid_duty_free(duty);
    return faults;
}

/* 一格一员, 一员多格, 一格一管理员+N协管员. */
static void ruzhou(void **state) {
    (void)state;
    grid_post_count c;
    begin("ruzhou");
    const char *street = add_unit("street", "");
    staff("guide", street, 1);
    for (size_t k = 0; k < 4; k++) {
        const char *community = add_unit("community", street);
        hold("the one head", "head", community);
        for (size_t g = 0; g < 3; g++) {
            const char *grid = add_unit("grid", community);
            staff("manager", grid, 1);
            staff("helper", grid, 1 + g);
        }
    }
    assert_int_equal(check("head", &c), 0);
    assert_int_equal(c.filled, 4);
    assert_int_equal(c.persons, 1);
}

/* One head and several patrols in a responsibility grid; 1 + 1 + 1 in the street, and two police.
 */
static void shibei(void **state) {
    (void)state;
    static const char *const of_street[] = {"leader", "section_cadre", "enforcement", "police",
                                            "traffic_police"};
    grid_post_count c;
    begin("shibei");
    const char *street = add_unit("street", "");
    for (size_t i = 0; i < 5; i++)
        staff(of_street[i], street, 1);
    for (size_t k = 0; k < 135; k++) {
        const char *community = add_unit("responsibility", street);
        staff("head", community, 1);
        staff("patrol", community, 3);
        for (size_t u = 0; u < 7; u++)
            add_unit("unit", community);
    }
    assert_int_equal(check("patrol", &c), 0);
    assert_int_equal(c.units, 135);
    assert_int_equal(c.holders, 405);
}

/* 42 grids with 32 heads, 83 workers and 515 building heads: a head may have several grids. */
static void anding(void **state) {
    (void)state;
    grid_post_count c;
    begin("anding");
    const char *street = add_unit("street", "");
    const char *community = add_unit("community", street);
    staff("street_head", street, 1);
    staff("community_head", community, 1);
    for (size_t g = 0; g < 42; g++) {
        const char *grid = add_unit("grid", community);
        hold(text("head %zu", g < 32 ? g : g - 32, 0), "head", grid);
        staff("worker", grid, g < 41 ? 2 : 1);
        staff("building_head", grid, g < 11 ? 13 : 12);
    }
    assert_int_equal(check("head", &c), 0);
    assert_int_equal(c.persons, 32);
    assert_int_equal(c.filled, 42);
    assert_int_equal(check("worker", &c), 0);
    assert_int_equal(c.persons, 83);
    assert_int_equal(check("building_head", &c), 0);
    assert_int_equal(c.persons, 515);
}

/* 32 stations, each over a block of communities, each with one policeman. */
static void jingan(void **state) {
    (void)state;
    grid_post_count c;
    begin("jingan");
    const char *district = add_unit("district", "");
    const char *street = add_unit("street", district);
    staff("district_duty", district, 1);
    staff("street_duty", street, 1);
    for (size_t b = 0; b < 32; b++) {
        const char *block = add_unit("block", street);
        staff("station_head", block, 1);
        staff("police", block, 1);
        for (size_t k = 0; k < 8; k++)
            staff("community_head", add_unit("community", block), 1);
    }
    assert_int_equal(check("police", &c), 0);
    assert_int_equal(c.filled, 32);
}

/* 学府社区: 1 head, 5 deputies, 29 workers; eight posts a grid, of which street posts hold many. */
static void huizhou(void **state) {
    (void)state;
    static const char *const of_street[] = {"street_head", "street_deputy", "leader", "assistant"};
    grid_post_count c;
    begin("huizhou");
    assert_int_equal(t.duties.posts.n, 8);
    const char *street = add_unit("street", "");
    for (size_t k = 0; k < 18; k++) {
        const char *grid = add_unit("grid", street);
        for (size_t i = 0; i < 4; i++)
            hold(of_street[i], of_street[i], grid);
        staff("head", grid, 1);
        staff("deputy", grid, 5);
        staff("worker", grid, 29);
        staff("helper", grid, 2);
    }
    assert_int_equal(check("worker", &c), 0);
    assert_int_equal(c.holders, 18 * 29);
    assert_int_equal(check("street_head", &c), 0);
    assert_int_equal(c.persons, 1);
    /* One post of one grid is left empty. */
    t.n_holders--;
    t.n_holders--;
    assert_int_equal(check("helper", &c), 1);
    assert_int_equal(c.filled, 17);
}

/* Each scheme answers for anything, also where no row fits. */
static void all_have_fallbacks(void **state) {
    (void)state;
    static const char *const schemes[] = {"ruzhou", "shibei", "anding", "jingan", "huizhou"};
    for (size_t s = 0; s < 5; s++) {
        begin(schemes[s]);
        add_unit("street", "");
        grid_duty_input in = {t.units,   t.n_units, t.duties.posts.at, t.duties.posts.n,
                              t.holders, 0,         t.duties.rules.at, t.duties.rules.n};
        grid_duty *duty;
        grid_duty_answer a;
        assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_OK);
        grid_duty_find(duty, &(grid_duty_question){"event", "10002", "u0", NULL}, NULL, 0, &a);
        assert_string_equal(a.department, "u0");
        assert_int_equal(a.match, GRID_DUTY_FALLBACK);
        grid_duty_find(duty, &(grid_duty_question){"component", "05009", "u0", NULL}, NULL, 0, &a);
        assert_true(a.fallback && a.department[0] != '\0' && a.department[0] != '@');
        grid_duty_find(duty, &(grid_duty_question){"component", "01011", "u0", NULL}, NULL, 0, &a);
        assert_int_equal(a.match, GRID_DUTY_CLASS);
        grid_duty_free(duty);
    }
    tool_duties_free(&t.duties);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ruzhou), cmocka_unit_test(shibei),  cmocka_unit_test(anding),
        cmocka_unit_test(jingan), cmocka_unit_test(huizhou), cmocka_unit_test(all_have_fallbacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
