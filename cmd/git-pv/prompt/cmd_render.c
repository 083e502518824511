/* SPDX-License-Identifier: MIT
 *
 * git pv render: a prompt of the repository, or a bare template, filled in.
 * With --file no repository is looked for.
 */
#include "prompt/render.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "repo/named.h"

enum {
	TEMPLATE_MAX = 64 << 20 /* bytes */
};

static const char *const kinds[] = { "strict", "default", "chainable", "debug",
				     NULL };

#define FIELD(name) offsetof(struct render_options, name)

static const cli_option options[] = {
	{ 0, "var", CLI_LIST, FIELD(vars), "NAME=VALUE", "set a variable" },
	{ 0, "vars", CLI_LIST, FIELD(values), "FILE",
	  "read variables: JSON or YAML, - for standard input" },
	{ 0, "each", CLI_FLAG, FIELD(is_each), NULL,
	  "render once for each line of --vars, JSON lines" },
	{ 0, "message", CLI_INT, FIELD(message), "N",
	  "print only this message, counted from 0" },
	{ 0, "undefined", CLI_ENUM, FIELD(undefined), "KIND",
	  "missing variables: strict, default, chainable, debug", kinds },
	{ 0, "strict-vars", CLI_FLAG, FIELD(is_strict), NULL,
	  "refuse variables that the prompt does not use" },
	{ 0, "examples", CLI_FLAG, FIELD(is_examples), NULL,
	  "render with the examples and tests of prompts" },
	{ 0, "file", CLI_STRING, FIELD(file), "FILE",
	  "render a bare Jinja2 template" },
	{ 0, "search-path", CLI_STRING, FIELD(folder), "DIR",
	  "templates it may include" },
	{ 0, "trim-blocks", CLI_FLAG, FIELD(trims_blocks), NULL,
	  "drop the line end behind a block tag" },
	{ 0, "lstrip-blocks", CLI_FLAG, FIELD(strips_blocks), NULL,
	  "drop the blanks before a block tag" },
	{ 0, "keep-trailing-newline", CLI_FLAG, FIELD(keeps_newline), NULL,
	  "keep the line end of the template" },
	{ 0, "autoescape", CLI_FLAG, FIELD(is_escaping), NULL, "escape HTML" },
	{ 0, "extension", CLI_LIST, FIELD(extensions), "NAME",
	  "allow more tags: do, loopcontrols, i18n" },
	{ 0, "newstyle-gettext", CLI_FLAG, FIELD(is_newstyle), NULL,
	  "with i18n: have gettext put variables in" },
	{ 0, "block-start", CLI_STRING, FIELD(strings[PV_RENDER_BLOCK_START]),
	  "TEXT", "what a block tag starts with, instead of {%" },
	{ 0, "block-end", CLI_STRING, FIELD(strings[PV_RENDER_BLOCK_END]),
	  "TEXT", "what it ends with, instead of %}" },
	{ 0, "variable-start", CLI_STRING,
	  FIELD(strings[PV_RENDER_VARIABLE_START]), "TEXT",
	  "what an output tag starts with, instead of {{" },
	{ 0, "variable-end", CLI_STRING, FIELD(strings[PV_RENDER_VARIABLE_END]),
	  "TEXT", "what it ends with, instead of }}" },
	{ 0, "comment-start", CLI_STRING, FIELD(strings[PV_RENDER_COMMENT_START]),
	  "TEXT", "what a comment starts with, instead of {#" },
	{ 0, "comment-end", CLI_STRING, FIELD(strings[PV_RENDER_COMMENT_END]),
	  "TEXT", "what it ends with, instead of #}" },
	{ 0, "line-statement-prefix", CLI_STRING,
	  FIELD(strings[PV_RENDER_LINE_STATEMENT_PREFIX]), "TEXT",
	  "what a line starts with that is a block tag" },
	{ 0, "line-comment-prefix", CLI_STRING,
	  FIELD(strings[PV_RENDER_LINE_COMMENT_PREFIX]), "TEXT",
	  "what the rest of a line starts with that is a comment" },
	{ 0, "newline-sequence", CLI_ENUM, FIELD(newline), "KIND",
	  "what line ends of the template become: lf, crlf, cr", render_newlines },
	{ 0, "limit", CLI_LIST, FIELD(limits), "NAME=N",
	  "allow more or less: output, text, memory, steps, items, seconds" },
	{ 0, "chat-template", CLI_FLAG, FIELD(is_chat), NULL,
	  "a model's chat template" },
	{ 0 },
};

#undef FIELD

const cli_usage cmd_render_usage = {
	.synopsis = { "git pv render ID[@REV] [--var NAME=VALUE]... [--vars "
		      "FILE [--each]] [--json]",
		      "git pv render --file FILE [--search-path DIR] "
		      "[--var NAME=VALUE]... [--vars FILE [--each]] [--json]",
		      "git pv render --examples [ID[@REV]]... [--json]" },
	.examples = { "git pv render support/triage --var ticket='It is lost'",
		      "git pv render --file t.j2 --vars context.json" },
	.options = options,
	.args = "ID[@REV]",
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

/* --- compiling -------------------------------------------------------------- */

static int fill_options(pv_render_options *out, render_call *call)
{
	static const enum pv_undefined undefined[] = {
		PV_UNDEFINED_USUAL, PV_UNDEFINED_STRICT, PV_UNDEFINED_LENIENT,
		PV_UNDEFINED_CHAINABLE, PV_UNDEFINED_DEBUG
	};
	const struct render_options *opts = call->opts;
	int rc;

	memset(out, 0, sizeof(*out));
	out->undefined = undefined[opts->undefined];
	out->refuses_unknown = opts->is_strict;
	out->loader = call->loader.load ? &call->loader : NULL;
	out->excerpt = &call->cli->details;
	out->message = &call->cli->message;
	rc = render_read_bare(out, call->cli, opts);
	return rc < 0 ? rc : render_read_limits(out, call->cli, &opts->limits);
}

static int read_template(render_call *call)
{
	const char *file = call->opts->file;
	pv_cli *cli = call->cli;
	int rc;

	call->text.max = TEMPLATE_MAX;
	if (strcmp(file, "-") == 0)
		return cli_read_stdin(&call->text, cli);
	rc = pv_file_read(&call->text, file, &cli->err);
	if (rc == PV_ENOTFOUND)
		pv_error_hint(&cli->err, rc,
			      "--file takes the path of a template");
	return rc;
}

static int check_folder(pv_cli *cli, const char *folder)
{
	struct stat st;
	int rc;

	if (stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ENOTFOUND, "\"%.150s\" is no folder", folder);
	return pv_error_hint(&cli->err, rc,
			     "--search-path takes the folder of the templates");
}

static int open_file(render_call *call)
{
	const char *folder = call->opts->folder;
	pv_cli *cli = call->cli;
	pv_render_options opts;
	int rc = read_template(call);

	if (rc == PV_OK && folder)
		rc = check_folder(cli, folder);
	if (rc < 0)
		return rc;
	if (folder) {
		call->loader.load = folder_load;
		memcpy(&call->loader.payload, &folder, sizeof(folder));
	}
	rc = fill_options(&opts, call);
	if (rc < 0)
		return rc;
	opts.name = strcmp(call->opts->file, "-") != 0 ? call->opts->file
						       : "standard input";
	return pv_renderer_new_template(&call->renderer, pv_buf_text(&call->text),
					call->text.len, &opts, &cli->err);
}

static int open_store(pv_cli *cli)
{
	int rc = cli_open_store(cli);

	return rc < 0 ? rc : cli_settings_load(cli);
}

static int read_prompt(render_call *call, const char *spec)
{
	pv_cli *cli = call->cli;
	int rc;

	rc = cli_spec_resolve(&call->spec, cli, spec, PV_SPEC_WORKTREE);
	if (rc == PV_OK)
		rc = cli_prompt_read(&call->entry, cli, &call->spec.at,
				     call->spec.id, call->spec.path, NULL);
	if (rc < 0)
		return rc;
	if (!call->entry.prompt) {
		cli->err = call->entry.failure;
		return cli->err.code;
	}
	rc = cli_prompt_commit(&call->commit, cli, &call->spec.at,
			       call->spec.path, &call->entry.blob);
	/* What no document shows need not be found out. */
	if (rc == PV_OK && cli->json)
		rc = cli_prompt_version(&call->version, cli, &call->spec);
	return rc;
}

static int open_prompt(render_call *call, char **argv)
{
	pv_cli *cli = call->cli;
	pv_render_options opts;
	int rc = open_store(cli);

	if (rc == PV_OK)
		rc = named_operands(cli, 1, argv);
	if (rc == PV_OK)
		rc = read_prompt(call, argv[0]);
	if (rc == PV_OK)
		rc = pv_settings_at(&cli->settings, cli->store, &call->spec.at,
				    &cli->err);
	if (rc < 0)
		return rc;
	call->tree.store = cli->store;
	call->tree.settings = &cli->settings;
	call->tree.at = call->spec.at;
	call->loader.load = pv_prompt_tree_load;
	call->loader.read = pv_prompt_tree_read;
	call->loader.payload = &call->tree;
	rc = fill_options(&opts, call);
	if (rc < 0)
		return rc;
	opts.name = call->spec.id;
	return pv_renderer_new(&call->renderer, call->entry.prompt, &opts,
			       &cli->err);
}

/* --- the command ------------------------------------------------------------ */

static int render_once(render_call *call)
{
	pv_context *context = NULL;
	int rc = render_values(&context, call);

	if (rc == PV_OK) {
		rc = pv_render(call->rendering, call->renderer, context,
			       &call->cli->err);
		if (rc < 0)
			rc = render_explain(call, rc);
		else
			render_warn(call);
	}
	if (rc == PV_OK)
		rc = render_print(call);
	pv_context_free(context);
	return rc;
}

static int check_examples(pv_cli *cli, const struct render_options *opts)
{
	if (opts->file || opts->values.count || opts->vars.count)
		return cli_usage_error(cli, "--examples takes its variables "
					    "from the prompts");
	if (opts->limits.count)
		return cli_usage_error(cli, "--limit does not go with "
					    "--examples");
	return render_check_bare(cli, opts);
}

/* Most likely variables, as other programs take them. */
static int refuse_operands(pv_cli *cli, int argc, char **argv)
{
	int rc = cli_usage_error(cli, "render takes one ID, not %d", argc);

	if (!strchr(argv[1], '='))
		return rc;
	return pv_error_hint(&cli->err, rc, "set a variable by --var %.80s",
			     argv[1]);
}

static int count_stdin(const cli_list *files)
{
	int count = 0;

	for (size_t i = 0; i < files->count; i++)
		count += strcmp(files->items[i].value, "-") == 0;
	return count;
}

static int check(pv_cli *cli, const struct render_options *opts, int argc,
		 char **argv)
{
	int is_stdin = count_stdin(&opts->values);

	if (opts->is_examples)
		return check_examples(cli, opts);
	if (argc > 1)
		return refuse_operands(cli, argc, argv);
	if (opts->file && argc)
		return cli_usage_error(cli, "--file takes the place of ID");
	if (!opts->file && !argc)
		return cli_usage_error(cli, "render needs an ID, or --file");
	if (opts->file && strcmp(opts->file, "-") == 0 && is_stdin)
		return cli_usage_error(cli, "standard input is either the "
					    "template or the variables");
	if (is_stdin > 1)
		return cli_usage_error(cli, "standard input is one --vars only");
	if (opts->is_each && opts->values.count != 1)
		return cli_usage_error(cli, "--each needs --vars, one file "
					    "with a line of JSON for each row");
	if (opts->file && opts->is_strict)
		return cli_usage_error(cli, "--strict-vars goes with prompts, "
					    "which declare variables");
	return opts->file ? PV_OK : render_check_bare(cli, opts);
}

static void dispose(render_call *call)
{
	pv_rendering_free(call->rendering);
	pv_renderer_free(call->renderer);
	pv_buf_dispose(&call->text);
	pv_buf_dispose(&call->version);
	cli_prompt_dispose(&call->entry);
	pv_spec_dispose(&call->spec);
}

static int run(render_call *call, int argc, char **argv)
{
	const struct render_options *opts = call->opts;
	int rc;

	if (opts->is_examples) {
		rc = open_store(call->cli);
		if (rc == PV_OK)
			rc = named_operands(call->cli, argc, argv);
		return rc < 0 ? rc : render_examples(call, argc, argv);
	}
	rc = pv_rendering_new(&call->rendering, &call->cli->err);
	if (rc == PV_OK)
		rc = opts->file ? open_file(call) : open_prompt(call, argv);
	if (rc < 0) {
		if (call->cli->details.len)
			pv_buf_putc(&call->cli->details, '\n');
		return rc;
	}
	return opts->is_each ? render_rows(call) : render_once(call);
}

int cmd_render(pv_cli *cli, int argc, char **argv)
{
	struct render_options opts = { .message = -1 };
	render_call call = { .cli = cli, .opts = &opts };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc == 0)
		rc = check(cli, &opts, argc, argv);
	if (rc == PV_OK)
		rc = run(&call, argc, argv);
	dispose(&call);
	cli_list_dispose(&opts.vars);
	cli_list_dispose(&opts.values);
	cli_list_dispose(&opts.limits);
	cli_list_dispose(&opts.extensions);
	return rc;
}
