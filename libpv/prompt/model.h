/* SPDX-License-Identifier: MIT
 *
 * The prompt behind pv_prompt, and what the loaders of its parts share. A
 * prompt keeps the YAML document it came from: names and texts are borrowed
 * from its nodes, so loading copies nothing that the file already says.
 */
#ifndef PV_PROMPT_MODEL_H
#define PV_PROMPT_MODEL_H

#include <pv/prompt.h>

#include <stdalign.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "prompt/scan.h"
#include "yaml/doc.h"

/* Fields that are one short text. */
enum pv_text_field {
	PV_TEXT_NAME,
	PV_TEXT_DESCRIPTION,
	PV_TEXT_GOAL,
	PV_TEXT_CATEGORY,
	PV_TEXT_OWNER,
	PV_TEXT_TYPE,
	PV_TEXT_VERSION,
	PV_TEXT_COUNT
};

struct pv_prompt {
	pv_yaml *doc;
	pv_arena arena; /* starts in the room behind the prompt */
	const char *texts[PV_TEXT_COUNT]; /* "" when absent */
	const char *model;
	int is_inactive;
	int is_text;
	int is_dynamic;
	int has_fault; /* some template does not parse */
	enum pv_syntax syntax;
	const char **tags;
	size_t tag_count;
	pv_message *messages;
	size_t message_count;
	pv_variable *variables;
	size_t variable_count;
	const char **includes;
	size_t include_count;
	const char **schema_refs;
	size_t schema_ref_count;
	alignas(max_align_t) char room[];
};

/* A walk along a template and what it is in the file; see place.c. */
typedef struct pv_place {
	pv_str file;
	pv_str text;
	enum pv_yaml_style style;
	size_t offset; /* in the text */
	size_t raw;    /* the same in the file */
	size_t line_start;
	int line;
} pv_place;

/* A load under way. */
typedef struct pv_loader {
	pv_prompt *prompt;
	const char *file;  /* named in findings */
	pv_report *report; /* may be NULL */
	pv_error *err;     /* of failures of the loading itself; never NULL */
	pv_error first;    /* the first thing that makes it no prompt */
	pv_scan scan;
	int has_fault; /* some template was not read to its end */
	pv_place place;
	size_t place_of;               /* the message `place` is in, from 1 */
	const pv_yaml_node **contents; /* the template node of each message */
	pv_message *message;           /* the one being loaded */
	const pv_yaml_node *role;      /* of that message, NULL when absent */
	const pv_yaml_node *content;   /* the same */
	pv_variable *variable;         /* the one being loaded */
	const pv_yaml_node *default_node; /* of that, NULL when absent */
	int stated_required;              /* -1: its declaration does not say */
	const pv_yaml_node *prompt_node; /* `prompt`, `messages`, `variables`: */
	const pv_yaml_node *messages_node; /* NULL when absent */
	const pv_yaml_node *variables_node;
} pv_loader;

/* A finding about `node`; the hint may be NULL. PV_ELIMIT, PV_ENOMEM. */
int pv_load_note(pv_loader *loader, enum pv_severity severity, const char *rule,
		 const pv_yaml_node *node, const char *hint, const char *format,
		 ...) PV_PRINTF(6, 7);
/* The same for a fault that makes the file no prompt. */
int pv_load_fault(pv_loader *loader, const char *rule, const pv_yaml_node *node,
		  const char *hint, const char *format, ...) PV_PRINTF(5, 6);
/* The same at a place that no node starts at. */
int pv_load_note_at(pv_loader *loader, const pv_finding *finding);

/*
 * Sets `*out` to the text of a node that must be one, or to "" for null and
 * after a fault; `what` names it in messages.
 */
int pv_load_text(const char **out, pv_loader *loader, const pv_yaml_node *node,
		 const char *what);
/* Faults unless the node is of that kind; `*is_ok_out` is 0 then, and for null. */
int pv_load_mapping(int *is_ok_out, pv_loader *loader, const pv_yaml_node *node,
		    const char *what);
int pv_load_list(int *is_ok_out, pv_loader *loader, const pv_yaml_node *node,
		 const char *what);
/* Sets `*out` to the value as JSON. PV_ELIMIT, PV_ENOMEM. */
int pv_load_json(const char **out, pv_loader *loader, const pv_yaml_node *value);
/* Replaces a text by itself, the separator and `more`. PV_ENOMEM. */
int pv_load_join(const char **text, pv_loader *loader, char separator,
		 const char *more);
/* Faults unless the node is true or false, null included. */
int pv_load_bool(int *out, pv_loader *loader, const pv_yaml_node *node,
		 const char *what);

/* "a list", "a number", ...: what a node is, for messages. */
const char *pv_node_kind_name(const pv_yaml_node *node);
/* Whether a key is `text`, NULs in it included. */
int pv_node_is(const pv_yaml_node *node, const char *text);

static inline int pv_node_is_null(const pv_yaml_node *node)
{
	node = pv_yaml_follow(node);
	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_NULL;
}

static inline int pv_node_is_text(const pv_yaml_node *node)
{
	node = pv_yaml_follow(node);
	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_STRING;
}

/* A row of a table of the keys a mapping may have; sorted by name. */
typedef struct pv_key {
	const char *name;
	int (*load)(pv_loader *loader, const struct pv_key *key,
		    const pv_yaml_node *value);
	int arg; /* for `load` */
} pv_key;

typedef struct pv_keys {
	const pv_key *rows;
	size_t count;
	const char *where; /* names the mapping in messages; "" for the file */
	int is_open;       /* it may have other keys, but not nearly the same */
} pv_keys;

/*
 * Loads each value of a mapping by the row of its key. A key without a row is
 * reported, with a row that is near as the hint.
 */
int pv_load_keys(pv_loader *loader, const pv_yaml_node *mapping,
		 const pv_keys *keys);

/* Whether a prompt file knows the top-level key. */
int pv_is_file_key(pv_str key);

/* Loaders of the parts, for the table in load.c. */
int pv_load_prompt_text(pv_loader *loader, const pv_key *key,
			const pv_yaml_node *value);
int pv_load_messages(pv_loader *loader, const pv_key *key,
		     const pv_yaml_node *value);
int pv_load_tags(pv_loader *loader, const pv_key *key, const pv_yaml_node *value);
int pv_load_model(pv_loader *loader, const pv_key *key,
		  const pv_yaml_node *value);
int pv_load_input(pv_loader *loader, const pv_key *key,
		  const pv_yaml_node *value);
int pv_load_output(pv_loader *loader, const pv_key *key,
		   const pv_yaml_node *value);
int pv_load_tools(pv_loader *loader, const pv_key *key,
		  const pv_yaml_node *value);
int pv_load_tests(pv_loader *loader, const pv_key *key,
		  const pv_yaml_node *value);

/* Starts at the first byte of a template, and goes on to a later one. */
void pv_place_start(pv_place *place, const pv_yaml *doc,
		    const pv_yaml_node *node);
void pv_place_go(pv_place *place, size_t offset);
/* The place in the file of a byte of a message's template. */
void pv_load_place(pv_loader *loader, size_t message, size_t offset,
		   int *line_out, int *column_out);

/* Scans the templates of all messages; faults in them become findings. */
int pv_load_templates(pv_loader *loader);
/* Keeps what an include names if it is an id, once; else a finding says so. */
int pv_load_include(pv_loader *loader, const pv_scan_include *include);
/* Improves the error of a YAML text that does not parse. */
void pv_load_explain(pv_error *error, pv_str text);
/* Builds the list of variables from declarations and the scan. */
int pv_load_variables(pv_loader *loader);
/* The schema in `input`: below `schema` where that is all it has, else itself. */
const pv_yaml_node *pv_input_schema(const pv_yaml_node *input);
/*
 * Appends the JSON Schema that the declaration of a variable is, without its
 * `type` unless `is_typed`: how many keywords it has, and with none nothing is
 * appended. Failures of pv_yaml_to_json.
 */
int pv_declared_schema(pv_buf *out, const pv_yaml_node *declaration,
		       int is_typed, pv_error *err);
/* Notes the files that a JSON Schema refers to. */
int pv_load_schema_refs(pv_loader *loader, const pv_yaml_node *schema);

/*
 * Calls `fn` with the path of each file that a schema file at `path` refers to,
 * as often as it does, until it returns non-zero, which is returned. A file that
 * is neither JSON nor YAML refers to none. PV_ENOMEM.
 */
int pv_schema_file_refs(const char *path, const pv_buf *text,
			int (*fn)(const char *path, void *payload, pv_error *err),
			void *payload, pv_error *err);

/* Candidates for a hint, called by index until NULL. */
typedef const char *pv_candidate_fn(size_t idx, const void *list);

/* Room for a hint. */
enum {
	PV_HINT_SIZE = 128
};

/*
 * Writes 'did you mean "x"?' about the candidate nearest to `text`, or
 * `otherwise` when none is near enough to be meant. Returns `out`.
 */
const char *pv_suggest(char out[PV_HINT_SIZE], pv_str text,
		       pv_candidate_fn *candidate, const void *list,
		       const char *otherwise);

#endif
