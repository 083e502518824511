/* SPDX-License-Identifier: MIT
 *
 * Which environment is meant; see environments.h.
 */
#include "repo/environments.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/tracking.h"

/* Every repository has these, also without a pv.yaml. */
static const char *const usual[] = { "development", "staging", "production",
				     NULL };

static int take_name(cli_environment *out, pv_cli *cli, const char *given)
{
	const char *name = cli_env("PV_ENVIRONMENT", NULL);

	if (given) {
		pv_buf_puts(&out->name, given);
		out->from = "option";
	} else if (name && *name) {
		pv_buf_puts(&out->name, name);
		out->from = "PV_ENVIRONMENT";
	} else if (cli_config(&out->name, cli, "pv.environments.default")) {
		out->from = "git config";
	} else if (tracking_scalar(&out->name, out->doc, "environments.default")) {
		out->from = "pv.yaml";
	} else {
		return cli_usage_error(cli, "which environment? give --env E, "
					    "or set environments.default");
	}
	return pv_buf_status(&out->name, &cli->err);
}

int environment_find(cli_environment *out, pv_cli *cli, const char *given)
{
	const pv_yaml_node *all = NULL;
	const pv_yaml_node *own = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = tracking_read_file(&out->doc, &out->at, cli);
	if (rc == PV_OK)
		rc = take_name(out, cli, given);
	if (rc != PV_OK || !out->doc)
		return rc;
	all = pv_yaml_get(pv_yaml_resolve(pv_yaml_root(out->doc)),
			  "environments");
	all = all ? pv_yaml_resolve(all) : NULL;
	if (all && strcmp(pv_buf_text(&out->name), "default") != 0)
		own = pv_yaml_get(all, pv_buf_text(&out->name));
	out->settings = own ? pv_yaml_resolve(own) : NULL;
	return PV_OK;
}

static int add_name(const char *name, void *payload)
{
	return pv_strlist_add(payload, name, NULL);
}

int environment_names(pv_strlist *out, pv_cli *cli)
{
	const pv_yaml_node *node = NULL;
	pv_yaml *doc = NULL;
	pv_point at;
	int rc = tracking_read_file(&doc, &at, cli);

	if (rc == PV_OK && doc)
		node = pv_yaml_get(pv_yaml_resolve(pv_yaml_root(doc)),
				   "environments");
	node = node ? pv_yaml_resolve(node)->first : NULL;
	for (; node && rc == PV_OK; node = node->next)
		if (node->key && node->key->text &&
		    strcmp(node->key->text, "default") != 0)
			rc = pv_strlist_add(out, node->key->text, &cli->err);
	for (size_t i = 0; usual[i] && rc == PV_OK; i++)
		rc = pv_strlist_add(out, usual[i], &cli->err);
	if (rc == PV_OK)
		rc = pv_environment_each(cli->store, add_name, out, &cli->err);
	pv_strlist_sort(out);
	pv_strlist_unique(out);
	pv_yaml_free(doc);
	return rc;
}

/* Those there are; what cannot be read is left out. */
static void hint_known(pv_cli *cli, const char *name)
{
	const pv_error what = cli->err;
	const char **names = NULL;
	pv_strlist all = { 0 };

	(void)environment_names(&all, cli);
	cli->err = what;
	names = pv_calloc(all.count + 1, sizeof(*names));
	for (size_t i = 0; names && i < all.count; i++)
		names[i] = all.items[i];
	if (names)
		(void)cli_hint_near(cli, PV_ENOTFOUND, name, names,
				    "git pv env list");
	pv_free(names);
	pv_strlist_dispose(&all);
}

int environment_must_exist(const cli_environment *environment, pv_cli *cli)
{
	const char *name = pv_buf_text(&environment->name);
	pv_environment now = { 0 };
	int rc;

	if (environment->settings)
		return PV_OK;
	for (size_t i = 0; usual[i]; i++)
		if (!strcmp(usual[i], name))
			return PV_OK;
	rc = pv_environment_load(&now, cli->store, name, NULL, &cli->err);
	pv_environment_dispose(&now);
	if (rc == PV_ENOTFOUND)
		hint_known(cli, name);
	return rc;
}

int environment_is_protected(const cli_environment *environment)
{
	const pv_yaml_node *node =
		pv_yaml_get(environment->settings, "protected");

	node = node ? pv_yaml_resolve(node) : NULL;
	/* A typing error protects it, too. */
	return node &&
	       (node->kind != PV_YAML_SCALAR ||
		(node->type != PV_YAML_NULL && strcmp(node->text, "false") != 0));
}

void environment_tell(const cli_environment *environment, pv_cli *cli)
{
	if (strcmp(environment->from, "option") != 0)
		cli_note(cli, "the environment is \"%s\", from %s",
			 pv_buf_text(&environment->name), environment->from);
}

void environment_tell_behind(pv_cli *cli, int is_checked_out)
{
	if (is_checked_out)
		cli_warn(cli, "a working tree has pv/deployments, and its files "
			      "are those before; \"git restore --source=HEAD "
			      "--staged --worktree .\" there updates them");
}

const char *environment_version(const pv_deployment *state)
{
	if (!state || !state->id)
		return NULL;
	if (state->version)
		return state->version;
	return state->commit.hex[0] ? state->commit.hex : NULL;
}

void environment_dispose(cli_environment *environment)
{
	pv_buf_dispose(&environment->name);
	pv_yaml_free(environment->doc);
	memset(environment, 0, sizeof(*environment));
}

int environment_log_tip(pv_oid *out, pv_cli *cli)
{
	pv_buf name = { 0 };
	int rc = pv_store_ref(out, cli->store, PV_ENVIRONMENT_REF, &cli->err);

	if (rc == PV_ENOTFOUND) {
		pv_buf_puts(&name, "refs/remotes/");
		rc = pv_environment_remote(&name, cli->store, &cli->err);
		pv_buf_puts(&name, "/pv/deployments");
		if (rc == PV_OK)
			rc = pv_buf_status(&name, &cli->err);
		if (rc == PV_OK)
			rc = pv_store_ref(out, cli->store, name.ptr, &cli->err);
	}
	pv_buf_dispose(&name);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	out->hex[0] = '\0';
	return PV_OK;
}
