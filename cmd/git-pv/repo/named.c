/* SPDX-License-Identifier: MIT
 *
 * See named.h. All prompts are read only for what is no id that is known.
 */
#include "repo/named.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "repo/file_commit.h"
#include "repo/prompts.h"

enum {
	LISTED_MAX = 3 /* ids in a hint */
};

/* A name that is looked for, and the ids of those that have it. */
struct search {
	pv_cli *cli;
	pv_point at;
	pv_point before;  /* HEAD's commit; hex "" for none */
	const char *text; /* the name, and perhaps an "@" and a version */
	const char *name; /* up to the first "@" */
	size_t len;       /* of the longest name that fits, for those in ids */
	int is_other;     /* by its letters it is an id, or a path */
	pv_strlist ids;
	pv_strlist names; /* of all prompts, when it is neither */
};

/* A name may have an "@" of its own: the longest that fits is meant. */
static int add_named(struct search *search, const char *id, const char *name)
{
	size_t len = strlen(name);

	if (!len || strncmp(name, search->text, len) != 0 ||
	    (search->text[len] && search->text[len] != '@') || len < search->len)
		return 0;
	if (len > search->len)
		pv_strlist_dispose(&search->ids);
	search->len = len;
	return pv_strlist_add(&search->ids, id, &search->cli->err) < 0 ? PV_ENOMEM
								       : 1;
}

static int compare_name(const char *id, const char *path, const pv_oid *blob,
			void *payload)
{
	struct search *search = payload;
	pv_cli *cli = search->cli;
	cli_prompt entry = { 0 };
	int rc = cli_prompt_read(&entry, cli, &search->at, id, path, NULL);

	(void)blob;
	/* With a conflict in it a file does not load: it is still called that. */
	if (rc == PV_OK && !entry.prompt && search->before.commit.hex[0]) {
		cli_prompt_dispose(&entry);
		rc = cli_prompt_read(&entry, cli, &search->before, id, path,
				     NULL);
		rc = rc == PV_ENOTFOUND ? PV_OK : rc;
	}
	if (rc == PV_OK && entry.prompt)
		rc = add_named(search, id, pv_prompt_name(entry.prompt));
	if (rc == PV_OK && entry.prompt && !search->is_other)
		rc = pv_strlist_add(&search->names,
				    pv_prompt_name(entry.prompt), &cli->err);
	cli_prompt_dispose(&entry);
	return rc < 0 ? rc : PV_OK;
}

/* A folder of prompts is no name either: `mv` takes both. */
static int has_file(pv_cli *cli, const pv_point *at, const char *id)
{
	pv_buf path = { 0 };
	pv_oid blob;
	int rc = pv_prompt_path(&path, &cli->settings, id, NULL);

	if (rc == PV_OK && at->kind == PV_AT_WORKTREE) {
		rc = file_commit_is_there(cli, path.ptr);
		pv_buf_truncate(&path, path.len - strlen(".yaml"));
		if (rc == 0)
			rc = file_commit_is_there(cli, path.ptr);
	} else if (rc == PV_OK) {
		rc = pv_store_find(&blob, cli->store, at, path.ptr, NULL) ==
		     PV_OK;
	}
	pv_buf_dispose(&path);
	return rc == 1;
}

/* Also one that was removed is known by its versions. */
static int is_known(pv_cli *cli, const pv_point *at, const char *id)
{
	pv_version_list versions = { 0 };
	int rc;

	if (pv_id_check(id, NULL) < 0)
		return 0;
	if (has_file(cli, at, id))
		return 1;
	rc = pv_version_list_load(&versions, cli->store, &cli->settings, id,
				  NULL);
	rc = rc < 0 || versions.count > 0;
	pv_version_list_dispose(&versions);
	return rc;
}

static int fail_ambiguous(const struct search *search)
{
	const pv_strlist *ids = &search->ids;
	pv_error *err = &search->cli->err;
	pv_buf list = { 0 };
	int rc = pv_fail(err, PV_EAMBIGUOUS, "%zu prompts are called \"%.*s\"",
			 ids->count, search->len > 120 ? 120 : (int)search->len,
			 search->text);

	for (size_t i = 0; i < ids->count && i < LISTED_MAX; i++)
		pv_buf_printf(&list, "%s%.40s", i ? ", " : "", ids->items[i]);
	(void)pv_error_hint(err, rc, "give an id: %s", pv_buf_text(&list));
	pv_buf_dispose(&list);
	return rc;
}

/* PV_ENOTFOUND when it is near to the name of a prompt; else the command's. */
static int fail_near(const struct search *search)
{
	const pv_strlist *all = &search->names;
	pv_error *err = &search->cli->err;
	const char **names = pv_calloc(all->count + 1, sizeof(*names));
	int rc;

	if (!names)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < all->count; i++)
		names[i] = all->items[i];
	rc = pv_fail_id(err, PV_ERR_PROMPT_NOT_FOUND, "no prompt \"%s\"",
			search->name);
	(void)cli_hint_near(search->cli, rc, search->name, names, "git pv list");
	pv_free(names);
	return pv_str_has_prefix(err->hint, "did you mean") ? rc : PV_OK;
}

/* Puts the id of the one prompt that has the name before `rev`. */
static int replace(pv_cli *cli, const struct search *search, const char **arg,
		   const char *rev)
{
	pv_buf text = { 0 };
	int rc;

	pv_buf_printf(&text, "%s%s", search->ids.items[0], rev);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&cli->named, text.ptr, &cli->err);
	if (rc == PV_OK)
		*arg = cli->named.items[cli->named.count - 1];
	pv_buf_dispose(&text);
	return rc;
}

int named_spec(pv_cli *cli, const char **arg)
{
	size_t len = strcspn(*arg, "@");
	struct search search = { .cli = cli, .text = *arg };
	pv_buf name = { 0 };
	int rc = PV_OK;

	pv_buf_put(&name, *arg, len);
	search.name = pv_buf_text(&name);
	search.is_other = pv_id_check(search.name, NULL) == PV_OK ||
			  strpbrk(search.name, "/.");
	/* A state that cannot be read is for the command to complain about. */
	if (!len || name.status != PV_OK || cli_point(&search.at, cli, NULL) < 0 ||
	    is_known(cli, &search.at, search.name))
		goto out;
	if (search.at.kind == PV_AT_WORKTREE)
		(void)pv_store_head(NULL, &search.before.commit, cli->store,
				    NULL);
	rc = pv_prompt_each(cli->store, &cli->settings, &search.at,
			    compare_name, &search, &cli->err);
	if (rc < 0 && rc != PV_ENOMEM && rc != PV_ECANCELED) {
		search.ids.count = 0;
		rc = PV_OK;
	}
	if (rc == PV_OK && search.ids.count > 1)
		rc = fail_ambiguous(&search);
	else if (rc == PV_OK && search.ids.count)
		rc = replace(cli, &search, arg, *arg + search.len);
	else if (rc == PV_OK && search.names.count)
		rc = fail_near(&search);
out:
	if (rc == PV_OK)
		pv_error_clear(&cli->err);
	pv_strlist_dispose(&search.ids);
	pv_strlist_dispose(&search.names);
	pv_buf_dispose(&name);
	return rc;
}

int named_check(pv_cli *cli, const char *id)
{
	pv_spec spec = { 0 };
	int rc;

	if (pv_id_check(id, NULL) == PV_OK)
		return PV_OK;
	/* It fails, and says what is near. */
	rc = cli_spec_resolve(&spec, cli, id, PV_SPEC_WORKTREE);
	pv_spec_dispose(&spec);
	return rc == PV_OK ? pv_id_check(id, &cli->err) : rc;
}

/* --- what an operand could be ------------------------------------------------ */

static int add_id(const char *id, const char *path, const pv_oid *blob,
		  void *payload)
{
	(void)path;
	(void)blob;
	return pv_strlist_add(payload, id, NULL);
}

static int add_branch(const char *refname, const pv_oid *oid, void *payload)
{
	(void)oid;
	return pv_strlist_add(payload, refname + strlen("refs/heads/"), NULL);
}

int operand_names_hint(pv_cli *cli, int rc, const char *word)
{
	pv_strlist names = { 0 };
	const char **list = NULL;
	pv_point at;
	const pv_error what = cli->err;

	if (cli_point(&at, cli, NULL) == PV_OK)
		(void)pv_prompt_each(cli->store, &cli->settings, &at, add_id,
				     &names, NULL);
	(void)pv_store_ref_each(cli->store, "refs/heads/", add_branch, &names,
				NULL);
	cli->err = what;
	list = pv_calloc(names.count + 1, sizeof(*list));
	for (size_t i = 0; list && i < names.count; i++)
		list[i] = names.items[i];
	if (list)
		(void)cli_hint_near(cli, rc, word, list,
				    "git pv list\" or \"git pv branch");
	pv_free(list);
	pv_strlist_dispose(&names);
	return rc;
}

int named_known(pv_cli *cli, const char *id)
{
	pv_spec spec = { 0 };
	pv_point here;
	int rc;

	if (cli_point(&here, cli, NULL) == PV_OK && is_known(cli, &here, id))
		return PV_OK;
	pv_error_clear(&cli->err);
	rc = cli_spec_resolve(&spec, cli, id, PV_SPEC_WORKTREE);
	pv_spec_dispose(&spec);
	return rc;
}

int named_operand(pv_cli *cli, char **arg)
{
	const char *spec = *arg;
	int rc = named_spec(cli, &spec);

	/* What stands for a name is kept where it may be written to. */
	if (rc == PV_OK && spec != *arg)
		*arg = cli->named.items[cli->named.count - 1];
	return rc;
}

int named_operands(pv_cli *cli, int argc, char **argv)
{
	enum cli_ids which = cli->command->usage->ids;
	int end = which == CLI_IDS_FIRST && argc > 1 ? 1 : argc;
	int rc = PV_OK;

	if (!which || !cli->store)
		return PV_OK;
	for (int i = which == CLI_IDS_REST; i < end && rc == PV_OK; i++)
		rc = named_operand(cli, &argv[i]);
	return rc;
}
