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
    switch (r % 11) {
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
    case 9: { /* as near to halfway between two doubles as 15 to 18 digits get */
        double low = ldexp(1 + (double)(digits >> 12) / 0x1p52, (int)(r >> 8 & 0xffff) % 10 - 1);
        sprintf(out, "%.40Lf", ((long double)low + nextafter(low, 1e9)) / 2);
        out[16 + (r >> 32 & 3)] = '\0';
        return (int)strlen(out);
    }
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

/* Pairs are read as single numbers are, as far as the quick way comes. */
static void pairs_are_the_same(void **unused) {
    (void)unused;
    enum { PAIRS = 150, ROOM = 600, ROUNDS = 2000 };
    static char text[2 * PAIRS][ROOM];
    grid_chars x[PAIRS], y[PAIRS];
    double got[PAIRS][2], wanted[2];
    size_t quick = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < 2 * PAIRS; i++) {
            int n = round % 2 == 0 ? sprintf(text[i], "%.*f", (int)(next() % 7),
                                             (double)(int64_t)next() / 0x1p63 * 39e6)
                                   : some_form(text[i]);
            text[i][n] = ".7-e"[next() % 4]; /* what comes behind the end must not matter */
            (i % 2 ? y : x)[i / 2] = (grid_chars){text[i], text[i] + n};
        }
        size_t n = grid_number_read_pairs(x, y, PAIRS, &text[2 * PAIRS - 1][ROOM], got[0]);
        quick += n;
        for (size_t i = 0; i < n; i++) {
            assert_true(grid_number_read(x[i].begin, x[i].end, x[i].end, &wanted[0]));
            assert_true(grid_number_read(y[i].begin, y[i].end, y[i].end, &wanted[1]));
            if (memcmp(got[i], wanted, sizeof wanted) != 0)
                fail_msg("%.*s %.*s", (int)(x[i].end - x[i].begin), x[i].begin,
                         (int)(y[i].end - y[i].begin), y[i].begin);
        }
    }
    assert_true(quick > ROUNDS / 2 * (PAIRS - 2)); /* the usual ones at least */
}

static void assert_no_pair(const char *text) {
    char both[128] = "1"; /* a number, and in the other half the text */
    strcpy(both + 64, text);
    const grid_chars number = {both, both + 1}, other = {both + 64, both + 64 + strlen(text)};
    const grid_chars good_first[2] = {number, other}, bad_first[2] = {other, number};
    double got[4];
    const char *readable = both + sizeof both;
    assert_true(grid_number_read_pairs(good_first, good_first, 2, readable, got) <= 1);
    assert_int_equal(grid_number_read_pairs(good_first, bad_first, 2, readable, got), 0);
    assert_int_equal(grid_number_read_pairs(bad_first, good_first, 2, readable, got), 0);
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
        assert_no_pair(refused[i]);
    }
    static const char *const not_whole[] = {"1.2.3", "1-2", "12e", "7 ", "1,5", "--1", "1.-"};
    for (size_t i = 0; i < sizeof not_whole / sizeof *not_whole; i++) {
        char padded[64] = "";
        strcpy(padded, not_whole[i]);
        assert_false(grid_number_read(padded, padded + strlen(padded), padded + 64, &value));
        assert_no_pair(not_whole[i]);
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
        cmocka_unit_test(pairs_are_the_same),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
