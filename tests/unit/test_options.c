#include "common/options.h"

#include "unit.h"

static bool flag;
static const char *text, *choice;
static tool_list list;
static int64_t number;
static double real;

static const tool_option table[] = {
    {"flag", 'f', TOOL_FLAG, NULL, "A flag.", &flag},
    {"text", 't', TOOL_TEXT, "WORD", "A text.", &text},
    {"list", 0, TOOL_LIST, "WORD", "A list.", &list},
    {"number", 'n', TOOL_INT, "N", "A number.", &number, .min = 1, .max = 9},
    {"distance", 0, TOOL_REAL, "M", "A distance.", &real},
    {"colour", 0, TOOL_CHOICE, "C", "A choice.", &choice, .choices = "red|green"},
};

static const tool_spec spec = {"test-tool", "tests the option table",     "[FILE]", "Text.", "",
                               table,       sizeof table / sizeof *table, 0,        1};

static tool_list operands;

static int run(const char *first, const char *second, const char *third) {
    char *argv[] = {"test-tool", (char *)first, (char *)second, (char *)third, NULL};
    int argc = 1;
    while (argc < 4 && argv[argc] != NULL)
        argc++;
    flag = false;
    free(list.at);
    list = (tool_list){0};
    return tool_start(&spec, argc, argv, &operands);
}

static void values_arrive(void **state) {
    (void)state;
    assert_int_equal(run("--text=a", "--list", "b"), TOOL_GO_ON);
    assert_string_equal(text, "a");
    assert_int_equal(list.n, 1);
    assert_string_equal(list.at[0], "b");
    assert_int_equal(run("-fn3", "--distance=50m", "--colour=green"), TOOL_GO_ON);
    assert_true(flag);
    assert_int_equal(number, 3);
    assert_true(real == 50);
    assert_string_equal(choice, "green");
    assert_int_equal(run("--distance=1mm", "--distance", "5cm"), TOOL_GO_ON);
    assert_true(real == 0.05);
    assert_int_equal(run("--distance=1mm", NULL, NULL), TOOL_GO_ON);
    assert_true(real == 0.001);
    assert_int_equal(run("--distance=2km", NULL, NULL), TOOL_GO_ON);
    assert_true(real == 2000);
    assert_int_equal(run("--distance=mm", NULL, NULL), TOOL_USAGE);
}

static void operands_are_kept_apart(void **state) {
    (void)state;
    assert_int_equal(run("-12.5", NULL, NULL), TOOL_GO_ON);
    assert_int_equal(operands.n, 1);
    assert_string_equal(operands.at[0], "-12.5");
    assert_int_equal(run("--", "--flag", NULL), TOOL_GO_ON);
    assert_string_equal(operands.at[0], "--flag");
    assert_false(flag);
    assert_int_equal(run("a", "b", NULL), TOOL_USAGE);
}

static void wrong_usage_is_refused(void **state) {
    (void)state;
    assert_int_equal(run("--txet", "a", NULL), TOOL_USAGE);
    assert_int_equal(run("--number=10", NULL, NULL), TOOL_USAGE);
    assert_int_equal(run("--number=x", NULL, NULL), TOOL_USAGE);
    assert_int_equal(run("--colour=blue", NULL, NULL), TOOL_USAGE);
    assert_int_equal(run("--flag=yes", NULL, NULL), TOOL_USAGE);
    assert_int_equal(run("--text", NULL, NULL), TOOL_USAGE);
    assert_int_equal(run("-x", NULL, NULL), TOOL_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_arrive),
        cmocka_unit_test(operands_are_kept_apart),
        cmocka_unit_test(wrong_usage_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(list.at);
    return failed;
}
