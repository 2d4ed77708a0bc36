/* Numbers read fast are, bit for bit, what strtod reads. */
#include "base/number.h"
#include "unit.h"

static uint64_t state = 88172645463325252u;

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int some_form(char *out) {
    uint64_t r = next(), digits = next();
    double any;
    memcpy(&any, &digits, sizeof any);
    switch (r % 10) {
    case 0:
        return sprintf(out, "%.*f", (int)(r >> 8 & 0xffff) % 12, (double)(int64_t)digits / 1e13);
    case 1:
        return sprintf(out, "%.17g", isfinite(any) ? any : 1);
    case 2:
        return sprintf(out, "%llu.%llu", (unsigned long long)(digits % 1000),
                       (unsigned long long)next());
    case 3:
        return sprintf(out, "%s%llu", r & 256 ? "-" : "+", (unsigned long long)digits);
    case 4:
        return sprintf(out, ".%llu", (unsigned long long)digits);
    case 5:
        return sprintf(out, "%llu.", (unsigned long long)digits);
    case 6:
        return sprintf(out, "%d.%0*llu", (int)(digits % 180), 1 + (int)(r >> 8 & 0xffff) % 20,
                       (unsigned long long)(next() % 100000000));
    case 7:
        return sprintf(out, "%lluE%+d", (unsigned long long)(digits % 100000),
                       (int)(r >> 8 & 0xffff) % 330 - 165);
    case 8:
        return sprintf(out, "%.7f", (double)(digits % 3600000000u) / 1e7 - 180);
    default:
        return sprintf(out, "0.0000000000000000000000%llu", (unsigned long long)digits);
    }
}

static void the_same_as_strtod(void **unused) {
    (void)unused;
    const char *wanted_seeds = getenv("GRID_SEEDS");
    long n = wanted_seeds != NULL ? atol(wanted_seeds) * 1000 : 400000;
    char text[600];
    for (long i = 0; i < n; i++) {
        int length = some_form(text);
        double value = 0, wanted = strtod(text, NULL);
        text[length] = '7'; /* what comes behind the end must not matter */
        const char *end = grid_number_parse(text, text + length, &value);
        text[length] = '\0';
        if (end != text + length || memcmp(&value, &wanted, sizeof value) != 0)
            fail_msg("%s: %a, not %a", text, value, wanted);
        for (size_t padding = 0; padding <= GRID_NUMBER_BLOCK; padding += GRID_NUMBER_BLOCK) {
            value = 0;
            if (!grid_number_read(text, text + length, text + length + padding, &value) ||
                memcmp(&value, &wanted, sizeof value) != 0)
                fail_msg("%s: %a, not %a, with %zu bytes behind", text, value, wanted, padding);
        }
    }
}

static void what_is_no_number_is_refused(void **unused) {
    (void)unused;
    static const char *const refused[] = {"",    "-",     ".",      "e5",           "nan", "inf",
                                          "x12", "1e400", "-1e999", "\xef\xbc\x91", " 1"};
    double value;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char padded[64] = "";
        strcpy(padded, refused[i]);
        const char *end = padded + strlen(padded);
        assert_null(grid_number_parse(padded, end, &value));
        assert_false(grid_number_read(padded, end, padded + sizeof padded, &value));
    }
    static const char *const not_whole[] = {"1.2.3", "1-2", "12e", "7 ", "1,5", "--1", "1.-"};
    for (size_t i = 0; i < sizeof not_whole / sizeof *not_whole; i++) {
        char padded[64] = "";
        strcpy(padded, not_whole[i]);
        assert_false(grid_number_read(padded, padded + strlen(padded), padded + 64, &value));
    }
    const char *rest = "12e", *hex = "0x1p3";
    assert_ptr_equal(grid_number_parse(rest, rest + 3, &value), rest + 2);
    assert_ptr_equal(grid_number_parse(hex, hex + 5, &value), hex + 1);
    char long_text[3000];
    memset(long_text, '1', sizeof long_text);
    assert_null(grid_number_parse(long_text, long_text + sizeof long_text, &value));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_as_strtod),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
