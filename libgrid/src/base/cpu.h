/*
 * cpu.h - code for CPUs with AVX2 beside that for any, chosen while the program runs. Both must
 * give the same answers.
 */
#ifndef GRID_SRC_CPU_H
#define GRID_SRC_CPU_H

#include <stdbool.h>

/** Into each of its uses, which may be for different CPUs. */
#define INLINE static inline __attribute__((always_inline))

/** A function for CPUs with AVX2 and what has always come with it. */
#if defined(__x86_64__)
#define TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,fma,pclmul,popcnt")))
#else
#define TARGET_AVX2
#endif

/** Whether this CPU runs such functions. */
static inline bool cpu_has_avx2(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

#endif
