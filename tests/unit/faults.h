/* SPDX-License-Identifier: MIT
 *
 * Makes the n-th allocation of the library fail, for tests that walk n
 * through every allocation an entry point makes.
 */
#ifndef PV_TESTS_FAULTS_H
#define PV_TESTS_FAULTS_H

#include <stdlib.h>

#include <pv/init.h>

struct faults {
	long left; /* allocations that still succeed; < 0: all do */
	long live; /* allocations not yet freed */
	int hit;   /* 1 once an allocation was refused */
};

static inline int faults_refuse(struct faults *faults)
{
	if (faults->left == 0) {
		faults->hit = 1;
		return 1;
	}
	if (faults->left > 0)
		faults->left--;
	return 0;
}

static inline void *faults_alloc(size_t size, void *payload)
{
	struct faults *faults = payload;

	if (faults_refuse(faults))
		return NULL;
	faults->live++;
	return malloc(size);
}

static inline void *faults_resize(void *ptr, size_t size, void *payload)
{
	struct faults *faults = payload;

	if (faults_refuse(faults))
		return NULL;
	faults->live += !ptr;
	return realloc(ptr, size);
}

static inline void faults_release(void *ptr, void *payload)
{
	struct faults *faults = payload;

	faults->live--;
	free(ptr);
}

/* From here on, allocation number `n` (0-based) fails, and all after it. */
static inline void faults_start(struct faults *faults, long n)
{
	pv_allocator allocator = { faults_alloc, faults_resize, faults_release,
				   faults };

	faults->left = n;
	faults->live = 0;
	faults->hit = 0;
	pv_set_allocator(&allocator);
}

static inline void faults_stop(void)
{
	pv_set_allocator(NULL);
}

#endif
