/* SPDX-License-Identifier: MIT
 *
 * See known.h. The repository is asked first; executions, whose names may be of
 * programs that know nothing of it, only for what it does not know.
 */
#include "history/known.h"

#include <string.h>

#include <pv/analytics.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/environments.h"
#include "repo/tracking.h"
#include "ui/figures.h"

/* A name that is looked for. */
struct sought {
	pv_cli *cli;
	const char *field; /* "environment" or "version" */
	const char *name;
	const char *prompt; /* NULL: of any */
	pv_strlist names;   /* those there are, for a hint */
	int is_found;
};

static int add_names(struct sought *it, const pv_usages *usages)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_usages_count(usages) && rc == PV_OK; i++) {
		const char *key = pv_usages_at(usages, i)->key;

		if (!key)
			continue;
		if (strcmp(key, it->name) == 0)
			it->is_found = 1;
		rc = pv_strlist_add(&it->names, key, &it->cli->err);
	}
	return rc;
}

/* Those that executions have. */
static int ask_rows(struct sought *it)
{
	const pv_executions_match match = { "prompt_id", it->prompt,
					    PV_EXECUTIONS_IS };
	const pv_usage_query query = { .matches = &match,
				       .match_count = it->prompt != NULL,
				       .by = it->field };
	pv_cli *cli = it->cli;
	pv_executions *index = NULL;
	pv_usages *usages = NULL;
	int rc = tracking_open(&index, cli, 1);

	if (rc == PV_OK)
		rc = pv_usages_read(&usages, index, &query, &cli->err);
	if (rc == PV_OK)
		rc = add_names(it, usages);
	pv_usages_free(usages);
	pv_executions_free(index);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

static int fail_unknown(struct sought *it, enum pv_error_id id, const char *lister)
{
	pv_cli *cli = it->cli;
	const char **names = pv_calloc(it->names.count + 1, sizeof(*names));
	int rc;

	if (!names)
		return pv_fail_nomem(&cli->err);
	pv_strlist_sort(&it->names);
	pv_strlist_unique(&it->names);
	for (size_t i = 0; i < it->names.count; i++)
		names[i] = it->names.items[i];
	rc = pv_fail_id(&cli->err, id, "no %s \"%.64s\"%s%.140s", it->field,
			it->name, it->prompt ? " of " : "",
			it->prompt ? it->prompt : "");
	(void)cli_hint_near(cli, rc, it->name, names, lister);
	pv_free(names);
	return rc;
}

/* --- environments --------------------------------------------------------- */

/* Those of pv.yaml, of the log of deployments, and the one that is set. */
static int ask_repository(struct sought *it)
{
	pv_cli *cli = it->cli;
	tracking settings;
	int rc = tracking_load(&settings, cli);

	if (rc == PV_OK && *settings.environment)
		rc = pv_strlist_add(&it->names, settings.environment, &cli->err);
	if (rc == PV_OK)
		rc = environment_names(&it->names, cli);
	for (size_t i = 0; i < it->names.count; i++)
		if (strcmp(it->names.items[i], it->name) == 0)
			it->is_found = 1;
	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	/* What cannot be read may name it. */
	pv_error_clear(&cli->err);
	it->is_found = 1;
	return PV_OK;
}

int known_environment(pv_cli *cli, const char *name)
{
	struct sought it = { .cli = cli, .field = "environment", .name = name };
	int rc = cli->store ? ask_repository(&it) : PV_OK;

	if (rc == PV_OK && cli->store && !it.is_found)
		rc = ask_rows(&it);
	if (rc == PV_OK && cli->store && !it.is_found)
		rc = fail_unknown(&it, PV_ERR_ENVIRONMENT_NOT_FOUND,
				  "git pv env list");
	pv_strlist_dispose(&it.names);
	return rc;
}

/* --- versions ------------------------------------------------------------- */

static int match_tag(const char *refname, const pv_oid *oid, void *payload)
{
	struct sought *it = payload;
	const char *slash = strrchr(refname, '/');

	(void)oid;
	if (slash && slash[1] == 'v' && strcmp(slash + 2, it->name) == 0)
		it->is_found = 1;
	return it->is_found;
}

static int ask_tags(struct sought *it)
{
	pv_cli *cli = it->cli;
	pv_buf prefix = { 0 };
	int rc;

	pv_buf_puts(&prefix, "refs/tags/");
	if (it->prompt)
		pv_buf_printf(&prefix, "%s/", it->prompt);
	rc = pv_buf_status(&prefix, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, prefix.ptr, match_tag, it,
				       &cli->err);
	pv_buf_dispose(&prefix);
	return rc < 0 ? rc : PV_OK;
}

/* "1.1.0-main.2+g1234567.dirty" names the commit that it is called after. */
static int ask_commits(struct sought *it)
{
	static const char hex[] = "0123456789abcdef";
	const char *mark = strstr(it->name, "+g");
	size_t len = mark ? strspn(mark + 2, hex) : 0;
	pv_cli *cli = it->cli;
	pv_point at;
	pv_buf rev = { 0 };
	int rc;

	if (!len)
		return PV_OK;
	pv_buf_put(&rev, mark + 2, len);
	rc = pv_buf_status(&rev, &cli->err);
	if (rc == PV_OK && pv_rev_resolve(&at, cli->store, &cli->settings, NULL,
					  rev.ptr, NULL) == PV_OK)
		it->is_found = 1;
	pv_buf_dispose(&rev);
	return rc;
}

/* The released ones of the prompt, for the hint. */
static int add_released(struct sought *it)
{
	pv_cli *cli = it->cli;
	pv_version_list list = { 0 };
	int rc = pv_version_list_load(&list, cli->store, &cli->settings,
				      it->prompt, &cli->err);

	for (size_t i = 0; i < list.count && rc == PV_OK; i++)
		rc = pv_strlist_add(&it->names, list.items[i].text, &cli->err);
	pv_version_list_dispose(&list);
	return rc;
}

static int fail_version(struct sought *it)
{
	pv_buf lister = { 0 };
	int rc = PV_OK;

	/* A prompt that there is not has no versions at all. */
	if (it->prompt)
		rc = figures_known(it->cli, &it->prompt);
	if (rc == PV_OK && it->prompt)
		rc = add_released(it);
	if (rc < 0)
		return rc;
	pv_buf_printf(&lister,
		      it->prompt ? "git pv versions %s"
				 : "git pv cost --by version",
		      it->prompt);
	rc = pv_buf_status(&lister, &it->cli->err);
	if (rc == PV_OK)
		rc = fail_unknown(it, PV_ERR_VERSION_NOT_FOUND, lister.ptr);
	pv_buf_dispose(&lister);
	return rc;
}

static int known_version(pv_cli *cli, const char *name, const char *prompt)
{
	struct sought it = {
		.cli = cli, .field = "version", .name = name, .prompt = prompt
	};
	int rc = cli->store ? ask_tags(&it) : PV_OK;

	if (rc == PV_OK && cli->store && !it.is_found)
		rc = ask_commits(&it);
	if (rc == PV_OK && cli->store && !it.is_found)
		rc = ask_rows(&it);
	if (rc == PV_OK && cli->store && !it.is_found)
		rc = fail_version(&it);
	pv_strlist_dispose(&it.names);
	return rc;
}

/* --- conditions ----------------------------------------------------------- */

int known_matches(pv_cli *cli, const pv_executions_match *matches, size_t count)
{
	const char *prompt = NULL;
	int rc = PV_OK;

	for (size_t i = 0; i < count; i++)
		if (strcmp(matches[i].field, "prompt_id") == 0)
			prompt = matches[i].value;
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		if (strcmp(matches[i].field, "environment") == 0)
			rc = known_environment(cli, matches[i].value);
		else if (strcmp(matches[i].field, "version") == 0)
			rc = known_version(cli, matches[i].value, prompt);
	}
	return rc;
}
