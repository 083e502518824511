/* SPDX-License-Identifier: MIT
 *
 * What commits may bring: no links and submodules where prompts are, no file
 * beyond the limit, no names that a file system could take for one. Each new
 * commit is looked at, not only the last: what was ever in, can be got out.
 */
#include <stdlib.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "review/hook.h"

enum {
	MODE_LINK = 0120000,
	MODE_SUBMODULE = 0160000
};

struct files {
	push *job;
	pv_map sizes_of; /* blob: one of its paths, in `paths` */
	pv_buf wanted;   /* blobs, one a line */
	pv_strlist paths;
	int has_new; /* a path came */
};

static int is_at_or_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && (!path[len] || path[len] == '/');
}

/* Files that git-pv reads, or that say how git treats them. */
static int is_ours(const push *job, const char *path)
{
	static const char *const places[] = { "pv.yaml",     ".gitattributes",
					      ".gitmodules", "experiments",
					      "datasets",    "schemas" };

	for (size_t i = 0; i < pv_array_len(places); i++)
		if (is_at_or_below(path, places[i]))
			return 1;
	return is_at_or_below(path, job->cli->settings.prompts_dir);
}

static int judge_name(struct files *to, const char *path)
{
	pv_cli *cli = to->job->cli;
	size_t len = strlen(cli->settings.prompts_dir);
	pv_buf id = { 0 };
	int rc;

	if (strncmp(path, cli->settings.prompts_dir, len) != 0 ||
	    path[len] != '/' || !pv_str_has_suffix(path, ".yaml"))
		return PV_OK;
	rc = pv_prompt_id(&id, &cli->settings, path, NULL);
	pv_buf_dispose(&id);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	if (rc < 0)
		push_refuse(to->job, "bad-id",
			    "ids are of lower-case letters, digits and ._-",
			    "\"%.200s\" cannot be a prompt", path);
	return PV_OK;
}

static int want_size(struct files *to, const changed_file *file)
{
	pv_error *err = &to->job->cli->err;
	pv_str key = { file->blob.hex, 40 };
	int rc;

	if (pv_map_find(&to->sizes_of, key))
		return PV_OK;
	rc = pv_strlist_add(&to->paths, file->path, err);
	if (rc == PV_OK)
		rc = pv_map_set(&to->sizes_of, key,
				to->paths.items[to->paths.count - 1], NULL, err);
	pv_buf_printf(&to->wanted, "%s\n", file->blob.hex);
	return rc == PV_OK ? pv_buf_status(&to->wanted, err) : rc;
}

static int judge_file(const char *commit, const changed_file *file, void *payload)
{
	struct files *to = payload;

	if (!file->mode)
		return PV_OK;
	to->has_new |= file->status == 'A';
	if (file->mode == MODE_LINK && is_ours(to->job, file->path))
		push_refuse(to->job, "symlink",
			    "write the file itself; a link may lead anywhere",
			    "\"%.200s\" is a symbolic link, in %.7s",
			    file->path, commit);
	if (file->mode == MODE_SUBMODULE) {
		if (is_ours(to->job, file->path))
			push_refuse(to->job, "submodule",
				    "prompts are files of the repository itself",
				    "\"%.200s\" is a submodule, in %.7s",
				    file->path, commit);
		return PV_OK;
	}
	return want_size(to, file);
}

/* --- sizes ------------------------------------------------------------------- */

static void judge_sizes(struct files *to, const char *text)
{
	int64_t max = pv_policy_max_file_size(to->job->policy);

	for (; *text; text += strcspn(text, "\n") + 1) {
		pv_str key = { text, 40 };
		long long size;
		const char *path;

		if (strlen(text) < 42)
			break;
		size = strtoll(text + 41, NULL, 10);
		path = pv_map_find(&to->sizes_of, key);
		if (path && size > max)
			push_refuse(to->job, "file-size",
				    "\"max_file_size\" of the policy is the limit",
				    "\"%.180s\" has %lld bytes, %lld are allowed",
				    path, size, (long long)max);
	}
}

static int ask_sizes(struct files *to)
{
	static const char *const args[] = {
		"cat-file", "--batch-check=%(objectname) %(objectsize)", NULL
	};
	pv_git_options opts = { 0 };
	pv_buf text = { 0 };
	int status = 0;
	int rc;

	if (!to->wanted.len)
		return PV_OK;
	opts.input = to->wanted.ptr;
	opts.input_len = to->wanted.len;
	rc = pv_git_run(&text, &status, to->job->cli->store, args, &opts,
			&to->job->cli->err);
	if (rc == PV_OK && status)
		rc = pv_fail(&to->job->cli->err, PV_EGIT,
			     "git cat-file cannot tell the sizes of files");
	if (rc == PV_OK)
		judge_sizes(to, pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

/* --- names that collide -------------------------------------------------------- */

struct folded {
	push *job;
	pv_map seen; /* in lower case: as written, in `paths` */
	pv_strlist paths;
	pv_buf lower;
};

static int fold(const char *path, const pv_oid *blob, void *payload)
{
	struct folded *to = payload;
	pv_error *err = &to->job->cli->err;
	const char *other;
	pv_str key;
	int rc;

	(void)blob;
	pv_buf_clear(&to->lower);
	for (const char *c = path; *c; c++)
		pv_buf_putc(&to->lower,
			    (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c));
	rc = pv_buf_status(&to->lower, err);
	if (rc < 0)
		return rc;
	key.ptr = to->lower.ptr;
	key.len = to->lower.len;
	other = pv_map_find(&to->seen, key);
	if (other) {
		push_refuse(to->job, "case-collision",
			    "some file systems cannot tell them apart: rename "
			    "one",
			    "\"%.100s\" and \"%.100s\" differ in case only",
			    other, path);
		return PV_OK;
	}
	rc = pv_strlist_add(&to->paths, path, err);
	return rc == PV_OK ? pv_map_set(&to->seen, key,
					to->paths.items[to->paths.count - 1],
					NULL, err)
			   : rc;
}

/* Files and what they lie in: "A/x" and "a" collide, too, but rarely. */
static int judge_collisions(push *job, const pv_oid *tip)
{
	pv_point at = { PV_AT_COMMIT, *tip };
	struct folded to = { .job = job };
	int rc = pv_store_each(job->cli->store, &at, "", fold, &to,
			       &job->cli->err);

	pv_map_dispose(&to.seen);
	pv_strlist_dispose(&to.paths);
	pv_buf_dispose(&to.lower);
	return rc;
}

static int judge_names(const char *path, const pv_oid *blob, void *payload)
{
	(void)blob;
	return judge_name(payload, path);
}

int push_judge_files(push *job, const pv_strlist *commits, const pv_oid *tip)
{
	pv_point at = { PV_AT_COMMIT, *tip };
	struct files to = { .job = job };
	pv_cli *cli = job->cli;
	int rc = push_each_file(job, commits, judge_file, &to);

	if (rc == PV_OK)
		rc = ask_sizes(&to);
	if (rc == PV_OK && to.has_new)
		rc = judge_collisions(job, tip);
	if (rc == PV_OK && to.has_new)
		rc = pv_store_each(cli->store, &at, cli->settings.prompts_dir,
				   judge_names, &to, &cli->err);
	pv_map_dispose(&to.sizes_of);
	pv_strlist_dispose(&to.paths);
	pv_buf_dispose(&to.wanted);
	return rc;
}

/* A tag of a file or a folder brings no commits. */
int push_judge_brought(push *job)
{
	pv_cli *cli = job->cli;
	pv_strlist commits = { 0 };
	pv_oid tip;
	int rc = pv_store_resolve(&tip, cli->store, job->at->new.hex, NULL);

	if (rc < 0)
		return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
	rc = push_commits(&commits, job, "--all");
	if (rc == PV_OK && commits.count)
		rc = push_judge_files(job, &commits, &tip);
	pv_strlist_dispose(&commits);
	return rc;
}
