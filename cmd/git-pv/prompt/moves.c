/* SPDX-License-Identifier: MIT
 *
 * See moves.h. A name with "/" behind it is a folder, and so is one that only
 * a folder has. Everything is looked at before anything is moved.
 */
#include "prompt/moves.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/file_commit.h"

void moves_dispose(moves *all)
{
	for (size_t i = 0; i < all->count; i++) {
		pv_buf_dispose(&all->items[i].old_id);
		pv_buf_dispose(&all->items[i].new_id);
		pv_buf_dispose(&all->items[i].old_path);
		pv_buf_dispose(&all->items[i].new_path);
		pv_buf_dispose(&all->items[i].bytes);
	}
	pv_free(all->items);
	pv_buf_dispose(&all->old_name);
	pv_buf_dispose(&all->new_name);
	pv_strlist_dispose(&all->old_ids);
}

/* --- names ----------------------------------------------------------------- */

/* Whether `id` is below a folder. */
static int is_below(const char *id, const pv_buf *folder)
{
	return strncmp(id, pv_buf_text(folder), folder->len) == 0 &&
	       id[folder->len] == '/';
}

int moves_follow(pv_buf *out, const moves *all, const char *id)
{
	const char *rest = "";

	if (pv_strlist_search(&all->old_ids, id) < 0) {
		pv_buf_puts(out, id);
		return pv_buf_status(out, &all->cli->err);
	}
	if (all->is_folder)
		rest = id + all->old_name.len;
	pv_buf_puts(out, pv_buf_text(&all->new_name));
	pv_buf_puts(out, rest);
	return pv_buf_status(out, &all->cli->err);
}

static int put_name(pv_buf *out, pv_cli *cli, const char *name, int may_end)
{
	size_t len = strlen(name);

	if (may_end && len > 1 && name[len - 1] == '/')
		len--;
	pv_buf_put(out, name, len);
	return pv_buf_status(out, &cli->err);
}

/* --- what is there --------------------------------------------------------- */

static int is_prompt(const moves *all, const char *id)
{
	pv_cli *cli = all->cli;
	pv_buf path = { 0 };
	int found = pv_prompt_path(&path, &cli->settings, id, NULL) == PV_OK &&
		    file_commit_is_there(cli, path.ptr) > 0;

	pv_buf_dispose(&path);
	return found;
}

static int add_id(const char *path, const pv_oid *blob, void *payload)
{
	moves *all = payload;
	pv_buf id = { 0 };
	int rc = pv_prompt_id(&id, &all->cli->settings, path, NULL);

	(void)blob;
	if (rc == PV_OK && is_below(id.ptr, &all->old_name))
		rc = pv_strlist_add(&all->old_ids, id.ptr, &all->cli->err);
	pv_buf_dispose(&id);
	/* Other files of the folder stay where they are. */
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

/* What is below a folder, in order; nothing when there is no such folder. */
static int find_below(moves *all)
{
	pv_cli *cli = all->cli;
	pv_point at = { PV_AT_WORKTREE, { "" } };
	int rc = pv_store_each(cli->store, &at, cli->settings.prompts_dir,
			       add_id, all, &cli->err);

	pv_strlist_sort(&all->old_ids);
	return rc;
}

/* Says what is near when there is no such prompt. */
static int find_one(moves *all)
{
	pv_cli *cli = all->cli;
	const char *id = pv_buf_text(&all->old_name);
	pv_spec spec = { 0 };
	int rc = cli_spec_resolve(&spec, cli, id, PV_SPEC_WORKTREE);

	pv_spec_dispose(&spec);
	return rc == PV_OK ? pv_strlist_add(&all->old_ids, id, &cli->err) : rc;
}

static int check_names(const moves *all)
{
	const char *from = pv_buf_text(&all->old_name);
	const char *to = pv_buf_text(&all->new_name);
	pv_error *err = &all->cli->err;
	int rc = pv_id_check(from, err);

	if (rc == PV_OK)
		rc = pv_id_check(to, err);
	if (rc < 0)
		return rc;
	if (strcmp(from, to) == 0)
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" is called that already", from);
	if (!all->is_folder ||
	    (!is_below(to, &all->old_name) && !is_below(from, &all->new_name)))
		return PV_OK;
	rc = pv_fail(err, PV_EINVALID, "\"%s/\" and \"%s/\" are in one another",
		     from, to);
	return pv_error_hint(err, rc, "move it elsewhere, and then there");
}

static int find(moves *all, const char *old_name, const char *new_name)
{
	pv_cli *cli = all->cli;
	size_t len = strlen(old_name);
	int rc;

	all->is_folder = len > 1 && old_name[len - 1] == '/';
	rc = put_name(&all->old_name, cli, old_name, 1);
	if (rc == PV_OK && !all->is_folder &&
	    !is_prompt(all, pv_buf_text(&all->old_name)))
		rc = find_below(all);
	all->is_folder = all->is_folder || all->old_ids.count > 0;
	if (rc == PV_OK)
		rc = put_name(&all->new_name, cli, new_name, all->is_folder);
	if (rc == PV_OK)
		rc = check_names(all);
	if (rc < 0 || all->old_ids.count > 0)
		return rc;
	rc = all->is_folder ? find_below(all) : find_one(all);
	if (rc == PV_OK && !all->old_ids.count)
		rc = pv_fail(&cli->err, PV_ENOTFOUND, "no prompts below \"%s\"",
			     old_name);
	return rc;
}

/* --- what speaks against it ------------------------------------------------ */

/* What a sparse checkout leaves out can be read, not moved. */
static int check_checked_out(pv_cli *cli, const char *path)
{
	int rc;

	if (file_commit_is_there(cli, path))
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "the sparse checkout leaves \"%s\" out", path);
	return pv_error_hint(&cli->err, rc,
			     "\"git sparse-checkout add\" takes its folder in");
}

static int check_clean(const moves *all)
{
	pv_cli *cli = all->cli;
	pv_strlist paths = { 0 };
	pv_buf below = { 0 };
	int rc;

	if (all->is_folder)
		pv_buf_printf(&below, "%s/%s", cli->settings.prompts_dir,
			      pv_buf_text(&all->old_name));
	else
		pv_buf_puts(&below, pv_buf_text(&all->items[0].old_path));
	rc = pv_buf_status(&below, &cli->err);
	for (size_t i = 0; i < all->count && rc == PV_OK; i++)
		rc = pv_strlist_add(&paths, pv_buf_text(&all->items[i].old_path),
				    &cli->err);
	pv_strlist_sort(&paths);
	if (rc == PV_OK)
		rc = file_commit_all_clean(cli, below.ptr, &paths);
	pv_buf_dispose(&below);
	pv_strlist_dispose(&paths);
	return rc;
}

static int add_move(moves *all, const char *id)
{
	pv_cli *cli = all->cli;
	const pv_settings *settings = &cli->settings;
	move *item;
	int rc = pv_array_reserve(&all->items, &all->cap, all->count + 1,
				  sizeof(*all->items));

	if (rc < 0)
		return pv_fail_nomem(&cli->err);
	item = &all->items[all->count++];
	memset(item, 0, sizeof(*item));
	pv_buf_puts(&item->old_id, id);
	rc = moves_follow(&item->new_id, all, id);
	if (rc == PV_OK)
		rc = pv_id_check(pv_buf_text(&item->new_id), &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&item->old_path, settings, id, &cli->err);
	return rc == PV_OK ? pv_prompt_path(&item->new_path, settings,
					    item->new_id.ptr, &cli->err)
			   : rc;
}

static int read_move(pv_cli *cli, move *item)
{
	pv_point at = { PV_AT_WORKTREE, { "" } };
	const char *path = pv_buf_text(&item->old_path);
	int rc = check_checked_out(cli, path);

	if (rc == PV_OK)
		rc = pv_store_read(&item->bytes, NULL, cli->store, &at, path,
				   &cli->err);
	return rc == PV_OK ? file_commit_free(cli, pv_buf_text(&item->new_path))
			   : rc;
}

int moves_plan(moves *out, const char *old_name, const char *new_name)
{
	int rc = find(out, old_name, new_name);

	if (rc == PV_OK)
		rc = file_commit_state(out->cli);
	for (size_t i = 0; i < out->old_ids.count && rc == PV_OK; i++)
		rc = add_move(out, out->old_ids.items[i]);
	if (rc == PV_OK)
		rc = check_clean(out);
	for (size_t i = 0; i < out->count && rc == PV_OK; i++)
		rc = read_move(out->cli, &out->items[i]);
	return rc;
}
