/* SPDX-License-Identifier: MIT
 *
 * What the parts of editing share. An edit is a request: what should become
 * of the data. From it a plan is made: the cuts in the text that should bring
 * it about. edit.c applies the plan, parses the result and compares it with
 * the request; when it differs, the next way of writing the value is tried,
 * and the document changes only when one reads back as intended.
 */
#ifndef PV_YAML_EDIT_H
#define PV_YAML_EDIT_H

#include "yaml/write.h"

enum pv_yaml_operation {
	PV_YAML_REPLACE,  /* `at` becomes `value` */
	PV_YAML_ADD_KEY,  /* the mapping `at` gains `key`: `value` at its end */
	PV_YAML_ADD_ITEM, /* the sequence `at` gains `value` before `idx` */
	PV_YAML_REMOVE    /* `at` loses its child `idx` */
};

typedef struct pv_yaml_request {
	enum pv_yaml_operation operation;
	const pv_yaml_node *at;
	const pv_yaml_node *value;
	pv_str key;
	size_t idx;
} pv_yaml_request;

/* Ways of writing, tried in this order until one reads back. */
enum pv_yaml_attempt {
	PV_YAML_TRY_NATURAL,
	PV_YAML_TRY_UNTAGGED, /* the old value's tag goes */
	PV_YAML_TRY_CLOSED,   /* "|" before the end of the text becomes "|-" */
	PV_YAML_TRY_TIGHT,    /* blank lines behind what is removed go, too */
	PV_YAML_TRY_FLOW,     /* on one line, strings in quotes */
	PV_YAML_TRY_FLOW_UNTAGGED,
	PV_YAML_ATTEMPTS
};

enum {
	PV_YAML_MAX_CUTS = 4
};

/* The bytes [start, end) of the old text make way for `len` of `text`. */
struct pv_yaml_cut {
	size_t start;
	size_t end;
	size_t from; /* in plan.text */
};

typedef struct pv_yaml_plan {
	const pv_yaml *doc;
	struct pv_yaml_format format;
	enum pv_yaml_attempt attempt;
	struct pv_yaml_cut cuts[PV_YAML_MAX_CUTS]; /* in order, not overlapping */
	size_t count;
	pv_buf text; /* of all cuts, one behind the other */
} pv_yaml_plan;

/* Begins a cut; what is then written to plan->text goes there. */
void pv_yaml_plan_cut(pv_yaml_plan *plan, size_t start, size_t end);
/* Learns line ends and indentation of the document, quotes near the edit. */
void pv_yaml_plan_format(pv_yaml_plan *plan, const pv_yaml_request *request);
/* The text with the plan carried out, to be freed. PV_ENOMEM. */
int pv_yaml_plan_apply(char **out, size_t *len_out, const pv_yaml_plan *plan,
		       pv_error *err);

/*
 * Make a plan for a request. Return 0 when this attempt has nothing to offer
 * that an earlier one has not.
 */
int pv_yaml_plan_replace(pv_yaml_plan *plan, const pv_yaml_node *old,
			 const pv_yaml_node *value);
int pv_yaml_plan_add(pv_yaml_plan *plan, const pv_yaml_request *request);
int pv_yaml_plan_remove(pv_yaml_plan *plan, const pv_yaml_request *request);
/* Whether the only child of brackets leaves comments when it is removed. */
int pv_yaml_has_company(const pv_yaml *doc, const pv_yaml_node *child);

/* Whether `root` is the old root with exactly the request carried out. */
int pv_yaml_is_done(const pv_yaml_request *request, const pv_yaml_node *old,
		    const pv_yaml_node *root);
/* Whether a node has the data of a value. */
int pv_yaml_has_value(const pv_yaml_node *node, const pv_yaml_node *value);

/* Places in the text, in bytes. */
size_t pv_yaml_line_start(const pv_yaml *doc, size_t at);
size_t pv_yaml_line_end(const pv_yaml *doc, size_t at);  /* before the break */
size_t pv_yaml_line_next(const pv_yaml *doc, size_t at); /* behind the break */
/* `at` without the spaces and tabs before it. */
size_t pv_yaml_blank_start(const pv_yaml *doc, size_t at);
int pv_yaml_is_blank(const pv_yaml *doc, size_t start, size_t end);
/* Whether only spaces are before `at` on its line. */
int pv_yaml_starts_line(const pv_yaml *doc, size_t at);
/* Whether nothing but a comment is between `at` and the end of its line. */
int pv_yaml_ends_line(const pv_yaml *doc, size_t at);
/* Whether there is a comment in [start, end), where no content is. */
int pv_yaml_has_comment(const pv_yaml *doc, size_t start, size_t end);
/* Behind the spaces and tabs at `at`. */
size_t pv_yaml_blank_end(const pv_yaml *doc, size_t at);
/* The column of `at`, from 0. */
size_t pv_yaml_column(const pv_yaml *doc, size_t at);
/* Where the entry of a child begins: at its key, "?" or dash. */
size_t pv_yaml_entry_start(const pv_yaml *doc, const pv_yaml_node *child);
/* The child before `node`, or NULL. */
const pv_yaml_node *pv_yaml_previous(const pv_yaml_node *node);

#endif
