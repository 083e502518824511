/* SPDX-License-Identifier: MIT
 *
 * What a prompt's templates need from outside: the names they read and the
 * templates they include. All templates of one prompt share one pv_scan, so a
 * name used in two messages is one variable.
 *
 * Everything lives in the arena the scan was given and borrows its text from
 * the templates. A template that does not parse is scanned as far as it can
 * be; its first fault is kept for the caller to report.
 */
#ifndef PV_PROMPT_SCAN_H
#define PV_PROMPT_SCAN_H

#include <pv/prompt.h>

#include "base/arena.h"
#include "base/str.h"
#include "jinja/environment.h"

/*
 * How the Jinja templates of prompts are compiled, by whoever does; a render
 * may choose another kind of undefined. They change only copies of values.
 */
extern const pv_jinja_environment pv_prompt_environment;

/* A distinct name; one that is a variable is on the list of the scan. */
typedef struct pv_scan_name {
	pv_str text;
	struct pv_scan_name *chain; /* next in the hash bucket */
	struct pv_scan_name *next;  /* next variable, in order of first use */
	uint32_t hash;
	int is_variable;
	unsigned use;          /* bits of enum pv_scan_bit */
	int message;           /* first use: index of the template */
	size_t offset;         /* and byte in it */
	pv_variable *declared; /* for the loader, which knows declarations */
} pv_scan_name;

/* How a variable is used. */
enum pv_scan_bit {
	PV_SCAN_REQUIRED = 1, /* some use fails when nobody sets it */
	PV_SCAN_CERTAIN = 2   /* some use is always reached */
};

/* A literal template name in an include, import or extends. */
typedef struct pv_scan_include {
	pv_str id;
	int message;
	size_t offset;
	int is_nested; /* in a section, which may have its names */
	struct pv_scan_include *next;
} pv_scan_include;

/* The first fault of the template scanned last. */
typedef struct pv_scan_fault {
	char message[512]; /* "" when there was none */
	size_t offset;
	int is_unknown; /* it is only a filter or test that we do not have */
} pv_scan_fault;

typedef struct pv_scan {
	pv_arena *arena;
	pv_scan_name **buckets;
	size_t bucket_count; /* a power of two, or 0 */
	size_t name_count;
	size_t include_count;
	pv_scan_name *first;
	pv_scan_name **last;
	size_t variable_count;
	pv_scan_include *first_include;
	pv_scan_include **last_include;
	int is_dynamic; /* an include's name is computed */
	int is_checked; /* faults beyond the grammar are looked for */
	int is_nested;  /* what is being scanned is in a section */
	int message;    /* index of the template being scanned */
	size_t place;   /* what is being scanned: the tag or field */
	pv_scan_fault fault;
	/* Told of each use; NULL when nobody asks. */
	void (*heard)(pv_str name, size_t offset, void *payload);
	void *payload;
} pv_scan;

/* Prepares an empty scan whose results live in `arena`. */
void pv_scan_init(pv_scan *scan, pv_arena *arena);

/*
 * Scans template number `message`. Names in it borrow from `text`. A fault in
 * the template is not an error. PV_ELIMIT, about what is at
 * `scan->place`; PV_ENOMEM.
 */
int pv_scan_template(pv_scan *scan, enum pv_syntax syntax, pv_str text,
		     int message, pv_error *err);

/* --- for the scanners of the single syntaxes ------------------------------ */

int pv_scan_jinja(pv_scan *scan, pv_str text, pv_error *err);
int pv_scan_fstring(pv_scan *scan, pv_str text, pv_error *err);
int pv_scan_mustache(pv_scan *scan, pv_str text, pv_error *err);

/* The entry of a name, made on first sight. PV_ELIMIT, PV_ENOMEM. */
int pv_scan_intern(pv_scan_name **out, pv_scan *scan, pv_str text, pv_error *err);
/* Makes `name` a variable, first used at `offset` of the current template. */
void pv_scan_use(pv_scan *scan, pv_scan_name *name, size_t offset, unsigned use);
/* Adds an include; repeats are kept. PV_ELIMIT, PV_ENOMEM. */
int pv_scan_add_include(pv_scan *scan, pv_str id, size_t offset, pv_error *err);
/* Keeps a fault when it is the template's first. */
void pv_scan_fault_at(pv_scan *scan, size_t offset, const char *format, ...)
	PV_PRINTF(3, 4);

#endif
