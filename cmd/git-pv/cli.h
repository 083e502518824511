/* SPDX-License-Identifier: MIT
 *
 * The frame every command stands in. To add a command `frob`:
 *
 *  1. Write cmd_frob.c with a static table of options, a `const cli_usage
 *     cmd_frob_usage` and `int cmd_frob(pv_cli *cli, int argc, char **argv)`;
 *     cmd_list.c is a short example.
 *
 *	struct frob_options {
 *		const char *rev;
 *		int is_long;
 *	};
 *
 *	static const cli_option options[] = {
 *		{ 'l', "long", CLI_FLAG, offsetof(struct frob_options, is_long),
 *		  NULL, "show everything" },
 *		{ 0, "at", CLI_STRING, offsetof(struct frob_options, rev),
 *		  "REV", "look at this commit" },
 *		{ 0 }
 *	};
 *
 *	const cli_usage cmd_frob_usage = {
 *		.synopsis = { "git pv frob [--long] [--at REV] ID" },
 *		.examples = { "git pv frob support/triage" },
 *		.options = options,
 *		.args = "ID", .min_args = 1, .max_args = 1,
 *	};
 *
 *	int cmd_frob(pv_cli *cli, int argc, char **argv)
 *	{
 *		struct frob_options opts = { 0 };
 *		int rc;
 *
 *		rc = cli_start(cli, &opts, &argc, argv);
 *		if (rc != 0)
 *			return rc;
 *		return ...(..., &cli->err);
 *	}
 *
 *  2. Declare both at the end of this header and add a row to the table in
 *     commands.c: name, function, usage, what it needs, group, summary.
 *  3. Write man/git-pv-frob.1.scd. Its SYNOPSIS is the `synopsis` lines, its
 *     OPTIONS name every option; tests/project/man.sh compares them with -h.
 *  4. If it reads, give it CLI_JSON: then it must write exactly one JSON
 *     document when `cli->json` is set, and its schema goes to schemas/.
 *  5. Add tests/cli/tNNNN-frob.sh.
 *
 * A command returns 0, a positive exit status (1 is "a negative answer"), or
 * a negative pv_code with `cli->err` filled in; printing the error, as text
 * or JSON, and choosing the exit status is done once, in main.c. Data goes to
 * `cli->out` (standard output, streamed as it grows, through the pager when
 * the row says so), talk to standard error with cli_note and cli_warn. Text
 * that comes from files or users is written with cli_text, which disarms
 * control characters on a terminal. Commands do not call exit, printf or
 * getenv.
 */
#ifndef PV_CLI_H
#define PV_CLI_H

#include <pv/buf.h>
#include <pv/error.h>
#include <pv/report.h>
#include <pv/store.h>
#include <pv/version.h>

#include "base/json.h"
#include "base/str.h"

/* What a command needs before it starts; flags of a row in commands.c. */
enum cli_needs {
	CLI_REPO = 1 << 0,       /* `store` is open, or the command fails */
	CLI_MAYBE_REPO = 1 << 1, /* `store` is open if there is one */
	CLI_WORKTREE = 1 << 2,   /* not in a bare repository */
	CLI_SETTINGS = 1 << 3, /* `settings` are loaded when there is a store */
	CLI_PAGER = 1 << 4,    /* long output: goes through the pager */
	CLI_JSON = 1 << 5,     /* takes --json */
	CLI_HIDDEN = 1 << 6,   /* called by git and scripts: not in `help` */
	CLI_SPECS = 1 << 7,    /* takes prompt@env:E, so also --no-fallback */
	CLI_ANY_FORMAT = 1 << 8 /* `err` says why a repository is not open */
};

enum cli_group {
	CLI_GROUP_START,
	CLI_GROUP_WORK,
	CLI_GROUP_HISTORY,
	CLI_GROUP_RELEASE,
	CLI_GROUP_RUNS,
	CLI_GROUP_EXCHANGE,
	CLI_GROUP_SETUP,
	CLI_GROUP_COUNT
};

/* --- options -------------------------------------------------------------- */

/* How an option is written and what its field in the options struct is. */
enum cli_option_kind {
	CLI_FLAG,   /* int: `set`, or 1 when that is 0; --no-x makes it 0 */
	CLI_MODE,   /* int: `set`; options with the same field exclude others */
	CLI_STRING, /* const char *: borrowed from argv */
	CLI_INT,    /* int, not negative; preset it to see "not given" */
	CLI_ENUM,   /* int: 1 + index in `choices`; 0 when not given */
	CLI_LIST /* cli_list: may be repeated; several options may share it */
};

typedef struct cli_option {
	int short_name;        /* 0: none */
	const char *long_name; /* without dashes; NULL: none */
	enum cli_option_kind kind;
	unsigned offset;            /* of the field in the options struct */
	const char *arg;            /* name of the value in the help: "REV" */
	const char *help;           /* one phrase */
	const char *const *choices; /* CLI_ENUM: NULL-terminated */
	int set; /* CLI_FLAG, CLI_MODE: value stored; CLI_LIST: `which` of the item */
	int is_optional; /* CLI_ENUM: bare --x means the first choice */
} cli_option;

/* Values of repeated options in the order given. Free with cli_list_dispose. */
typedef struct cli_list_item {
	int which;         /* the option's `set` */
	const char *value; /* borrowed from argv */
} cli_list_item;

typedef struct cli_list {
	cli_list_item *items;
	size_t count;
	size_t cap;
} cli_list;

void cli_list_dispose(cli_list *list);
/* Adds a value, which is borrowed. PV_ENOMEM. */
int cli_list_add(cli_list *list, int which, const char *value, pv_error *err);

/* What a command is called with: source of -h, completion and man test. */
typedef struct cli_usage cli_usage;
typedef struct pv_cli pv_cli;

/* What the first operand may be, with options of its own. */
typedef struct cli_verb {
	const char *name;
	const cli_usage *usage; /* NULL: the command's */
	int (*run)(pv_cli *cli, int argc, char **argv); /* see cli_run_verb */
	unsigned needs; /* enum cli_needs; 0: the command's */
} cli_verb;

/* Which operands are ids of prompts: those may be given by their names. */
enum cli_ids {
	CLI_IDS_NONE,
	CLI_IDS_FIRST,
	CLI_IDS_ALL,
	CLI_IDS_REST /* all but the first */
};

struct cli_usage {
	const char *synopsis[16];  /* "git pv list [PREFIX]", NULL-terminated */
	const char *examples[4];   /* two at least, which t0394 runs */
	const cli_option *options; /* ended by { 0 }; may be NULL */
	const char *args;          /* names of the operands, for messages */
	int min_args;
	int max_args;          /* -1: any number */
	const cli_verb *verbs; /* ended by { 0 }; may be NULL */
	enum cli_ids ids;
};

/* --- a run ---------------------------------------------------------------- */

typedef struct cli_command {
	const char *name;
	int (*run)(pv_cli *cli, int argc, char **argv);
	const cli_usage *usage;
	unsigned needs; /* enum cli_needs */
	enum cli_group group;
	const char *summary; /* one line of `git pv help` */
} cli_command;

struct pv_cli {
	const cli_command *command;
	cli_command verb; /* what `command` is then; see cli_verb_usage */
	pv_store *store;  /* see CLI_REPO; NULL without */
	struct pv_git_rows *git_rows; /* see git_rows.h; NULL without */
	pv_settings settings;         /* see CLI_SETTINGS */
	pv_oid head; /* HEAD's commit once `has_head` is set; see prompts.c */
	int has_head;
	pv_error err;      /* the one error of the run */
	pv_report *report; /* findings that belong to the error; owned */
	pv_buf message;    /* the whole one, where the error's is cut */
	pv_buf details;    /* lines that follow the error when it is text */
	pv_buf missing;    /* its `missing` when it is JSON: an array */
	pv_buf out;        /* data on its way to standard output */
	int json;          /* --json was given */
	int quiet;         /* -q: no talk */
	int verbose;       /* -v: each step, see trace.h */
	pv_trace trace;    /* who is told of them */
	int trace_file;    /* where that goes */
	int64_t began;     /* the run, by the clock of steps */
	int color;         /* colours on standard output */
	int is_tty;        /* standard output is a terminal or its pager */
	int dashdash;      /* operands before "--", or -1 when there was none */
	int color_when;    /* --color: 1 always, 2 never, 3 auto; 0 not given */
	int no_pager;
	int no_fallback;  /* --no-fallback: "env:E" is E alone */
	int pager_pid;    /* of the running pager, or 0 */
	int write_errno;  /* why standard output cannot be written, or 0 */
	pv_strlist named; /* operands that names stood for, see named.h */
	int told_trust;   /* that pv.yaml is not trusted was said */
	char made[80];    /* what is done for good, should that not be told */
};

/* What cli_start returns when -h was answered: a command passes it on. */
enum {
	CLI_DONE = 1000
};

/*
 * The start of every command: reads the options in argv[0..argc) into `opts`
 * (the struct the table's offsets refer to; NULL when it has none), leaves
 * the operands in argv and argc, and opens what the row in commands.c asks
 * for. Anything but 0 is to be returned by the command as it is.
 */
int cli_start(pv_cli *cli, void *opts, int *argc, char **argv);

/*
 * Opens the repository that PV_REPO names or the current folder is in, for
 * the few commands that cannot leave that to cli_start.
 */
int cli_open_store(pv_cli *cli);

/* Loads the settings, for the few that cannot leave that to cli_start either. */
int cli_settings_load(pv_cli *cli);

/*
 * pv_spec_resolve for what was given to a command; a note tells when not the
 * environment that was asked for answers, but one of its fallbacks.
 */
int cli_spec_resolve(pv_spec *out, pv_cli *cli, const char *text,
		     enum pv_spec_default otherwise);

/*
 * Makes a spec of a commit that of the released version which its state is, as
 * its tag has it: what it includes may have changed since. One that is none, or
 * names its version already, stays as it is.
 */
int cli_spec_tag(pv_spec *spec, pv_cli *cli);

/* The fallback that answered for an environment; NULL for none. Lent. */
const char *cli_fallback_of(const pv_spec *spec);

/* Writes it as the member `resolved_from`. */
void cli_fallback_json(pv_jsonw *w, const pv_spec *spec);

/* From here on the command is called as one of its verbs is. */
void cli_verb_usage(pv_cli *cli, const cli_usage *usage);

/*
 * The whole of a command that is nothing but its verbs: runs the one that the
 * first operand names. The verb begins with cli_start; argv[0] is its name.
 * Without any the verb "list" runs where there is one.
 */
int cli_run_verb(pv_cli *cli, int argc, char **argv);

/* A usage error for what is none of the verbs `names` (NULL-terminated). */
int cli_fail_verb(pv_cli *cli, const char *name, const char *const *names);

/* The part of cli_start that reads options, for commands.c and run.c. */
int cli_parse(pv_cli *cli, void *opts, int *argc, char **argv);

/* A usage error (exit 129): `return cli_usage_error(cli, "...", ...);`. */
int cli_usage_error(pv_cli *cli, const char *format, ...) PV_PRINTF(2, 3);

/*
 * Runs a command given by its name and arguments (argv[0] is the name) and
 * returns the exit status; for main().
 */
int cli_run(pv_cli *cli, const cli_command *command, int argc, char **argv);

/* --- output --------------------------------------------------------------- */

/* Appends to standard output, streaming when much has gathered. */
void cli_printf(pv_cli *cli, const char *format, ...) PV_PRINTF(2, 3);
void cli_puts(pv_cli *cli, const char *text);

/*
 * Appends text of files or users: on a terminal control characters appear as
 * ^X or \xNN. Newlines and tabs are kept by cli_text, shown by cli_line.
 */
void cli_text(pv_cli *cli, const char *text, size_t len);
void cli_line(pv_cli *cli, const char *text);

/* The same, appended to any buffer; `keep` lists control characters to keep. */
void cli_escape(pv_buf *out, const char *text, size_t len, const char *keep);

/* Appends a path, in quotes where git would quote it (core.quotePath). */
void cli_path(pv_cli *cli, const char *path);

/*
 * Writes out what has gathered. Called by the functions above; commands that
 * append to `cli->out` themselves call it now and then, and all must before
 * another program writes to the same standard output. With --json nothing is
 * written before the end, so that an error can still take its place.
 * PV_EIO.
 */
int cli_flush(pv_cli *cli);

/*
 * The end of standard output: everything is written and the pager waited
 * for. PV_EIO, PV_ENOMEM, PV_ELIMIT. For run.c only.
 */
int cli_finish(pv_cli *cli);

/*
 * Says what is done for good, for the hint of the error should standard output
 * not take the rest.
 */
void cli_made(pv_cli *cli, const char *format, ...) PV_PRINTF(2, 3);

/*
 * After a failure behind the point of no return: tells by the hint that the
 * commit is made, if it is and nothing says so yet; `rc`.
 */
int cli_made_fail(pv_cli *cli, int rc, const pv_oid *commit);

/* Talk on standard error; silent with -q, which does not silence warnings. */
void cli_note(pv_cli *cli, const char *format, ...) PV_PRINTF(2, 3);
void cli_warn(pv_cli *cli, const char *format, ...) PV_PRINTF(2, 3);
void cli_hint(pv_cli *cli, const char *format, ...) PV_PRINTF(2, 3);

/* Prints `err` as error and hint on standard error, or as JSON; the status. */
int cli_report_error(pv_cli *cli, int rc);

/* Writes the findings of a report as a JSON array. */
void cli_findings_json(pv_jsonw *w, const pv_report *report);

/* Appends a finding as `file:line:column: severity: message (rule)`. */
void cli_finding_text(pv_cli *cli, const pv_finding *finding);

/* Colours by what they mean; "" when colours are off. */
enum cli_color {
	CLI_COLOR_RESET,
	CLI_COLOR_BOLD,
	CLI_COLOR_DIM,
	CLI_COLOR_OLD,
	CLI_COLOR_NEW,
	CLI_COLOR_META,
	CLI_COLOR_WARN,
	CLI_COLOR_ERROR
};
const char *cli_color(const pv_cli *cli, enum cli_color color);

/* The columns of the terminal; 80 when there is none. */
int cli_width(void);

/* Decides `color` and `is_tty` for this run, once. */
void cli_color_setup(pv_cli *cli);

/* Whether this run will start a pager if it prints something. */
int cli_pager_is_wanted(pv_cli *cli);
/* Whether git has started one already, for a command that would. */
int cli_pager_is_git(const pv_cli *cli);
/* Starts the pager if this run wants one; standard output goes to it then. */
void cli_pager_start(pv_cli *cli);
/* Closes standard output and waits for the pager. */
void cli_pager_finish(pv_cli *cli);

/* --- other help ----------------------------------------------------------- */

/* The environment; NULL when unset. `payload` is ignored. */
const char *cli_env(const char *name, void *payload);

/* Waits for a child: its exit status, 128 + n after signal n, or -1. */
int cli_wait(int pid);

/* Appends a git configuration value; 0 when there is none (or no store). */
int cli_config(pv_buf *out, pv_cli *cli, const char *key);

/*
 * Appends the path of a file the user named, relative to the repository's
 * top; the name counts from the current folder. PV_EINVALID when it lies
 * outside.
 */
int cli_repo_path(pv_buf *out, pv_cli *cli, const char *arg);

/*
 * PV_EINVALID, naming `what`, when a text is not UTF-8: JSON and YAML would
 * mangle it on the way.
 */
int cli_check_utf8(pv_cli *cli, const char *what, const char *text, size_t len);

/* Reads all of standard input. PV_EIO, PV_ELIMIT beyond 64 MiB. */
int cli_read_stdin(pv_buf *out, pv_cli *cli);

/*
 * Gives the error the hint which three `names` (NULL-terminated) are nearest to
 * a mistyped `word`, and that the command `lister` lists all; `rc`.
 */
int cli_hint_near(pv_cli *cli, int rc, const char *word,
		  const char *const *names, const char *lister);

/* Prints -h of a command: usage, examples, options. */
void cli_print_usage(pv_buf *out, const cli_command *command);

/* The options every command takes; ended by { 0 }, offsets into pv_cli. */
const cli_option *cli_common_options(void);

/* Whether a common option means anything to the command. */
int cli_option_applies(const cli_option *option, const cli_command *command);

/* The rows of the table, and a look-up that gives NULL for none. */
size_t cli_command_count(void);
const cli_command *cli_command_at(size_t idx);
const cli_command *cli_find_command(const char *name);

/* A usage error that names the commands nearest to a mistyped name. */
int cli_unknown_command(pv_cli *cli, const char *name);

/* --- commands ------------------------------------------------------------- */

extern const cli_usage cmd_activate_usage;
extern const cli_usage cmd_alert_usage;
extern const cli_usage cmd_audit_usage;
extern const cli_usage cmd_bisect_usage;
extern const cli_usage cmd_blame_usage;
extern const cli_usage cmd_branch_usage;
extern const cli_usage cmd_changelog_usage;
extern const cli_usage cmd_check_usage;
extern const cli_usage cmd_check_output_usage;
extern const cli_usage cmd_cherry_pick_usage;
extern const cli_usage cmd_commit_usage;
extern const cli_usage cmd_compare_usage;
extern const cli_usage cmd_completion_usage;
extern const cli_usage cmd_config_usage;
extern const cli_usage cmd_conflicts_usage;
extern const cli_usage cmd_cost_usage;
extern const cli_usage cmd_cp_usage;
extern const cli_usage cmd_deactivate_usage;
extern const cli_usage cmd_deploy_usage;
extern const cli_usage cmd_diff_usage;
extern const cli_usage cmd_doctor_usage;
extern const cli_usage cmd_edit_usage;
extern const cli_usage cmd_env_usage;
extern const cli_usage cmd_experiment_usage;
extern const cli_usage cmd_export_usage;
extern const cli_usage cmd_help_usage;
extern const cli_usage cmd_history_usage;
extern const cli_usage cmd_hook_usage;
extern const cli_usage cmd_import_usage;
extern const cli_usage cmd_index_usage;
extern const cli_usage cmd_init_usage;
extern const cli_usage cmd_install_usage;
extern const cli_usage cmd_list_usage;
extern const cli_usage cmd_log_usage;
extern const cli_usage cmd_merge_usage;
extern const cli_usage cmd_merge_driver_usage;
extern const cli_usage cmd_mergetool_usage;
extern const cli_usage cmd_mv_usage;
extern const cli_usage cmd_new_usage;
extern const cli_usage cmd_performance_usage;
extern const cli_usage cmd_policy_usage;
extern const cli_usage cmd_promote_usage;
extern const cli_usage cmd_record_usage;
extern const cli_usage cmd_reindex_usage;
extern const cli_usage cmd_release_usage;
extern const cli_usage cmd_render_usage;
extern const cli_usage cmd_resolve_usage;
extern const cli_usage cmd_revert_usage;
extern const cli_usage cmd_review_usage;
extern const cli_usage cmd_rollback_usage;
extern const cli_usage cmd_schema_usage;
extern const cli_usage cmd_search_usage;
extern const cli_usage cmd_show_usage;
extern const cli_usage cmd_snapshot_usage;
extern const cli_usage cmd_stats_usage;
extern const cli_usage cmd_status_usage;
extern const cli_usage cmd_switch_usage;
extern const cli_usage cmd_sync_usage;
extern const cli_usage cmd_textconv_usage;
extern const cli_usage cmd_top_usage;
extern const cli_usage cmd_trends_usage;
extern const cli_usage cmd_uninstall_usage;
extern const cli_usage cmd_vars_usage;
extern const cli_usage cmd_verify_usage;
extern const cli_usage cmd_version_usage;
extern const cli_usage cmd_versions_usage;

int cmd_activate(pv_cli *cli, int argc, char **argv);
int cmd_alert(pv_cli *cli, int argc, char **argv);
int cmd_audit(pv_cli *cli, int argc, char **argv);
int cmd_bisect(pv_cli *cli, int argc, char **argv);
int cmd_blame(pv_cli *cli, int argc, char **argv);
int cmd_branch(pv_cli *cli, int argc, char **argv);
int cmd_changelog(pv_cli *cli, int argc, char **argv);
int cmd_check(pv_cli *cli, int argc, char **argv);
int cmd_check_output(pv_cli *cli, int argc, char **argv);
int cmd_cherry_pick(pv_cli *cli, int argc, char **argv);
int cmd_commit(pv_cli *cli, int argc, char **argv);
int cmd_compare(pv_cli *cli, int argc, char **argv);
int cmd_completion(pv_cli *cli, int argc, char **argv);
int cmd_config(pv_cli *cli, int argc, char **argv);
int cmd_conflicts(pv_cli *cli, int argc, char **argv);
int cmd_cost(pv_cli *cli, int argc, char **argv);
int cmd_cp(pv_cli *cli, int argc, char **argv);
int cmd_deactivate(pv_cli *cli, int argc, char **argv);
int cmd_deploy(pv_cli *cli, int argc, char **argv);
int cmd_diff(pv_cli *cli, int argc, char **argv);
int cmd_doctor(pv_cli *cli, int argc, char **argv);
int cmd_edit(pv_cli *cli, int argc, char **argv);
int cmd_env(pv_cli *cli, int argc, char **argv);
int cmd_experiment(pv_cli *cli, int argc, char **argv);
int cmd_export(pv_cli *cli, int argc, char **argv);
int cmd_help(pv_cli *cli, int argc, char **argv);
int cmd_history(pv_cli *cli, int argc, char **argv);
int cmd_hook(pv_cli *cli, int argc, char **argv);
int cmd_import(pv_cli *cli, int argc, char **argv);
int cmd_index(pv_cli *cli, int argc, char **argv);
int cmd_init(pv_cli *cli, int argc, char **argv);
int cmd_install(pv_cli *cli, int argc, char **argv);
int cmd_list(pv_cli *cli, int argc, char **argv);
int cmd_log(pv_cli *cli, int argc, char **argv);
int cmd_merge(pv_cli *cli, int argc, char **argv);
int cmd_merge_driver(pv_cli *cli, int argc, char **argv);
int cmd_mergetool(pv_cli *cli, int argc, char **argv);
int cmd_mv(pv_cli *cli, int argc, char **argv);
int cmd_new(pv_cli *cli, int argc, char **argv);
int cmd_performance(pv_cli *cli, int argc, char **argv);
int cmd_policy(pv_cli *cli, int argc, char **argv);
int cmd_promote(pv_cli *cli, int argc, char **argv);
int cmd_record(pv_cli *cli, int argc, char **argv);
int cmd_reindex(pv_cli *cli, int argc, char **argv);
int cmd_release(pv_cli *cli, int argc, char **argv);
int cmd_render(pv_cli *cli, int argc, char **argv);
int cmd_resolve(pv_cli *cli, int argc, char **argv);
int cmd_revert(pv_cli *cli, int argc, char **argv);
int cmd_review(pv_cli *cli, int argc, char **argv);
int cmd_rollback(pv_cli *cli, int argc, char **argv);
int cmd_schema(pv_cli *cli, int argc, char **argv);
int cmd_search(pv_cli *cli, int argc, char **argv);
int cmd_show(pv_cli *cli, int argc, char **argv);
int cmd_snapshot(pv_cli *cli, int argc, char **argv);
int cmd_stats(pv_cli *cli, int argc, char **argv);
int cmd_status(pv_cli *cli, int argc, char **argv);
int cmd_switch(pv_cli *cli, int argc, char **argv);
int cmd_sync(pv_cli *cli, int argc, char **argv);
int cmd_textconv(pv_cli *cli, int argc, char **argv);
int cmd_top(pv_cli *cli, int argc, char **argv);
int cmd_trends(pv_cli *cli, int argc, char **argv);
int cmd_uninstall(pv_cli *cli, int argc, char **argv);
int cmd_vars(pv_cli *cli, int argc, char **argv);
int cmd_verify(pv_cli *cli, int argc, char **argv);
int cmd_version(pv_cli *cli, int argc, char **argv);
int cmd_versions(pv_cli *cli, int argc, char **argv);

#endif
