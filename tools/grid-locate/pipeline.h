/*
 * pipeline.h - a stream cut into pieces that are worked on by several threads and leave in
 * the order in which they came.
 */
#ifndef GRID_LOCATE_PIPELINE_H
#define GRID_LOCATE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include <grid/base.h>

/** Bytes that grow. */
typedef struct bytes {
    char *at;
    size_t n, cap;
} bytes;

/** Room for `more` further bytes; false when memory ran out. */
bool bytes_reserve(bytes *b, size_t more);

/** A piece of the stream: whole records, and what becomes of them. */
typedef struct piece {
    const char *text; /**< complete records, in `buffer` or where the input is mapped */
    size_t n;
    bytes buffer;
    bool doubtful; /**< set by `work`: it may have been cut at a line end within a record */
    bytes out;     /**< what `work` makes of them */
    void *notes;   /**< what `work` has to tell `done`; kept for another piece */
} piece;

typedef struct pipeline {
    int input, output;      /**< file descriptors */
    const char *input_name; /**< for messages */
    const char *output_name;
    bytes ahead; /**< what was read already (a header); freed by the caller */
    bool ended;  /**< `ahead` is all there is */
    unsigned threads;
    const volatile int *cancel;
    void *user;
    /** Length of the complete records in data[0 .. n-1], or with `guess` of its lines; called in
     * order. */
    size_t (*complete)(void *user, const char *data, size_t n, bool last, bool guess);
    bool may_guess; /**< `work` leaves nothing but the piece, so that it may be done again */
    /** Fills piece->out; any thread, any order. Only running out of memory may fail here. */
    bool (*work)(void *user, unsigned worker, piece *p);
    /** Called in order, before the piece is written; a failure ends the run. */
    grid_status (*done)(void *user, piece *p, grid_error *err);
    void (*forget)(void *notes); /**< frees the notes */
} pipeline;

/** Runs until the input ends. A read is passed on as soon as it holds a whole record. */
GRID_MUST_USE grid_status pipeline_run(pipeline *p, grid_error *err);

/**
 * Waits for input and reads up to a piece's worth more into b. Returns bytes read, 0 at the end,
 * -1 with errno on failure; EINTR when `cancel` was raised meanwhile.
 */
long pipeline_read(int fd, bytes *b, const volatile int *cancel);

#endif
