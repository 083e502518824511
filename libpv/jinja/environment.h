/* SPDX-License-Identifier: MIT
 *
 * The options of a Jinja2 Environment as the engine knows them. A zeroed
 * struct is Jinja2's default environment. Borrowed by templates compiled with
 * it: it has to outlive them, unchanged.
 */
#ifndef PV_JINJA_ENVIRONMENT_H
#define PV_JINJA_ENVIRONMENT_H

#include "jinja/run/run.h"

/* Tags beyond the core ones. */
enum pv_jinja_extension {
	PV_JINJA_EXT_DO = 1,
	PV_JINJA_EXT_LOOPCONTROLS = 2,
	PV_JINJA_EXT_I18N = 4,       /* null translations */
	PV_JINJA_EXT_GENERATION = 8, /* {% generation %} of chat templates */
	PV_JINJA_EXT_NEWSTYLE = 16   /* with i18n: newstyle_gettext */
};

typedef struct pv_jinja_environment {
	/* NULL means Jinja2's delimiter, and none for the last two. */
	const char *block_start;
	const char *block_end;
	const char *variable_start;
	const char *variable_end;
	const char *comment_start;
	const char *comment_end;
	const char *line_statement;
	const char *line_comment;
	const char *newline; /* newline_sequence */
	int trims_blocks;
	int strips_blocks;      /* lstrip_blocks */
	int keeps_newline;      /* keep_trailing_newline */
	int is_escaping;        /* autoescape */
	unsigned extensions;    /* bits of enum pv_jinja_extension */
	int trims_translations; /* policy ext.i18n.trimmed */
	int has_chat_globals;   /* raise_exception, strftime_now */
	pv_jinja_settings settings;
} pv_jinja_environment;

#endif
