/* SPDX-License-Identifier: MIT
 *
 * See resolve.h. The working tree and the index are changed the way `git
 * checkout --ours` and `git add` do it, by git itself where whole files go.
 */
#include "merge/resolve.h"

#include <string.h>
#include <unistd.h>

#include <pv/prompt.h>
#include <pv/yaml.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"
#include "merge/conflict.h"
#include "repo/broken.h"
#include "repo/git.h"
#include "ui/editor.h"
#include "ui/value.h"

enum {
	MARKER_MAX = 1000
};

/* --- finding ------------------------------------------------------------- */

/* What is looked for, and what there is instead. */
struct search {
	resolve_file *out;
	const char *paths[2];
	int is_found;
	pv_buf others;
};

static int try_path(const pv_conflict *conflict, void *payload)
{
	struct search *search = payload;
	resolve_file *out = search->out;

	if (search->others.len < 100)
		pv_buf_printf(&search->others, "%s\"%.60s\"",
			      search->others.len ? ", " : "", conflict->path);
	for (size_t i = 0; i < 2; i++)
		search->is_found |= strcmp(search->paths[i], conflict->path) == 0;
	if (!search->is_found)
		return 0;
	pv_buf_puts(&out->path, conflict->path);
	out->base = conflict->base;
	out->ours = conflict->ours;
	out->theirs = conflict->theirs;
	return 1;
}

static int refuse(struct search *search, const char *arg)
{
	pv_error *err = &search->out->cli->err;

	pv_fail_id(err, PV_ERR_NOT_FOUND, "\"%.100s\" is not in conflict", arg);
	if (search->others.len == 0)
		return pv_error_hint(err, PV_ENOTFOUND,
				     "nothing is: see \"git "
				     "status\"");
	return pv_error_hint(err, PV_ENOTFOUND, "in conflict: %.120s",
			     pv_buf_text(&search->others));
}

int resolve_find(resolve_file *out, pv_cli *cli, const char *arg)
{
	struct search search = { .out = out };
	pv_buf path = { 0 };
	pv_buf prompt = { 0 };
	int rc;

	out->cli = cli;
	if (cli_repo_path(&path, cli, arg) == PV_ENOMEM ||
	    pv_prompt_path(&prompt, &cli->settings, arg, NULL) == PV_ENOMEM) {
		rc = pv_fail_nomem(&cli->err);
		goto out;
	}
	pv_error_clear(&cli->err);
	search.paths[0] = pv_buf_text(&path);
	search.paths[1] = pv_buf_text(&prompt);
	rc = pv_store_conflict_each(cli->store, try_path, &search, &cli->err);
	if (rc >= 0)
		rc = search.is_found ? pv_buf_status(&out->path, &cli->err)
				     : refuse(&search, arg);
	if (rc == PV_OK && pv_prompt_id(&out->id, &cli->settings,
					pv_buf_text(&out->path), NULL) < 0)
		pv_buf_clear(&out->id);
out:
	pv_buf_dispose(&search.others);
	pv_buf_dispose(&path);
	pv_buf_dispose(&prompt);
	return rc;
}

/* --- reading ------------------------------------------------------------- */

static int read_side(pv_merge_side *out, pv_buf *text, pv_cli *cli,
		     const pv_oid *blob)
{
	int rc;

	if (!blob->hex[0])
		return PV_OK;
	text->max = PV_YAML_MAX_SIZE;
	rc = pv_store_read_blob(text, cli->store, blob, &cli->err);
	out->text = pv_buf_text(text);
	out->len = text->len;
	return rc;
}

int resolve_marker_size(pv_cli *cli, const char *path)
{
	const char *args[] = { "check-attr", "-z", "conflict-marker-size",
			       "--",         path, NULL };
	pv_buf out = { 0 };
	unsigned size = 0;

	if (cli_git_status(&out, cli, args) == 0 && out.len > 0) {
		const char *value = pv_buf_text(&out) + out.len - 1;

		while (value > out.ptr && value[-1])
			value--;
		if (pv_str_to_uint(&size, pv_str_of(value), MARKER_MAX) < 0)
			size = 0;
	}
	pv_buf_dispose(&out);
	return (int)size;
}

static int read_input(resolve_file *file)
{
	pv_cli *cli = file->cli;
	pv_buf style = { 0 };
	int rc = read_side(&file->input.base, &file->texts[0], cli, &file->base);

	if (rc == PV_OK)
		rc = read_side(&file->input.ours, &file->texts[1], cli,
			       &file->ours);
	if (rc == PV_OK)
		rc = read_side(&file->input.theirs, &file->texts[2], cli,
			       &file->theirs);
	file->input.path = pv_buf_text(&file->path);
	file->input.marker_size = resolve_marker_size(cli, file->input.path);
	cli_config(&style, cli, "merge.conflictStyle");
	file->input.style = conflict_style(pv_buf_text(&style));
	pv_buf_dispose(&style);
	return rc;
}

static int read_file(pv_buf *out, resolve_file *file)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	const char *path = pv_buf_text(&file->path);
	pv_cli *cli = file->cli;
	int rc;

	out->max = PV_YAML_MAX_SIZE;
	rc = pv_store_read_raw(out, &file->is_raw, cli->store, path, &cli->err);
	if (rc == PV_OK && !file->is_raw)
		rc = pv_store_read(out, NULL, cli->store, &here, path, &cli->err);
	return rc;
}

/* A file that has no fields is no failure here. */
static int allow(resolve_file *file, int rc)
{
	if (rc != PV_ENOTFOUND && rc != PV_EINVALID && rc != PV_EUNSUPPORTED)
		return rc;
	pv_error_clear(&file->cli->err);
	return PV_OK;
}

int resolve_read(resolve_file *file)
{
	pv_buf *found = &file->found;
	int rc = read_input(file);

	if (rc < 0 || !file->ours.hex[0] || !file->theirs.hex[0])
		return allow(file, rc);
	rc = read_file(found, file);
	if (rc == PV_OK)
		rc = pv_unmerged_new(&file->text, &file->input,
				     pv_buf_text(found), found->len,
				     &file->cli->err);
	file->is_found = rc == PV_OK;
	file->was_raw = file->is_raw;
	return allow(file, rc);
}

int resolve_is_plain(const resolve_file *file)
{
	return file->text && pv_unmerged_markers(file->text) == 0 &&
	       !pv_unmerged_is_anew(file->text);
}

int resolve_is_merged(const resolve_file *file)
{
	return file->text && pv_unmerged_markers(file->text) == 0 &&
	       pv_unmerged_is_anew(file->text);
}

int resolve_remerge(resolve_file *file)
{
	pv_cli *cli = file->cli;
	pv_buf text = { 0 };
	size_t conflicts;
	int rc;

	rc = pv_merge_file(&text, &conflicts, &file->input, &cli->err);
	pv_unmerged_free(file->text);
	file->text = NULL;
	file->is_raw = 0;
	if (rc == PV_OK)
		rc = pv_unmerged_new(&file->text, &file->input,
				     pv_buf_text(&text), text.len, &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

/* --- writing ------------------------------------------------------------- */

static int write_text(resolve_file *file, pv_str text, int is_raw, pv_error *err)
{
	pv_change change = { pv_buf_text(&file->path), text.ptr, text.len };
	pv_store *store = file->cli->store;

	return is_raw ? pv_store_write_raw(store, &change, err)
		      : pv_store_write_files(store, &change, 1, err);
}

int resolve_write(resolve_file *file)
{
	pv_str text;

	text.ptr = pv_unmerged_text(file->text, &text.len);
	return write_text(file, text, file->is_raw, &file->cli->err);
}

/* What could not be staged is in conflict, as it was. */
static void put_back(resolve_file *file)
{
	pv_str text = { pv_buf_text(&file->found), file->found.len };

	if (file->is_found && write_text(file, text, file->was_raw, NULL) < 0)
		cli_warn(file->cli, "\"%s\" could not be put back",
			 pv_buf_text(&file->path));
}

static int run_git_on(resolve_file *file, const char *verb, const char *option,
		      const char *path)
{
	const char *args[] = { verb, option, "--", NULL, NULL };
	pv_buf spec = { 0 };
	int rc;

	pv_buf_printf(&spec, ":(top,literal)%s", path);
	rc = pv_buf_status(&spec, &file->cli->err);
	args[3] = pv_buf_text(&spec);
	if (rc == PV_OK)
		rc = cli_git(NULL, file->cli, args);
	pv_buf_dispose(&spec);
	return rc;
}

static int run_git(resolve_file *file, const char *verb, const char *option)
{
	return run_git_on(file, verb, option, pv_buf_text(&file->path));
}

/* The file that git put beside this one, for it is of another type. */
struct twin {
	const char *path; /* of this one */
	pv_buf name;
	pv_oid ours;
	pv_oid theirs;
};

static int try_twin(const pv_conflict *conflict, void *payload)
{
	struct twin *twin = payload;
	size_t len = strlen(twin->path);

	if (strncmp(conflict->path, twin->path, len) != 0 ||
	    conflict->path[len] != '~')
		return 0;
	pv_buf_puts(&twin->name, conflict->path);
	twin->ours = conflict->ours;
	twin->theirs = conflict->theirs;
	return 1;
}

/* Gives a file in the index another name, for that of the working tree, too. */
static int rename_file(resolve_file *file, const char *from)
{
	const char *args[] = { "mv", "--", NULL, NULL, NULL };
	pv_buf paths[2] = { { 0 }, { 0 } };
	const char *top = pv_store_work_dir(file->cli->store);
	int rc;

	pv_buf_printf(&paths[0], "%s/%s", top, from);
	pv_buf_printf(&paths[1], "%s/%s", top, pv_buf_text(&file->path));
	rc = pv_buf_status(&paths[0], &file->cli->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&paths[1], &file->cli->err);
	args[2] = pv_buf_text(&paths[0]);
	args[3] = pv_buf_text(&paths[1]);
	if (rc == PV_OK)
		rc = cli_git(NULL, file->cli, args);
	pv_buf_dispose(&paths[0]);
	pv_buf_dispose(&paths[1]);
	return rc;
}

static int take_blob(resolve_file *file, const char *path, int is_ours)
{
	int rc = run_git_on(file, "checkout", is_ours ? "--ours" : "--theirs",
			    path);

	return rc == PV_OK ? run_git_on(file, "add", "--sparse", path) : rc;
}

static int remove_file(resolve_file *file, const char *path)
{
	int rc = run_git_on(file, "rm", "--quiet", path);

	return rc == PV_OK
		       ? pv_strlist_add(&file->removed, path, &file->cli->err)
		       : rc;
}

/* The side is the one or the other of two files; it gets the name of both. */
static int take_either(resolve_file *file, const struct twin *twin, int is_ours)
{
	const pv_oid *blob = is_ours ? &file->ours : &file->theirs;
	const char *name = pv_buf_text(&twin->name);
	int rc;

	if (blob->hex[0]) {
		rc = take_blob(file, pv_buf_text(&file->path), is_ours);
		return rc == PV_OK ? remove_file(file, name) : rc;
	}
	rc = take_blob(file, name, is_ours);
	if (rc == PV_OK)
		rc = run_git(file, "rm", "--quiet");
	if (rc == PV_OK)
		rc = rename_file(file, name);
	return rc == PV_OK
		       ? pv_strlist_add(&file->removed, name, &file->cli->err)
		       : rc;
}

int resolve_take(resolve_file *file, enum pv_settle_how side)
{
	int is_ours = side == PV_SETTLE_OURS;
	const pv_oid *blob = is_ours ? &file->ours : &file->theirs;
	struct twin twin = { .path = pv_buf_text(&file->path) };
	const pv_oid *other = is_ours ? &twin.ours : &twin.theirs;
	int rc = pv_store_conflict_each(file->cli->store, try_twin, &twin,
					&file->cli->err);

	if (rc >= 0 && twin.name.len > 0 && (blob->hex[0] || other->hex[0]))
		rc = take_either(file, &twin, is_ours);
	else if (rc >= 0 && !blob->hex[0])
		rc = remove_file(file, twin.path);
	else if (rc >= 0)
		rc = take_blob(file, twin.path, is_ours);
	pv_buf_dispose(&twin.name);
	return rc;
}

static int check_yaml(resolve_file *file, const char *text, size_t len)
{
	pv_yaml_options opts = { .tags = PV_YAML_TAGS_KEEP,
				 .streams = 1,
				 .duplicate_keys = 1 };
	const char *path = pv_buf_text(&file->path);
	pv_error *err = &file->cli->err;
	pv_yaml *doc = NULL;
	int rc;

	if (!pv_str_has_suffix(path, ".yaml") && !pv_str_has_suffix(path, ".yml"))
		return PV_OK;
	rc = pv_yaml_parse(&doc, text, len, &opts, err);
	pv_yaml_free(doc);
	if (rc < 0 && rc != PV_ENOMEM) {
		pv_error what = *err;

		rc = pv_fail_id(err, PV_ERR_VALIDATION, "%s", what.message);
		pv_error_at(err, rc, path, what.line, what.column);
	}
	return pv_error_hint(err, rc, "mend the file, then \"git add\" it");
}

int resolve_stage(resolve_file *file)
{
	size_t len;
	const char *text = pv_unmerged_text(file->text, &len);
	int rc;

	rc = file->id.len
		     ? broken_check_text(file->cli, pv_buf_text(&file->path),
					 text, len,
					 "mend the file, then \"git add\" it")
		     : check_yaml(file, text, len);
	if (rc != PV_OK)
		return rc;
	rc = run_git(file, "add", "--sparse");
	if (rc < 0)
		put_back(file);
	return rc;
}

/* --- the editor ---------------------------------------------------------- */

/* Opens the lines in the editor; `lines` becomes what was saved. */
static int edit_lines(pv_buf *lines, pv_cli *cli, const char *path)
{
	int rc = pv_file_write(path, pv_buf_text(lines), lines->len, &cli->err);

	if (rc == PV_OK)
		rc = editor_open(cli, path);
	pv_buf_clear(lines);
	if (rc == PV_OK)
		rc = pv_file_read(lines, path, &cli->err);
	value_from_file(lines);
	return rc;
}

static int put_lines(pv_cli *cli, pv_unmerged *text, const char *field,
		     const pv_buf *lines, const char *path)
{
	pv_settle call = { PV_SETTLE_LINES, field, pv_buf_text(lines),
			   lines->len };
	int rc = pv_unmerged_settle(text, &call, &cli->err);

	if (rc < 0)
		return pv_error_hint(&cli->err, rc,
				     "nothing is changed; your text is in "
				     "\"%.100s\"",
				     path);
	unlink(path);
	return PV_OK;
}

int resolve_edit(pv_cli *cli, pv_unmerged *text, const char *field,
		 const char *path)
{
	pv_buf lines = { 0 };
	int rc = pv_unmerged_lines(&lines, text, field, &cli->err);

	if (rc == PV_OK)
		rc = edit_lines(&lines, cli, path);
	if (rc == PV_OK)
		rc = put_lines(cli, text, field, &lines, path);
	pv_buf_dispose(&lines);
	return rc;
}

void resolve_dispose(resolve_file *file)
{
	pv_unmerged_free(file->text);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&file->texts[i]);
	pv_strlist_dispose(&file->removed);
	pv_buf_dispose(&file->found);
	pv_buf_dispose(&file->path);
	pv_buf_dispose(&file->id);
}
