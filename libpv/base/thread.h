/* SPDX-License-Identifier: MIT
 *
 * Threads beside those the program knows of: signals are not for them.
 */
#ifndef PV_BASE_THREAD_H
#define PV_BASE_THREAD_H

#include <pthread.h>

/* 1, or 0 when no thread can be had. To be joined by the caller. */
int pv_thread_start(pthread_t *out, void *(*fn)(void *payload), void *payload);

#endif
