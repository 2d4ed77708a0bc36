/* Posts, persons, shifts, rules of duty: from arrays. */
#include "unit.h"

#include <grid/duty.h>

static grid_error err;

static const grid_duty_unit units[] = {
    {"410482001", "", "煤山街道", "street"},
    {"410482001001", "410482001", "西东社区居民委员会", "community"},
    {"410482001002", "410482001", "望嵩社区居民委员会", "community"},
    {"410482001001001", "410482001001", "第一网格", "grid"},
    {"410482001001002", "410482001001", "第二网格", "grid"},
    {"410482001002001", "410482001002", "第一网格", "grid"},
};
enum { N_UNITS = sizeof units / sizeof *units };

/* One guide in each street, one head for several communities, one manager and helpers a grid. */
static const grid_post posts[] = {
    {"guide", "网格指导员", "street", 1, 1, 1},
    {"head", "网格负责人", "community", 1, 1, -1},
    {"manager", "网格管理员", "grid", 1, 1, 1},
    {"helper", "网格协管员", "grid", 1, -1, -1},
};
enum { N_POSTS = sizeof posts / sizeof *posts };

static const grid_holder holders[] = {
    {"张三", "1001", "", "guide", "410482001", "", "", ""},
    {"李四", "1002", "", "head", "410482001001", "", "", ""},
    {"李四", "1002", "", "head", "410482001002", "", "", ""},
    {"王五", "1003", "", "manager", "410482001001001", "1-5 08:00-18:00", "", ""},
    {"赵六", "1004", "", "helper", "410482001001001", "18:00-08:00", "", ""},
    {"赵六", "1004", "", "helper", "410482001001001", "6,7 08:00-18:00", "", ""},
    {"孙七", "1005", "", "manager", "410482001001002", "", "2026-01-01", "2026-06-30"},
    {"周八", "1006", "", "helper", "410482001001002", "", "", ""},
};
enum { N_HOLDERS = sizeof holders / sizeof *holders };

static const grid_duty_rule rules[] = {
    {"component", "*", "*", "市住房和城乡建设局", 24, 72, true},
    {"event", "*", "*", "@street", 4, 24, true},
    {"component", "01", "*", "市政公用部门", 12, 48, false},
    {"component", "01011", "*", "燃气企业", 2, 24, false},
    {"component", "01011", "410482001002", "西区燃气公司", 1, 12, false},
    {"component", "*", "410482001001002", "园区物业", 6, 24, false},
};
enum { N_RULES = sizeof rules / sizeof *rules };

static grid_duty *build(const grid_holder *h, size_t n) {
    grid_duty_input in = {units, N_UNITS, posts, N_POSTS, h, n, rules, N_RULES};
    grid_duty *duty;
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_OK);
    return duty;
}

static grid_duty_answer ask(const grid_duty *duty, const char *kind, const char *cls,
                            const char *unit, const char *time, grid_duty_person *persons) {
    grid_duty_time at;
    if (time != NULL)
        assert_true(grid_duty_time_read(time, &at));
    grid_duty_question q = {kind, cls, unit, time ? &at : NULL};
    grid_duty_answer answer;
    grid_duty_find(duty, &q, persons, 8, &answer);
    return answer;
}

static void reads_times(void **state) {
    (void)state;
    grid_duty_time at;
    assert_true(grid_duty_time_read("2026-11-22T08:30", &at));
    assert_int_equal(at.weekday, 7); /* a Sunday */
    assert_int_equal(at.minute, 8 * 60 + 30);
    assert_string_equal(at.date, "2026-11-22");
    assert_true(grid_duty_time_read("2024-02-29 23:59:59", &at));
    assert_int_equal(at.weekday, 4);
    assert_true(grid_duty_time_read("07:05", &at));
    assert_int_equal(at.weekday, 0);
    static const char *const bad[] = {"",      "2026-11-22", "24:00", "8", "2026-02-29 08:00",
                                      "12:60", "12:30x",     "now"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (grid_duty_time_read(bad[i], &at))
            fail_msg("'%s' is no time", bad[i]);
}

static void reads_shifts(void **state) {
    (void)state;
    static const struct {
        const char *shift, *time;
        bool covers;
    } cases[] = {
        {"", "2026-11-22 03:00", true},
        {"24h", "2026-11-22 03:00", true},
        {"全天", "2026-11-22 03:00", true},
        {"08:00-16:00", "2026-11-22 08:00", true},
        {"08:00-16:00", "2026-11-22 16:00", false},
        {"16:00-24:00", "2026-11-22 23:59", true},
        {"22:00-06:00", "2026-11-22 05:59", true},
        {"22:00-06:00", "2026-11-22 06:00", false},
        {"1-5 08:00-18:00", "2026-11-22 09:00", false}, /* Sunday */
        {"1-5 08:00-18:00", "2026-11-23 09:00", true},
        {"1-5 22:00-06:00", "2026-11-21 05:00", true},  /* Friday's night */
        {"1-5 22:00-06:00", "2026-11-23 05:00", false}, /* Sunday's night */
        {"周一至周五 08:00-18:00", "2026-11-23 09:00", true},
        {"周六、周日 8:00-18:00；周一 ０９：００－10:00", "2026-11-23 09:30", true},
        {"6,7", "2026-11-22 01:00", true},
        {"1-5 08:00-18:00", "09:00", true}, /* on some day */
        {"1-5 08:00-18:00", "19:00", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grid_duty_time at;
        assert_true(grid_shift_check(cases[i].shift));
        assert_true(grid_duty_time_read(cases[i].time, &at));
        if (grid_shift_covers(cases[i].shift, &at) != cases[i].covers)
            fail_msg("'%s' at %s", cases[i].shift, cases[i].time);
    }
    static const char *const bad[] = {"8-16",    "25:00-26:00",     "0-5 08:00-09:00",
                                      "08:00",   "5-1 08:00-09:00", "08:00-09:00 x",
                                      "morning", "08:00-24:01"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (grid_shift_check(bad[i]))
            fail_msg("'%s' is no shift", bad[i]);
}

static void answers_with_the_closest_rule(void **state) {
    (void)state;
    static const struct {
        const char *kind, *cls, *unit, *department;
        grid_duty_match match;
    } cases[] = {
        {"component", "01011", "410482001001001", "燃气企业", GRID_DUTY_CLASS},
        {"component", "01011", "410482001002001", "西区燃气公司", GRID_DUTY_CLASS_UNIT},
        {"component", "01003", "410482001001001", "市政公用部门", GRID_DUTY_GROUP},
        {"component", "04001", "410482001001002", "园区物业", GRID_DUTY_ANY_UNIT},
        {"component", "04001", "410482001001001", "市住房和城乡建设局", GRID_DUTY_FALLBACK},
        {"event", "06012", "410482001002001", "煤山街道", GRID_DUTY_FALLBACK},
        {"event", "", "", "煤山街道", GRID_DUTY_FALLBACK},
        {"component", "", "", "市住房和城乡建设局", GRID_DUTY_FALLBACK},
    };
    grid_duty *duty = build(holders, N_HOLDERS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grid_duty_answer a = ask(duty, cases[i].kind, cases[i].cls, cases[i].unit, NULL,
                                 (grid_duty_person[8]){0});
        assert_string_equal(a.department, cases[i].department);
        assert_int_equal(a.match, cases[i].match);
        assert_int_equal(a.fallback, cases[i].match >= GRID_DUTY_FALLBACK);
    }
    grid_duty_free(duty);
}

static void answers_with_the_chain_on_duty(void **state) {
    (void)state;
    grid_duty_person p[8];
    grid_duty *duty = build(holders, N_HOLDERS);
    grid_duty_answer a = ask(duty, "component", "01011", "410482001001001", "2026-11-23 09:00", p);
    assert_int_equal(a.n_persons, 3);
    assert_string_equal(p[0].person, "王五");
    assert_string_equal(p[0].post_name, "网格管理员");
    assert_string_equal(p[1].person, "李四");
    assert_string_equal(p[2].level, "street");
    assert_true(a.limit_h == 24);
    a = ask(duty, "", "", "410482001001001", "2026-11-22 20:00", p);
    assert_int_equal(a.n_persons, 3);
    assert_string_equal(p[0].person, "赵六");
    /* 孙七's term is over. */
    a = ask(duty, "", "", "410482001001002", "2026-11-22 20:00", p);
    assert_string_equal(p[0].person, "周八");
    grid_duty_free(duty);
}

static size_t faults;
static char kinds[512];

static void note(void *user, const grid_finding *f) {
    (void)user;
    faults += f->severity == GRID_FAULT;
    snprintf(kinds + strlen(kinds), sizeof kinds - strlen(kinds), "%s:%s ", f->kind, f->where);
}

static void checks_posts(void **state) {
    (void)state;
    grid_post_count counts[N_POSTS];
    grid_context ctx = {.on_finding = note};
    faults = 0;
    kinds[0] = '\0';
    grid_duty *duty = build(holders, N_HOLDERS);
    assert_int_equal(grid_duty_check(duty, &ctx, counts, &err), GRID_OK);
    assert_string_equal(kinds, "unit-unmanned:410482001002001 ");
    assert_int_equal(counts[1].persons, 1); /* one head for two communities */
    assert_int_equal(counts[1].filled, 2);
    assert_int_equal(counts[2].units, 3);
    assert_int_equal(counts[2].filled, 2);
    assert_int_equal(counts[3].holders, 2);
    grid_duty_free(duty);

    /* Two managers in one grid, one of them in two grids; a guide in a grid; no helper. */
    static const grid_holder wrong[] = {
        {"甲", "1", "", "manager", "410482001001001", "", "", ""},
        {"乙", "2", "", "manager", "410482001001001", "", "", ""},
        {"乙", "2", "", "manager", "410482001001002", "", "", ""},
        {"丙", "3", "", "guide", "410482001001002", "", "", ""},
    };
    kinds[0] = '\0';
    duty = build(wrong, 4);
    assert_int_equal(grid_duty_check(duty, &ctx, NULL, &err), GRID_OK);
    assert_non_null(strstr(kinds, "post-crowded:410482001001001"));
    assert_non_null(strstr(kinds, "post-spread:乙"));
    assert_non_null(strstr(kinds, "post-missing:410482001001001")); /* no helper */
    assert_non_null(strstr(kinds, "post-level:410482001001002"));
    assert_non_null(strstr(kinds, "unit-unmanned:410482001 "));
    grid_duty_free(duty);
}

static void refuses_what_does_not_exist(void **state) {
    (void)state;
    grid_duty *duty;
    grid_holder h = holders[0];
    grid_duty_rule r = rules[0];
    grid_duty_input in = {units, N_UNITS, posts, N_POSTS, &h, 1, &r, 1};
    h.unit_code = "nowhere";
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_E_INPUT);
    h = holders[0];
    h.post = "king";
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_E_INPUT);
    h = holders[0];
    h.shift = "often";
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_E_INPUT);
    h = holders[0];
    r.class_code = "1";
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_E_INPUT);
    r = rules[0];
    r.kind = "things";
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_E_INPUT);
    r = rules[0];
    static const grid_duty_unit loop[] = {{"a", "b", "", "x"}, {"b", "a", "", "x"}};
    grid_duty_input ring = {loop, 2, NULL, 0, NULL, 0, NULL, 0};
    assert_int_equal(grid_duty_build(&ring, &duty, &err), GRID_E_INPUT);
}

/* Without rules the highest office answers; without anything there is still an answer. */
static void always_answers(void **state) {
    (void)state;
    grid_duty *duty;
    grid_duty_input in = {units, N_UNITS, NULL, 0, NULL, 0, NULL, 0};
    assert_int_equal(grid_duty_build(&in, &duty, &err), GRID_OK);
    grid_duty_answer a = ask(duty, "event", "06012", "410482001002001", NULL, NULL);
    assert_string_equal(a.department, "煤山街道");
    assert_int_equal(a.match, GRID_DUTY_TOP);
    assert_true(a.fallback);
    grid_duty_free(duty);
}

static void finds_units_as_written(void **state) {
    (void)state;
    static const struct {
        const char *written;
        grid_roster_match match;
        const char *out;
    } cases[] = {
        {"410482001001002", GRID_ROSTER_FOUND, "410482001001002"},
        {"第二网格", GRID_ROSTER_FOUND, "410482001001002"},
        {"第一网格", GRID_ROSTER_AMBIGUOUS, "第一网格"},
        {"西东社区第一网格", GRID_ROSTER_FOUND, "410482001001001"},
        {"望嵩社区/第一网格", GRID_ROSTER_FOUND, "410482001002001"},
        {"望嵩 第一网格", GRID_ROSTER_FOUND, "410482001002001"},
        {"望嵩社区居民委员会第一网格", GRID_ROSTER_FOUND, "410482001002001"},
        {"西东社区", GRID_ROSTER_FOUND, "410482001001"},
        {"西东居委会", GRID_ROSTER_FOUND, "410482001001"},
        {"煤山街道办事处", GRID_ROSTER_FOUND, "410482001"},
        {"煤山街", GRID_ROSTER_UNKNOWN, "煤山街道"},
        {"xyz", GRID_ROSTER_UNKNOWN, NULL},
    };
    grid_roster *roster;
    assert_int_equal(grid_roster_new(units, N_UNITS, &roster, &err), GRID_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *out;
        if (grid_roster_find(roster, cases[i].written, &out) != cases[i].match)
            fail_msg("'%s' was matched otherwise", cases[i].written);
        if (cases[i].out == NULL)
            assert_null(out);
        else
            assert_string_equal(out, cases[i].out);
    }
    grid_roster_free(roster);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_times),
        cmocka_unit_test(reads_shifts),
        cmocka_unit_test(answers_with_the_closest_rule),
        cmocka_unit_test(answers_with_the_chain_on_duty),
        cmocka_unit_test(checks_posts),
        cmocka_unit_test(refuses_what_does_not_exist),
        cmocka_unit_test(always_answers),
        cmocka_unit_test(finds_units_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
