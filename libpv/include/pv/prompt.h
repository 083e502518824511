/* SPDX-License-Identifier: MIT
 *
 * The prompt model: what a prompt file says, typed, with its variables
 * inferred and every odd place reported. A loaded prompt is immutable and may
 * be shared between threads. No I/O happens here: texts come in, texts go
 * out. The file format is described in pv-prompt(5).
 */
#ifndef PV_PROMPT_H
#define PV_PROMPT_H

#include <pv/report.h>
#include <pv/yaml.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits of ids: longer ones are refused. */
enum {
	PV_ID_MAX = 200,     /* bytes of a whole id */
	PV_ID_PART_MAX = 100 /* bytes of one component */
};

/*
 * Whether `id` is a well-formed prompt id: components of [a-z0-9._-] that
 * start with a letter or digit, joined by "/", none ending in "." or
 * ".lock", none with "..", none that is a version tag ("v1.2.3"). PV_OK, or
 * PV_EINVALID with the reason.
 */
PV_API int pv_id_check(const char *id, pv_error *err);

/*
 * Limits of a prompt file. A template with deeper blocks or expressions is
 * one that does not parse; beyond the others loading is PV_ELIMIT.
 */
enum {
	PV_PROMPT_MAX_SIZE = 4 << 20, /* bytes, about a million tokens */
	PV_PROMPT_MAX_BLOCKS = 100,   /* open sections of mustache */
	PV_PROMPT_MAX_NESTING = 200,  /* tags and brackets in each other */
	PV_PROMPT_MAX_NAMES = 10000,  /* distinct names, declared ones too */
	PV_PROMPT_MAX_INCLUDES = 1000 /* include, import, from and extends */
};

enum pv_syntax {
	PV_SYNTAX_JINJA2,
	PV_SYNTAX_FSTRING,
	PV_SYNTAX_MUSTACHE,
	PV_SYNTAX_LITERAL
};

/* One message of a chat prompt, or the whole text of a text prompt. */
typedef struct pv_message {
	const char *role;    /* "system", "user", ...; "" for a text prompt */
	const char *id;      /* optional `id` of the message, "" when none */
	const char *content; /* the template text; "" when there is none */
	size_t len;
	int line;                    /* of the content in the file, or 0 */
	const char *name;            /* who of several speaks, "" when none */
	const char *tool_calls_json; /* a JSON array, NULL when none */
	const char *tool_call_id;    /* the call it answers, "" when none */
} pv_message;

/* One variable of the prompt's interface. */
typedef struct pv_variable {
	const char *name;
	const char *type; /* JSON Schema type name, or "any" */
	int is_required;  /* nothing fills it in when the caller does not */
	const char *default_json; /* NULL when there is none */
	const char *example_json; /* the first one; NULL when there is none */
	const char *description;  /* "" when there is none */
	const char *source;       /* "declared", "inferred" or "both" */
	int line;                 /* declared or first used here */
	int used_line;            /* first used here; 0 when no text does */
	int is_conditional;       /* each use is one that may not be reached */
} pv_variable;

typedef struct pv_prompt pv_prompt;

typedef struct pv_prompt_options {
	const char *file; /* named in findings; NULL for "" */
} pv_prompt_options;

/*
 * Loads a prompt from the text of its file. Findings (unknown keys, doubtful
 * values, and every error) go to `report`, which may be NULL. PV_ESYNTAX when
 * the text is no acceptable YAML, PV_ESCHEMA (id "validation") when it is but
 * not a prompt: then `err` holds the first error. A template that does not
 * parse (rule "template-syntax") or an include that names no id ("include-id")
 * is a finding of severity error, yet the prompt loads: it can be shown, and
 * repaired. PV_ELIMIT, which is a finding, too (rule "limit"), unless the
 * report itself is full; PV_ENOMEM. The caller frees the prompt.
 */
PV_API int pv_prompt_parse(pv_prompt **out, const char *text, size_t len,
			   const pv_prompt_options *opts, pv_report *report,
			   pv_error *err);

/* Frees a prompt; NULL is accepted. */
PV_API void pv_prompt_free(pv_prompt *prompt);

/* Fields; "" when absent. Borrowed from the prompt, like all that follows. */
PV_API const char *pv_prompt_name(const pv_prompt *prompt);
PV_API const char *pv_prompt_description(const pv_prompt *prompt);
PV_API const char *pv_prompt_goal(const pv_prompt *prompt);
PV_API const char *pv_prompt_category(const pv_prompt *prompt);
PV_API const char *pv_prompt_owner(const pv_prompt *prompt);
PV_API const char *pv_prompt_type(const pv_prompt *prompt);

/* The `version` a file may carry though it need not; "" when absent. */
PV_API const char *pv_prompt_stated_version(const pv_prompt *prompt);

/* 0 when the file says `active: false`. */
PV_API int pv_prompt_is_active(const pv_prompt *prompt);

/* The template language of the texts. */
PV_API enum pv_syntax pv_prompt_syntax(const pv_prompt *prompt);

/* "provider/name", the parts that are given, or "". */
PV_API const char *pv_prompt_model(const pv_prompt *prompt);

/* Tags in the order of the file; NULL when `idx` is not below the count. */
PV_API size_t pv_prompt_tag_count(const pv_prompt *prompt);
PV_API const char *pv_prompt_tag(const pv_prompt *prompt, size_t idx);

/*
 * The messages of a chat prompt, or the one text of a text prompt; NULL when
 * `idx` is not below the count, which is at least 1.
 */
PV_API size_t pv_prompt_message_count(const pv_prompt *prompt);
PV_API const pv_message *pv_prompt_message(const pv_prompt *prompt, size_t idx);

/* 1 for `prompt: text`, 0 for `messages: [...]`. */
PV_API int pv_prompt_is_text(const pv_prompt *prompt);

/* Variables, declared ones first in the order of the file. */
PV_API size_t pv_prompt_variable_count(const pv_prompt *prompt);
PV_API const pv_variable *pv_prompt_variable(const pv_prompt *prompt, size_t idx);

/*
 * What the prompt refers to and its closure therefore takes in: ids of
 * included prompts, in order, without repeats.
 */
PV_API size_t pv_prompt_include_count(const pv_prompt *prompt);
PV_API const char *pv_prompt_include(const pv_prompt *prompt, size_t idx);

/*
 * Paths of schema files the prompt refers to by `$ref`, relative to the
 * repository's top, in order, without repeats.
 */
PV_API size_t pv_prompt_schema_ref_count(const pv_prompt *prompt);
PV_API const char *pv_prompt_schema_ref(const pv_prompt *prompt, size_t idx);

/* 1 when an include's name is computed, so the closure cannot be known. */
PV_API int pv_prompt_is_dynamic(const pv_prompt *prompt);

/*
 * Appends the whole file as one compact JSON object: unknown keys included,
 * keys in the order of the file, aliases expanded. It is made anew by each
 * call, so that loading does not pay for it. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_prompt_json(pv_buf *out, const pv_prompt *prompt, pv_error *err);

/*
 * Appends the JSON of one top-level field ("metadata"). PV_ENOTFOUND when the
 * file does not have it, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_prompt_field_json(pv_buf *out, const pv_prompt *prompt,
				const char *field, pv_error *err);

/* How big a step the version takes from one text to another. */
enum pv_bump {
	PV_BUMP_NONE,
	PV_BUMP_PATCH,
	PV_BUMP_MINOR,
	PV_BUMP_MAJOR
};

/* "none", "patch", "minor" or "major"; static. */
PV_API const char *pv_bump_name(enum pv_bump bump);

/* What a step depends on besides the two prompts. Zeroed is the default. */
typedef struct pv_impact_options {
	/*
	 * Appends the bytes of a file that a schema refers to, as it was with the
	 * prompt before, or is after; `path` counts from the top of the repository.
	 * PV_ENOTFOUND; other failures make the schema unknown, PV_ENOMEM ends all.
	 */
	int (*load)(pv_buf *out, const char *path, int is_after, void *payload,
		    pv_error *err);
	/*
	 * A variable that something included asked for before, or NULL: callers
	 * gave it already when the prompt comes to use it itself. May be NULL.
	 */
	const pv_variable *(*former)(const char *name, void *payload);
	void *payload;
} pv_impact_options;

/*
 * Derives the step from `before` to `after`: major when something that worked
 * may fail, minor when behaviour changes, patch when only what people read
 * does, none when the two are equal as data and text. Each breaking change is
 * added to `breaking` (may be NULL) with the path as its rule-independent
 * `file` field and the reason as message. Schemas are compared by what they
 * mean (pv_schema_compare); where that is unknown the step is major. A changed
 * schema that refers to files is unknown, and changes of these files are not
 * seen: pv_prompt_impact_with reads them. PV_ENOMEM.
 */
PV_API int pv_prompt_impact(enum pv_bump *out, const pv_prompt *before,
			    const pv_prompt *after, pv_report *breaking,
			    pv_error *err);

/* The same with files; none as well for equal texts, unless a file breaks. */
PV_API int pv_prompt_impact_with(enum pv_bump *out, const pv_prompt *before,
				 const pv_prompt *after,
				 const pv_impact_options *opts,
				 pv_report *breaking, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
