/* SPDX-License-Identifier: MIT
 *
 * What a rule is made of, and what it may ask and say. To add one: write
 * rule_<name>.c, which defines one `pv_check_rule`, list it in rules.c, and
 * give it tests/data/check/<id>/bad.yaml and good.yaml.
 *
 * A rule runs once for each prompt that loads and knows nothing of settings
 * or of comments that silence it: what it finds is sorted out afterwards.
 */
#ifndef PV_CHECK_RULE_H
#define PV_CHECK_RULE_H

#include <pv/check.h>

#include "base/map.h"
#include "prompt/model.h"

/* One rule at work on one prompt. */
typedef struct pv_check_run {
	pv_check *check;
	const pv_check_subject *subject;
	const pv_prompt *prompt; /* the subject's, never NULL */
	const pv_rule *rule;
	pv_report *report; /* raw */
	pv_error *err;
	pv_place place; /* see pv_check_text */
	size_t place_of;
} pv_check_run;

typedef struct pv_check_rule {
	pv_rule about;
	int (*run)(pv_check_run *run); /* NULL: found elsewhere */
} pv_check_rule;

/* Adds a finding of the rule at work; the hint may be NULL. */
int pv_check_node(pv_check_run *run, const pv_yaml_node *node, const char *hint,
		  const char *format, ...) PV_PRINTF(4, 5);
/* The same about the byte at `offset` of the text of message `idx`. */
int pv_check_text(pv_check_run *run, size_t idx, size_t offset,
		  const char *hint, const char *format, ...) PV_PRINTF(5, 6);
/* The same about a byte of the whole file. */
int pv_check_byte(pv_check_run *run, size_t offset, const char *hint,
		  const char *format, ...) PV_PRINTF(4, 5);

/* The node of a top-level key, aliases followed; NULL when absent. */
const pv_yaml_node *pv_check_field(const pv_check_run *run, const char *key);
/* The node that holds the text of message `idx`; NULL when it has none. */
const pv_yaml_node *pv_check_message(const pv_check_run *run, size_t idx);

/* The root of pv.yaml, NULL when there is none. */
const pv_yaml_node *pv_check_settings(const pv_check_run *run);
/*
 * What pv.yaml says beside the severity, `checks: {rule: {key: ...}}`; NULL
 * when nothing.
 */
const pv_yaml_node *pv_check_option(const pv_check_run *run, const char *key);

/* What the caller of the checks was asked for; see pv_check_source. */
int pv_check_load(const pv_prompt **out, pv_check_run *run, const char *id);
int pv_check_read(pv_buf *out, pv_check_run *run, const char *path);
int pv_check_last(const pv_prompt **out, const char **version_out,
		  pv_check_run *run);

/* The table: a row, NULL behind the last; how many; the one of an id. */
const pv_check_rule *pv_check_rule_at(size_t idx);
size_t pv_check_rule_count(void);
/* SIZE_MAX when there is none. */
size_t pv_check_rule_index(const char *id);

#endif
