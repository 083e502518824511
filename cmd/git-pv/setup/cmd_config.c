/* SPDX-License-Identifier: MIT
 *
 * git pv config: settings as git-pv sees them and where each comes from: a
 * PV_ variable, git's configuration, pv.yaml, or the default, in that order.
 * pv.yaml is read from the default branch's commit, like everywhere.
 */
#include "cli.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "repo/git.h"
#include "repo/tracking.h"

struct config_options {
	int show_origin;
};

static const cli_option options[] = {
	{ 0, "show-origin", CLI_FLAG, offsetof(struct config_options, show_origin),
	  NULL, "say where each value comes from" },
	{ 0 },
};

const cli_usage cmd_config_usage = {
	.synopsis = { "git pv config [--show-origin] [--json] [KEY]",
		      "git pv config trust [--json]" },
	.examples = { "git pv config --show-origin",
		      "git pv config default_branch" },
	.options = options,
	.args = "KEY",
	.max_args = 1,
};

/* A setting we know: its name in pv.yaml and elsewhere. */
struct known {
	const char *key;
	const char *variable; /* of the environment, or NULL */
	const char *fallback; /* or NULL when it depends */
};

static const struct known known_settings[] = {
	{ "prompts", NULL, "prompts" },
	{ "default_branch", NULL, NULL },
	{ "project", NULL, NULL },
	{ "versioning.auto_tag", NULL, "true" },
	{ "color", NULL, "auto" },
	{ "index", "PV_INDEX", "sqlite" },
	{ "environments.default", "PV_ENVIRONMENT", NULL },
	{ "tracking.enabled", "PV_TRACKING", "true" },
};

/* A value and its source; both empty while it is not found. */
struct setting {
	pv_buf value;
	pv_buf origin;
};

static void setting_dispose(struct setting *setting)
{
	pv_buf_dispose(&setting->value);
	pv_buf_dispose(&setting->origin);
}

static int from_environment(struct setting *out, const struct known *known)
{
	const char *value =
		known->variable ? cli_env(known->variable, NULL) : NULL;

	if (!value)
		return 0;
	pv_buf_puts(&out->value, value);
	pv_buf_printf(&out->origin, "environment:%s", known->variable);
	return 1;
}

/* git knows no "_" in keys: default_branch is pv.defaultBranch there. */
static void git_key(pv_buf *out, const char *key)
{
	pv_buf_puts(out, "pv.");
	for (; *key; key++) {
		if (*key == '_' && key[1] >= 'a' && key[1] <= 'z')
			pv_buf_putc(out, (char)(*++key - 32));
		else
			pv_buf_putc(out, *key);
	}
}

static int from_git(struct setting *out, pv_cli *cli, const char *key)
{
	pv_buf name = { 0 };
	pv_buf line = { 0 };
	const char *args[] = { "config", "--show-origin", "--get", NULL, NULL };
	const char *tab;
	int status;

	git_key(&name, key);
	args[3] = pv_buf_text(&name);
	status = cli_git_status(&line, cli, args);
	tab = strchr(pv_buf_text(&line), '\t');
	if (status == 0 && tab) {
		pv_buf_puts(&out->value, tab + 1);
		pv_buf_put(&out->origin, line.ptr, (size_t)(tab - line.ptr));
	}
	pv_buf_dispose(&name);
	pv_buf_dispose(&line);
	return status < 0 ? status : status == 0;
}

static int read_file(pv_yaml **out, pv_buf *origin, pv_cli *cli)
{
	pv_point at = { PV_AT_COMMIT, { "" } };
	pv_buf text = { 0 };
	int rc;

	*out = NULL;
	if (!cli->store)
		return PV_OK;
	if (pv_settings_tip(&at.commit, cli->store, &cli->settings, NULL) == 0)
		pv_buf_printf(origin, "%.10s:pv.yaml", at.commit.hex);
	else if (pv_store_is_bare(cli->store))
		return PV_OK;
	else
		at.kind = PV_AT_WORKTREE;
	if (!origin->len)
		pv_buf_puts(origin, "file:pv.yaml");
	rc = pv_store_read(&text, NULL, cli->store, &at, "pv.yaml", NULL);
	if (rc == PV_OK)
		rc = pv_yaml_parse(out, pv_buf_text(&text), text.len, NULL,
				   &cli->err);
	pv_buf_dispose(&text);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

static int from_file(struct setting *out, const pv_yaml *doc,
		     const pv_buf *origin, const char *key)
{
	const pv_yaml_node *node;

	if (!doc || pv_yaml_find(&node, doc, key, NULL) < 0)
		return 0;
	node = pv_yaml_resolve(node);
	if (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_NULL)
		return 0;
	if (node->kind == PV_YAML_SCALAR)
		pv_buf_put(&out->value, node->text, node->len);
	else if (pv_yaml_to_json(&out->value, node, NULL) < 0)
		return 0;
	pv_buf_puts(&out->origin, pv_buf_text(origin));
	return 1;
}

static int from_default(struct setting *out, const pv_cli *cli,
			const struct known *known)
{
	const char *value = known->fallback;

	if (strcmp(known->key, "default_branch") == 0 && cli->store)
		value = cli->settings.default_branch;
	if (!value)
		return 0;
	pv_buf_puts(&out->value, value);
	pv_buf_puts(&out->origin, "default");
	return 1;
}

struct config {
	pv_cli *cli;
	const struct config_options *opts;
	pv_yaml *doc;
	pv_buf origin; /* of the document */
	pv_jsonw json;
};

/* 1 when there is a value, 0 when not. */
static int find(struct setting *out, struct config *config,
		const struct known *known)
{
	int rc = from_environment(out, known);

	if (rc == 0)
		rc = from_git(out, config->cli, known->key);
	if (rc == 0)
		rc = from_file(out, config->doc, &config->origin, known->key);
	if (rc == 0)
		rc = from_default(out, config->cli, known);
	return rc;
}

static void print(struct config *config, const char *key,
		  const struct setting *setting, int with_key)
{
	pv_cli *cli = config->cli;

	if (cli->json) {
		pv_jsonw_object(&config->json);
		pv_jsonw_member(&config->json, "key", key);
		pv_jsonw_member(&config->json, "value",
				pv_buf_text(&setting->value));
		pv_jsonw_member(&config->json, "origin",
				pv_buf_text(&setting->origin));
		pv_jsonw_object_end(&config->json);
		return;
	}
	if (config->opts->show_origin) {
		cli_line(cli, pv_buf_text(&setting->origin));
		cli_puts(cli, "\t");
	}
	if (with_key)
		cli_printf(cli, "%s=", key);
	cli_line(cli, pv_buf_text(&setting->value));
	cli_puts(cli, "\n");
}

static int print_all(struct config *config)
{
	int rc = PV_OK;

	if (config->cli->json)
		pv_jsonw_array(&config->json);
	for (size_t i = 0; i < pv_array_len(known_settings) && rc >= 0; i++) {
		struct setting setting = { 0 };

		rc = find(&setting, config, &known_settings[i]);
		if (rc == 1)
			print(config, known_settings[i].key, &setting, 1);
		setting_dispose(&setting);
	}
	if (config->cli->json)
		pv_jsonw_array_end(&config->json);
	return rc < 0 ? rc : PV_OK;
}

static int unknown_key(pv_cli *cli, const char *key)
{
	const char *names[pv_array_len(known_settings) + 1];
	int is_known = 0;
	int rc;

	for (size_t i = 0; i < pv_array_len(known_settings); i++)
		names[i] = known_settings[i].key;
	names[pv_array_len(known_settings)] = NULL;
	rc = pv_fail(&cli->err, PV_ENOTFOUND, "\"%s\" is not set", key);
	for (size_t i = 0; names[i]; i++)
		is_known |= !strcmp(names[i], key);
	if (!is_known)
		cli_hint_near(cli, rc, key, names, "git pv config");
	else
		pv_error_hint(&cli->err, rc,
			      "set it in pv.yaml, or with "
			      "git config pv.KEY");
	return rc;
}

static int print_one(struct config *config, const char *key)
{
	struct known known = { key, NULL, NULL };
	struct setting setting = { 0 };
	int rc;

	for (size_t i = 0; i < pv_array_len(known_settings); i++)
		if (strcmp(known_settings[i].key, key) == 0)
			known = known_settings[i];
	rc = find(&setting, config, &known);
	if (rc == 1) {
		print(config, key, &setting, 0);
		rc = PV_OK;
	} else if (rc == 0) {
		rc = unknown_key(config->cli, key);
	}
	setting_dispose(&setting);
	return rc;
}

int cmd_config(pv_cli *cli, int argc, char **argv)
{
	struct config_options opts = { 0 };
	struct config config = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	config.cli = cli;
	config.opts = &opts;
	pv_jsonw_init(&config.json, &cli->out);
	if (argc && strcmp(argv[0], "trust") == 0)
		return cli->store ? tracking_trust(cli)
				  : unknown_key(cli, "trust");
	rc = read_file(&config.doc, &config.origin, cli);
	if (rc == PV_OK)
		rc = argc ? print_one(&config, argv[0]) : print_all(&config);
	pv_yaml_free(config.doc);
	pv_buf_dispose(&config.origin);
	return rc;
}
