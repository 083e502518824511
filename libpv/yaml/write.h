/* SPDX-License-Identifier: MIT
 *
 * Writing values as YAML. A value is a tree of nodes as pv_yaml_read_json
 * makes them. What is written never ends in a line break: that belongs to the
 * text behind it. Failures stay in the buffer.
 */
#ifndef PV_YAML_WRITE_H
#define PV_YAML_WRITE_H

#include "yaml/doc.h"

/* The habits of a document. */
struct pv_yaml_format {
	const char *eol;
	size_t step;                /* indentation of a mapping below its key */
	size_t seq_step;            /* of a sequence below its key */
	size_t dash;                /* columns from a dash to what follows it */
	enum pv_yaml_style strings; /* quotes of all around it, if any */
	enum pv_yaml_style keys;    /* the same for keys */
};

/* What new documents look like. */
extern const struct pv_yaml_format pv_yaml_default_format;

/* Where a value goes. */
enum pv_yaml_context {
	PV_YAML_IN_BLOCK,
	PV_YAML_IN_FLOW
};

/*
 * The style for a string: `old` where the text allows it (pass PV_YAML_BLOCK
 * when there is no old one), else literal for several lines, plain when it
 * reads back as that string, or quotes.
 */
enum pv_yaml_style pv_yaml_pick_style(pv_str text, enum pv_yaml_style old,
				      enum pv_yaml_context context);
/* Whether a string should get a literal block: it has lines and is fit. */
int pv_yaml_is_multiline(const pv_yaml_node *value);

/* A string on one line, in one of the three styles that are. */
void pv_yaml_write_string(pv_buf *out, pv_str text, enum pv_yaml_style style);

/* A block scalar's indentation: the column, and that column from the parent. */
struct pv_yaml_indent {
	size_t column;
	size_t step;
};

/* Whether a block scalar has to say how far it is indented. */
int pv_yaml_needs_indicator(pv_str text);
/* "|2-": style, indentation where it cannot be told by looking, chomping. */
void pv_yaml_write_header(pv_buf *out, pv_str text, enum pv_yaml_style style,
			  size_t step);
/* The lines of a literal block, each behind a line break. */
void pv_yaml_write_literal(pv_buf *out, const struct pv_yaml_format *format,
			   pv_str text, size_t column);

/* A line break and `column` spaces. */
void pv_yaml_write_break(pv_buf *out, const struct pv_yaml_format *format,
			 size_t column);
/* A mapping key, with the indicator "? " when it is too long without. */
void pv_yaml_write_key(pv_buf *out, const struct pv_yaml_format *format,
		       pv_str key, size_t column);
/* "key: value" in a flow mapping. */
void pv_yaml_write_flow_member(pv_buf *out, const struct pv_yaml_format *format,
			       pv_str key, const pv_yaml_node *value);
/* On one line, whatever it is. */
void pv_yaml_write_flow(pv_buf *out, const struct pv_yaml_format *format,
			const pv_yaml_node *value);
/* A block collection whose first line starts at the current position. */
void pv_yaml_write_block(pv_buf *out, const struct pv_yaml_format *format,
			 const pv_yaml_node *value, size_t column);
/* What stands behind "key:" of a mapping at `column`. */
void pv_yaml_write_behind_key(pv_buf *out, const struct pv_yaml_format *format,
			      const pv_yaml_node *value, size_t column);
/* What stands behind the dash at `column`. */
void pv_yaml_write_behind_dash(pv_buf *out, const struct pv_yaml_format *format,
			       const pv_yaml_node *value, size_t column);

#endif
