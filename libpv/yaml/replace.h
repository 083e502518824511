/* SPDX-License-Identifier: MIT
 *
 * One replacement of a value: what replace.c writes is decided and measured
 * by replace_parts.c.
 */
#ifndef PV_YAML_REPLACE_H
#define PV_YAML_REPLACE_H

#include "yaml/edit.h"

/* What the new value looks like. */
enum pv_yaml_form {
	PV_YAML_FORM_INLINE, /* on one line */
	PV_YAML_FORM_LINES,  /* a block scalar */
	PV_YAML_FORM_NESTED  /* a block collection */
};

struct pv_yaml_job {
	pv_yaml_plan *plan;
	const pv_yaml *doc;
	const pv_yaml_node *old;
	const pv_yaml_node *value;
	enum pv_yaml_form form;
	enum pv_yaml_style style; /* of a string */
	int is_untagged;          /* the old tag goes */
	size_t pos; /* behind the indicator or the properties before the value */
	size_t column;  /* of the collection around; 0 for none */
	size_t padding; /* spaces that a value on a line of its own needs */
	struct pv_yaml_indent lines; /* for PV_YAML_FORM_LINES */
	size_t head_start;
	size_t head_end;
	size_t tail_start;
	size_t tail_end;
};

static inline int pv_yaml_has_properties(const pv_yaml_node *node)
{
	return node->outer_start != node->start;
}

static inline int pv_yaml_is_root(const pv_yaml_node *node)
{
	return !node->parent || node->parent->kind == PV_YAML_STREAM;
}

static inline int pv_yaml_is_block_scalar(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_SCALAR &&
	       (node->style == PV_YAML_LITERAL || node->style == PV_YAML_FOLDED);
}

static inline int pv_yaml_is_block_collection(const pv_yaml_node *node)
{
	return node->first && node->style == PV_YAML_BLOCK;
}

static inline pv_str pv_yaml_text_of(const pv_yaml_node *node)
{
	pv_str text = { node->text, node->len };

	return text;
}

/* Chooses form and style of the new value. */
void pv_yaml_job_form(struct pv_yaml_job *job, int is_flow);
/*
 * Finds what stands right before the value: properties, or the indicator. 0
 * for "? key", which has none.
 */
int pv_yaml_job_position(struct pv_yaml_job *job);
/* The indentation of a block scalar's lines: as before, or by habit. */
void pv_yaml_job_indent(struct pv_yaml_job *job);
/* Splits the old value into head and tail. */
void pv_yaml_job_parts(struct pv_yaml_job *job);
/* Extends the head over the properties that shall go. */
void pv_yaml_job_drop_tag(struct pv_yaml_job *job);

#endif
