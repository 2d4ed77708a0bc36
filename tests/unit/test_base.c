#include "base/arena.h"
#include "base/base.h"
#include "base/digest.h"
#include "base/parallel.h"
#include "base/replace.h"
#include "base/text.h"

#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

static void numbers_are_whole_words(void **state) {
    (void)state;
    double d;
    int64_t i;
    assert_true(grid_text_to_double(" 3.25 ", &d) && d == 3.25);
    assert_true(grid_text_to_double("-1e3", &d) && d == -1000);
    assert_false(grid_text_to_double("3,5", &d));
    assert_false(grid_text_to_double("nan", &d));
    assert_false(grid_text_to_double("inf", &d));
    assert_false(grid_text_to_double("0x10", &d));
    assert_false(grid_text_to_double("1e400", &d));
    assert_false(grid_text_to_double("", &d));
    assert_true(grid_text_to_int("42 ", &i) && i == 42);
    assert_false(grid_text_to_int("42.5", &i));
    assert_false(grid_text_to_int("99999999999999999999", &i));
}

static void doubles_survive_their_text(void **state) {
    (void)state;
    const double values[] = {0, 0.1, -1.5, 1e300, 5e-324, 123456789.123456789, 1.0 / 3};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[32];
        double back;
        grid_text_from_double(text, values[i]);
        assert_true(grid_text_to_double(text, &back));
        assert_true(back == values[i]);
    }
}

static void nearest_word_is_what_was_meant(void **state) {
    (void)state;
    const char *const words[] = {"households", "persons", "community", "street"};
    assert_string_equal(grid_text_nearest("huoseholds", words, 4), "households");
    assert_string_equal(grid_text_nearest("Person", words, 4), "persons");
    assert_null(grid_text_nearest("zzz", words, 4));
}

static void lists_say_how_many_are_left_out(void **state) {
    (void)state;
    const char *const words[] = {"households", "persons", "community", "street"};
    char list[64];
    assert_string_equal(grid_text_list(words, 4, list, 64),
                        "households, persons, community, street");
    assert_string_equal(grid_text_list(words, 4, list, 40), "households and 3 more");
    assert_string_equal(grid_text_list(words, 0, list, 64), "");
}

static void utf8_is_told_from_gbk(void **state) {
    (void)state;
    assert_true(grid_text_is_utf8("网格", 6));
    assert_false(grid_text_is_utf8("\xcd\xf8\xb8\xf1", 4)); /* the same in GBK */
    assert_false(grid_text_is_utf8("\xed\xa0\x80", 3));     /* a surrogate */
}

static void square(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    size_t *out = user;
    for (size_t i = begin; i < end; i++)
        out[i] = i * i;
}

static void parallel_loop_does_every_item_once(void **state) {
    (void)state;
    for (unsigned threads = 0; threads < 5; threads++) {
        size_t out[1000] = {0};
        grid_parallel_for(threads, 1000, 7, square, out);
        for (size_t i = 0; i < 1000; i++)
            assert_int_equal(out[i], i * i);
    }
}

static void arena_keeps_large_and_small(void **state) {
    (void)state;
    grid_arena arena = {0};
    char *word = grid_arena_text(&arena, "word");
    char *large = grid_arena_alloc(&arena, 1000000);
    memset(large, 1, 1000000);
    assert_string_equal(word, "word");
    assert_string_equal(grid_arena_text_n(&arena, "wordy", 4), "word");
    grid_arena other = {0};
    char *moved = grid_arena_text(&other, "moved");
    grid_arena_join(&arena, &other);
    assert_null(other.top);
    assert_string_equal(moved, "moved");
    assert_string_equal(word, "word");
    grid_arena_free(&arena);
}

static void replace_refuses_then_replaces(void **state) {
    (void)state;
    char path[] = "/tmp/grid-replace-XXXXXX";
    close(mkstemp(path));
    grid_replace r;
    grid_error err;
    assert_int_equal(grid_replace_begin(&r, path, false, &err), GRID_E_EXISTS);
    assert_string_equal(err.hint, "use --overwrite to replace it");
    assert_int_equal(grid_replace_begin(&r, path, true, &err), GRID_OK);
    FILE *f = fopen(r.temporary, "w");
    fputs("new", f);
    fclose(f);
    assert_int_equal(grid_replace_commit(&r, &err), GRID_OK);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 3);
    unlink(path);
    assert_int_equal(grid_replace_begin(&r, "/no/such/folder/x", false, &err), GRID_E_WRITE);
    assert_int_equal(grid_replace_begin(&r, "/dev/full", true, &err), GRID_E_WRITE);
}

static void digest_is_sha256(void **state) {
    (void)state;
    char path[] = "/tmp/grid-digest-XXXXXX", text[GRID_DIGEST_TEXT];
    int fd = mkstemp(path);
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
    assert_int_equal(grid_digest_file(path, text, NULL), GRID_OK);
    /* The example of FIPS 180-4. */
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    unlink(path);
    assert_int_equal(grid_digest_file(path, text, NULL), GRID_E_READ);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole_words),
        cmocka_unit_test(doubles_survive_their_text),
        cmocka_unit_test(nearest_word_is_what_was_meant),
        cmocka_unit_test(lists_say_how_many_are_left_out),
        cmocka_unit_test(utf8_is_told_from_gbk),
        cmocka_unit_test(parallel_loop_does_every_item_once),
        cmocka_unit_test(arena_keeps_large_and_small),
        cmocka_unit_test(replace_refuses_then_replaces),
        cmocka_unit_test(digest_is_sha256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
