/* SPDX-License-Identifier: MIT
 *
 * git pv init: makes a repository of prompts, or prepares an existing one.
 * Every step looks first and leaves alone what is there, so that running it
 * again is harmless. Nothing is committed.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "prompt/new.h"
#include "repo/git.h"
#include "setup/routes.h"
#include "setup/wiring.h"
#include "ui/ask.h"
#include "ui/embedded.h"

struct init_options {
	int yes;
	int no_example;
	int starter;
};

static const cli_option options[] = {
	{ 'y', "yes", CLI_FLAG, offsetof(struct init_options, yes), NULL,
	  "ask nothing" },
	{ 0, "no-example", CLI_FLAG, offsetof(struct init_options, no_example),
	  NULL, "make no example prompt" },
	{ 0, "starter", CLI_FLAG, offsetof(struct init_options, starter), NULL,
	  "make six prompts to start from instead" },
	{ 0 },
};

const cli_usage cmd_init_usage = {
	.synopsis = { "git pv init [DIR] [--yes] [--no-example | --starter] "
		      "[--json]" },
	.examples = { "git pv init my-prompts", "git pv init --starter" },
	.options = options,
	.args = "DIR",
	.max_args = 1,
};

/* Settings, two schemas, attributes and the example, or the starters. */
enum {
	STARTERS = 6,
	FILES_MAX = 4 + STARTERS
};

/* A file to write; owned. */
struct planned {
	char *path;
	char *text;
	size_t len;
};

/* What was done, in order, and where. */
struct init {
	pv_cli *cli;
	const struct init_options *opts;
	struct planned files[FILES_MAX];
	size_t count;
	pv_strlist created; /* paths */
	pv_strlist done;    /* other things, as lines */
	int is_new;         /* the repository was made by us */
};

static const char settings_text[] =
	"# yaml-language-server: $schema=schemas/pv.schema.json\n"
	"# Settings of git-pv, see pv.yaml(5). Everything here is optional.\n"
	"\n"
	"# Names this project in statistics that several repositories share.\n"
	"project: %s\n"
	"\n"
	"# Commits on this branch release versions.\n"
	"default_branch: %s\n"
	"\n"
	"# Where prompts are deployed to. What goes to production, somebody else\n"
	"# has to approve: git pv review open ID@VERSION --for production\n"
	"environments:\n"
	"  development: {}\n"
	"  staging: {}\n"
	"  production: {approvals: 1}\n"
	"\n"
	"# prompts: prompts            # the folder prompts live in\n"
	"# versioning: {auto_tag: true}\n";

static const char schema_path[] = "schemas/prompt.schema.json";
static const char settings_schema_path[] = "schemas/pv.schema.json";

static const char example_text[] =
	"# yaml-language-server: "
	"$schema=../../schemas/prompt.schema.json\n"
	"# An example to try things with: git pv show example/greeting\n"
	"# Delete it with \"git rm\" when you have prompts of your own.\n"
	"name: Greeting\n"
	"description: Greets somebody in one sentence.\n"
	"category: example\n"
	"tags: [example]\n"
	"\n"
	"# Words in {{ }} are filled in; those not listed below are required.\n"
	"messages:\n"
	"  - role: system\n"
	"    content: |\n"
	"      You greet people in one short, {{ tone }} sentence.\n"
	"  - role: user\n"
	"    content: \"My name is {{ name }}.\"\n"
	"\n"
	"variables:\n"
	"  tone: {type: string, description: How it sounds, "
	"default: friendly}\n"
	"  name: {type: string, required: true, example: Ada}\n";

static const char example_id[] = "example/greeting";

static const struct {
	const char *id;
	const char *const *text;
} starters[STARTERS] = {
	{ "starter/chat-assistant", &embedded_chat_assistant_yaml },
	{ "starter/documentation", &embedded_documentation_yaml },
	{ "starter/feedback-to-issue", &embedded_feedback_to_issue_yaml },
	{ "starter/issue-generator", &embedded_issue_generator_yaml },
	{ "starter/readme-update", &embedded_readme_update_yaml },
	{ "starter/sub-issues", &embedded_sub_issues_yaml },
};

/* --- the repository ------------------------------------------------------- */

static int open_store(struct init *init, const char *path)
{
	pv_store_options opts = { 0 };

	opts.path = path;
	opts.env = cli_env;
	opts.trace = init->cli->trace;
	return pv_store_open(&init->cli->store, &opts, &init->cli->err);
}

/*
 * What the user has as defaults may be what nothing here could open. Older
 * versions of git know neither the variables nor anything else.
 */
static int run_git_init(pv_cli *cli)
{
	static const char *const args[] = { "init", "-q", NULL };
	static const char *const formats[] = { "GIT_DEFAULT_HASH=sha1",
					       "GIT_DEFAULT_REF_FORMAT=files",
					       NULL };
	const char *hash = cli_env("GIT_DEFAULT_HASH", NULL);
	int rc = cli_git_env(NULL, cli, args, formats);

	if (rc == PV_OK && hash && *hash && strcmp(hash, "sha1") != 0)
		cli_note(cli, "objects are named by sha1: only sha1 is "
			      "supported");
	return rc;
}

static int make_repository(struct init *init)
{
	int rc;

	rc = run_git_init(init->cli);
	if (rc < 0) {
		/* Git does not always say why, and has left nothing to ask. */
		pv_git_obstacle(NULL, "", &init->cli->err);
		return init->cli->err.code;
	}
	init->is_new = 1;
	return open_store(init, ".");
}

/* Without a folder PV_REPO says where to look, as for every command. */
static int enter_repo_folder(pv_cli *cli)
{
	const char *folder = cli_env("PV_REPO", NULL);

	if (!folder || !*folder || chdir(folder) == 0)
		return PV_OK;
	return pv_fail(&cli->err, PV_EIO, "cannot enter \"%s\"", folder);
}

/*
 * A folder the user names is the repository's top, as with `git init DIR`;
 * without a name the repository around the current folder counts.
 */
static int enter(struct init *init, const char *dir)
{
	pv_cli *cli = init->cli;
	char here[4096];
	int rc = PV_OK;

	if (dir)
		rc = pv_dir_make(dir, &cli->err);
	if (rc == PV_OK && dir && chdir(dir) < 0)
		rc = pv_fail(&cli->err, PV_EIO, "cannot enter \"%s\"", dir);
	if (rc == PV_OK && !dir)
		rc = enter_repo_folder(cli);
	if (rc < 0)
		return rc;
	rc = open_store(init, ".");
	if (rc == PV_OK && dir && pv_store_work_dir(cli->store) &&
	    getcwd(here, sizeof(here)) &&
	    strcmp(here, pv_store_work_dir(cli->store)) != 0) {
		pv_store_free(cli->store);
		cli->store = NULL;
		rc = PV_ENOTFOUND;
	}
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return make_repository(init);
}

static int need_worktree(pv_cli *cli)
{
	int rc;

	if (!pv_store_is_bare(cli->store))
		return PV_OK;
	rc = pv_fail(&cli->err, PV_EUNSUPPORTED,
		     "\"%s\" is a bare repository: there is nowhere to put "
		     "files",
		     pv_store_git_dir(cli->store));
	return pv_error_hint(&cli->err, rc,
			     "run it in a clone; here \"git pv install\" does");
}

/* --- files ---------------------------------------------------------------- */

static void top_path(pv_buf *out, const pv_cli *cli, const char *path)
{
	pv_buf_printf(out, "%s/%s", pv_store_work_dir(cli->store), path);
}

/* Plans a file with these bytes. */
static int plan(struct init *init, const char *path, const pv_buf *text)
{
	pv_error *err = &init->cli->err;
	struct planned *item = &init->files[init->count];
	int rc = pv_buf_status(text, err);

	if (rc < 0)
		return rc;
	item->path = pv_strdup(path);
	item->text = pv_strndup(pv_buf_text(text), text->len);
	item->len = text->len;
	if (!item->path || !item->text)
		rc = pv_fail_nomem(err);
	init->count++;
	return rc;
}

/* Plans a file that is not there yet. */
static int plan_new(struct init *init, const char *path, const pv_buf *text)
{
	pv_cli *cli = init->cli;
	pv_buf full = { 0 };
	int rc;

	top_path(&full, cli, path);
	rc = pv_buf_status(&full, &cli->err);
	if (rc == PV_OK && !pv_file_exists(full.ptr)) {
		rc = plan(init, path, text);
		if (rc == PV_OK)
			rc = pv_strlist_add(&init->created, path, &cli->err);
	}
	pv_buf_dispose(&full);
	return rc;
}

/* All files at once, so that a failure leaves none behind. */
static int write_planned(struct init *init)
{
	pv_change changes[FILES_MAX] = { 0 };
	pv_cli *cli = init->cli;

	for (size_t i = 0; i < init->count; i++) {
		changes[i].path = init->files[i].path;
		changes[i].data = init->files[i].text;
		changes[i].len = init->files[i].len;
	}
	return pv_store_write_files(cli->store, changes, init->count, &cli->err);
}

/* A random UUID (RFC 9562, version 4). */
static int make_uuid(char out[37], pv_error *err)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];
	FILE *random = fopen("/dev/urandom", "rb");
	size_t got = random ? fread(bytes, 1, sizeof(bytes), random) : 0;
	size_t at = 0;

	if (random)
		fclose(random);
	if (got != sizeof(bytes))
		return pv_fail(err, PV_EIO, "cannot read \"/dev/urandom\"");
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = digits[bytes[i] >> 4];
		out[at++] = digits[bytes[i] & 15];
	}
	out[at] = '\0';
	return PV_OK;
}

/* What the first line of a file refers to. */
static int plan_schema(struct init *init, const char *name, const char *content)
{
	pv_buf text = { 0 };
	int rc;

	pv_buf_puts(&text, content);
	rc = plan_new(init, name, &text);
	pv_buf_dispose(&text);
	return rc;
}

static int plan_settings(struct init *init)
{
	pv_cli *cli = init->cli;
	size_t planned = init->count;
	pv_buf branch = { 0 };
	pv_buf text = { 0 };
	pv_jsonw w;
	char uuid[37];
	int rc;

	rc = make_uuid(uuid, &cli->err);
	if (rc == PV_OK) {
		/* A JSON string is a YAML string, whatever the name is. */
		pv_jsonw_init(&w, &branch);
		pv_jsonw_string(&w, cli->settings.default_branch);
		pv_buf_printf(&text, settings_text, uuid, pv_buf_text(&branch));
		rc = plan_new(init, "pv.yaml", &text);
	}
	/* A file that was there has no line for it. */
	if (rc == PV_OK && init->count > planned)
		rc = plan_schema(init, settings_schema_path,
				 embedded_pv_schema_json);
	pv_buf_dispose(&branch);
	pv_buf_dispose(&text);
	return rc;
}

/* Our lines for the files that attributes say nothing of. */
static int find_unrouted(pv_strlist *out, int *has_prompts, pv_cli *cli)
{
	pv_buf line = { 0 };
	int rc = cli_has_attribute(cli, NULL, "merge", "unspecified");

	*has_prompts = rc == 1;
	if (rc == 1) {
		cli_prompt_attributes(&line, cli->settings.prompts_dir);
		rc = pv_buf_status(&line, &cli->err);
		if (rc == PV_OK)
			rc = pv_strlist_add(out, line.ptr, &cli->err);
		pv_buf_dispose(&line);
	}
	return rc < 0 ? rc : cli_unrouted(out, cli);
}

/* Adds our lines to .gitattributes unless attributes say something already. */
static int plan_attributes(struct init *init)
{
	pv_cli *cli = init->cli;
	pv_strlist lines = { 0 };
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int has_prompts;
	int existed;
	int rc;

	rc = find_unrouted(&lines, &has_prompts, cli);
	if (rc < 0 || lines.count == 0)
		goto out;
	top_path(&path, cli, ".gitattributes");
	existed = pv_file_exists(pv_buf_text(&path));
	if (existed)
		rc = pv_file_read(&text, pv_buf_text(&path), &cli->err);
	if (rc < 0)
		goto out;
	if (text.len && text.ptr[text.len - 1] != '\n')
		pv_buf_putc(&text, '\n');
	for (size_t i = 0; i < lines.count; i++)
		pv_buf_printf(&text, "%s\n", lines.items[i]);
	rc = plan(init, ".gitattributes", &text);
	if (rc == PV_OK && existed)
		rc = pv_strlist_add(&init->done,
				    has_prompts ? "added prompts to "
						  ".gitattributes"
						: "added what is merged as "
						  "prompts are to "
						  ".gitattributes",
				    &cli->err);
	else if (rc == PV_OK)
		rc = pv_strlist_add(&init->created, ".gitattributes", &cli->err);
out:
	pv_strlist_dispose(&lines);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc < 0 ? rc : PV_OK;
}

static int stop_at_first(const char *id, const char *path, const pv_oid *blob,
			 void *payload)
{
	(void)id;
	(void)path;
	(void)blob;
	(void)payload;
	return 1;
}

/* 1 for yes; only a person at a terminal is asked. */
static int ask(const struct init *init, const char *question)
{
	pv_buf answer = { 0 };
	int is_yes = 1;

	if (init->opts->yes || !ask_is_possible(init->cli))
		return 1;
	if (ask_line(&answer, init->cli, question, "Y/n") < 0)
		is_yes = 0;
	pv_error_clear(&init->cli->err);
	if (answer.len && (answer.ptr[0] == 'n' || answer.ptr[0] == 'N'))
		is_yes = 0;
	pv_buf_dispose(&answer);
	return is_yes;
}

/* Those that are there already stay as they are. */
static int plan_starters(struct init *init)
{
	pv_cli *cli = init->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < STARTERS && rc == PV_OK; i++) {
		pv_buf path = { 0 };
		pv_buf text = { 0 };

		rc = pv_prompt_path(&path, &cli->settings, starters[i].id,
				    &cli->err);
		if (rc == PV_OK) {
			new_schema_comment(&text, path.ptr);
			pv_buf_puts(&text, *starters[i].text);
			rc = plan_new(init, path.ptr, &text);
		}
		pv_buf_dispose(&path);
		pv_buf_dispose(&text);
	}
	return rc;
}

static int plan_example(struct init *init)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	pv_cli *cli = init->cli;
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int rc;

	if (init->opts->starter)
		return plan_starters(init);
	if (init->opts->no_example)
		return PV_OK;
	rc = pv_prompt_each(cli->store, &cli->settings, &here, stop_at_first,
			    NULL, &cli->err);
	if (rc != 0)
		return rc < 0 ? rc : PV_OK;
	if (!ask(init, "Make an example prompt?"))
		return PV_OK;
	rc = pv_prompt_path(&path, &cli->settings, example_id, &cli->err);
	pv_buf_puts(&text, example_text);
	if (rc == PV_OK)
		rc = plan_new(init, pv_buf_text(&path), &text);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

static int prepare(struct init *init)
{
	static const cli_install_options install = { 0 };
	pv_cli *cli = init->cli;
	int rc;

	rc = need_worktree(cli);
	if (rc == PV_OK)
		rc = cli_settings_load(cli);
	if (rc == PV_OK)
		rc = plan_settings(init);
	if (rc == PV_OK)
		rc = plan_schema(init, schema_path, embedded_prompt_schema_json);
	if (rc == PV_OK)
		rc = plan_attributes(init);
	if (rc == PV_OK)
		rc = plan_example(init);
	if (rc == PV_OK)
		rc = write_planned(init);
	if (rc == PV_OK)
		rc = cli_install(&init->done, cli, &install);
	return rc;
}

static void print_json(const struct init *init)
{
	pv_cli *cli = init->cli;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "repository", pv_store_work_dir(cli->store));
	pv_jsonw_key(&w, "new");
	pv_jsonw_bool(&w, init->is_new);
	pv_jsonw_member(&w, "default_branch", cli->settings.default_branch);
	pv_jsonw_list(&w, "created", &init->created);
	pv_jsonw_list(&w, "changed", &init->done);
	pv_jsonw_object_end(&w);
}

static void print_text(const struct init *init)
{
	pv_cli *cli = init->cli;

	cli_puts(cli, init->is_new ? "made a repository in " : "repository: ");
	cli_line(cli, pv_store_work_dir(cli->store));
	cli_puts(cli, "\n");
	for (size_t i = 0; i < init->created.count; i++) {
		cli_puts(cli, "created ");
		cli_line(cli, init->created.items[i]);
		cli_puts(cli, "\n");
	}
	for (size_t i = 0; i < init->done.count; i++) {
		cli_line(cli, init->done.items[i]);
		cli_puts(cli, "\n");
	}
	if (!init->created.count && !init->done.count)
		cli_note(cli, "everything is in place already");
	else
		cli_note(cli, "next: git pv commit -m \"start\"");
}

int cmd_init(pv_cli *cli, int argc, char **argv)
{
	struct init_options opts = { 0 };
	struct init init = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	init.cli = cli;
	init.opts = &opts;
	if (opts.starter && opts.no_example)
		return cli_usage_error(cli, "--starter and --no-example exclude "
					    "another");
	rc = enter(&init, argc ? argv[0] : NULL);
	if (rc == PV_OK)
		rc = prepare(&init);
	if (rc == PV_OK && cli->json)
		print_json(&init);
	else if (rc == PV_OK)
		print_text(&init);
	for (size_t i = 0; i < init.count; i++) {
		pv_free(init.files[i].path);
		pv_free(init.files[i].text);
	}
	pv_strlist_dispose(&init.created);
	pv_strlist_dispose(&init.done);
	return rc;
}
