/* SPDX-License-Identifier: MIT
 *
 * What the readers of JSON and of CSV share: a record, once it is nodes,
 * becomes a prompt file, or a finding that names its line.
 */
#ifndef PV_EXCHANGE_IMPORT_H
#define PV_EXCHANGE_IMPORT_H

#include <pv/exchange.h>
#include <pv/version.h>

#include "base/arena.h"
#include "base/map.h"

/* An import on its way. */
typedef struct pv_import {
	const char *prefix;
	const char *file;
	int (*fn)(const pv_import_item *item, void *payload);
	void *payload;
	pv_report *report;
	pv_error *err;
	struct pv_check *rules; /* may be NULL */
	const char *folder;
	int takes_versions; /* one id may come with several versions */
	pv_map seen;        /* ids, and what versions of them, to their lines */
	pv_buf id;
	pv_buf key; /* of `seen` */
	pv_buf yaml;
	pv_buf label;  /* of the version, as the record says it */
	pv_buf parent; /* the same of the one before it */
	char number[PV_VERSION_TEXT]; /* the label as a number of ours, or "" */
	int line;                     /* of the record that is read */
} pv_import;

void pv_import_begin(pv_import *import, const pv_import_options *opts,
		     pv_error *err);
void pv_import_end(pv_import *import);

/* A finding of severity error at the line; PV_OK unless that fails. */
int pv_import_refuse(pv_import *import, const char *rule, const pv_error *why);
int pv_import_refuse_text(pv_import *import, const char *rule,
			  const char *message, const char *hint);
/*
 * Failures that say something about the record become findings; those that
 * say something about this process are passed on.
 */
int pv_import_refuse_for(pv_import *import, const char *rule,
			 const pv_error *why);

/*
 * Hands out what a record becomes, or refuses it. The arena is that of its
 * nodes. What `fn` answers, PV_ENOMEM.
 */
int pv_import_record(pv_import *import, const pv_yaml_node *record,
		     pv_arena *arena);

#endif
