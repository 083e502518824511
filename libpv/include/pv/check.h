/* SPDX-License-Identifier: MIT
 *
 * Checks of prompts: a table of rules, each with a stable id, a group and a
 * severity, and one function that runs them over a prompt. What the loader of
 * prompts and `git pv check` itself find has rows in the same table, so each
 * finding's rule can be looked up, set to another severity and explained.
 *
 * No I/O happens here: what a rule needs beyond the prompt (an included
 * prompt, a file, the last version) it asks the caller for.
 */
#ifndef PV_CHECK_H
#define PV_CHECK_H

#include <pv/prompt.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pv_rule_group {
	PV_RULE_SYNTAX,
	PV_RULE_VARIABLES,
	PV_RULE_SCHEMA,
	PV_RULE_PERFORMANCE,
	PV_RULE_SECURITY,
	PV_RULE_STYLE
};

/* What a rule is; all texts are static. */
typedef struct pv_rule {
	const char *id;
	enum pv_rule_group group;
	enum pv_severity severity; /* unless pv.yaml says otherwise */
	int is_off;                /* runs only when pv.yaml names it */
	int is_fixed;     /* no setting changes it: the prompt is unusable */
	int is_beside;    /* of what is no prompt: no comment silences it */
	const char *what; /* it finds: a sentence, without its end */
	const char *fix;  /* how to mend it: the same */
} pv_rule;

/* The rule at `idx`; NULL behind the last. */
PV_API const pv_rule *pv_rule_at(size_t idx);

/* The rule with that id, or NULL. */
PV_API const pv_rule *pv_rule_find(const char *id);

/* "syntax", "variables", ...; static. */
PV_API const char *pv_rule_group_name(enum pv_rule_group group);

/*
 * What rules may ask the caller for; a member that is NULL stands for one
 * that never finds anything. What is lent lives until the next call of the
 * same function, at least.
 */
typedef struct pv_check_source {
	/* The prompt `id` at the point that is checked. PV_ENOTFOUND; a
	   prompt that does not load is NULL and PV_OK. */
	int (*load)(const pv_prompt **out, const char *id, void *payload,
		    pv_error *err);
	/* A file at that point, its path from the top. PV_ENOTFOUND. */
	int (*read)(pv_buf *out, const char *path, void *payload, pv_error *err);
	/* The last version of `id` and its number. PV_ENOTFOUND. */
	int (*last)(const pv_prompt **out, const char **version_out,
		    const char *id, void *payload, pv_error *err);
	/* The step from what `last` lent last to `prompt`, with what breaks;
	   NULL stands for pv_prompt_impact, which reads no other file. */
	int (*impact)(enum pv_bump *out, const pv_prompt *last,
		      const pv_prompt *prompt, pv_report *breaking,
		      void *payload, pv_error *err);
	void *payload;
} pv_check_source;

typedef struct pv_check_options {
	pv_check_source source;
	const char *settings; /* text of pv.yaml, NULL for none; copied */
	size_t settings_len;
	/* Bits `1 << enum pv_rule_group`: what is found of other groups is left
	   out. 0: all. */
	unsigned groups;
} pv_check_options;

/* One prompt, as a run of the checks sees it. */
typedef struct pv_check_subject {
	const char *id;
	const char *path;        /* named in findings */
	const char *text;        /* of the file */
	size_t len;              /* bytes of it */
	const pv_prompt *prompt; /* NULL when it does not load */
	const pv_report *found;  /* by the loader and others; may be NULL */
} pv_check_subject;

typedef struct pv_check pv_check;

/*
 * Starts a run over any number of prompts; NULL options are the defaults.
 * PV_EINVALID with line and column when `checks` of pv.yaml says what cannot
 * be (an unknown rule comes with a similar one as the hint), PV_ESYNTAX,
 * PV_ELIMIT, PV_ENOMEM. The caller frees it.
 */
PV_API int pv_check_new(pv_check **out, const pv_check_options *opts,
			pv_error *err);

/* Frees a run; NULL is accepted. */
PV_API void pv_check_free(pv_check *check);

/*
 * Runs the rules over one prompt and adds what they find to `report`, with
 * what was found before, in the order of the file: each with the severity its
 * rule has by now, without those that are off. PV_ELIMIT, PV_ENOMEM, and
 * whatever the source fails with.
 */
PV_API int pv_check_prompt(pv_report *report, pv_check *check,
			   const pv_check_subject *subject, pv_error *err);

/*
 * Adds the secrets that stand in the settings themselves, with the severity of
 * the rules "secret" and "private-key" for pv.yaml. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_check_secrets(pv_report *report, pv_check *check, pv_error *err);

/*
 * Adds what else is wrong with the settings: values that their schema does not
 * allow (rule "setting"), and keys that are nearly one of its keys (rule
 * "unknown-setting"), with the severities for pv.yaml. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_check_settings_file(pv_report *report, pv_check *check,
				  pv_error *err);

/*
 * Whether a file with that path, from the top, is one of those beside prompts
 * that have a schema: experiments, and sets of cases in YAML, JSON lines or CSV.
 */
PV_API int pv_check_is_data_file(const char *path);

/*
 * Adds what is wrong with such a file (rule "file-schema", "yaml-syntax" where
 * it is no YAML), with the severities for its path; nothing for other files.
 * At most 100 findings. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_check_data_file(pv_report *report, pv_check *check,
			      const char *path, const char *text, size_t len,
			      pv_error *err);

/*
 * Appends the text of a prompt file with everything mended that can be without
 * judgement: blanks at the end of lines, characters that cannot be seen,
 * "required" beside a default. All else keeps its bytes. What is off or
 * silenced for the file is left alone. `*count_out` is how many values were
 * changed; with 0 nothing is appended. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_check_fix(pv_buf *out, size_t *count_out, pv_check *check,
			const pv_check_subject *subject, pv_error *err);

/* --- findings for other programs -------------------------------------------- */

/* What a run came to. */
typedef struct pv_check_result {
	const pv_report *report;
	const char *const *paths; /* of the files that were checked */
	size_t path_count;
} pv_check_result;

/* Appends workflow commands of GitHub Actions, one a line. PV_ENOMEM. */
PV_API int pv_check_print_github(pv_buf *out, const pv_check_result *result,
				 pv_error *err);

/* Appends GitLab's code quality report, JSON. PV_ENOMEM. */
PV_API int pv_check_print_gitlab(pv_buf *out, const pv_check_result *result,
				 pv_error *err);

/* Appends a JUnit report, XML: only errors are failures. PV_ENOMEM. */
PV_API int pv_check_print_junit(pv_buf *out, const pv_check_result *result,
				pv_error *err);

/* Appends a SARIF 2.1.0 log, JSON. PV_ENOMEM. */
PV_API int pv_check_print_sarif(pv_buf *out, const pv_check_result *result,
				pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
