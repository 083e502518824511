/* SPDX-License-Identifier: MIT
 *
 * The same work for many things, on as many threads as there are processors.
 * The caller is one of them, so that it goes on where no other can be had, and
 * whoever asks for little work gets no thread at all. What is done must be
 * pure: it may touch nothing but the thing it is given the number of.
 */
#ifndef PV_BASE_PARALLEL_H
#define PV_BASE_PARALLEL_H

#include <stddef.h>

#include <pv/error.h>

/* Does the work with one number. */
typedef int pv_parallel_fn(size_t idx, void *payload, pv_error *err);

/*
 * Calls `fn` for the numbers below `count`, begun in their order, on at most
 * `threads` threads; 0 means one for each processor. After a failure no other
 * work is begun, and of those that failed the one with the lowest number is
 * the result, so that it is the one a single thread would have met: all below
 * it is done. Returns when no thread is at work any more.
 */
int pv_parallel_each(size_t count, unsigned threads, pv_parallel_fn *fn,
		     void *payload, pv_error *err);

#endif
