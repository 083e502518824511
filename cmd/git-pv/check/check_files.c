/* SPDX-License-Identifier: MIT
 *
 * What `git pv check` looks at beside the prompts: experiments and sets of
 * cases, which have schemas, and symbolic links among all of these, which
 * nobody follows.
 */
#include "check/check.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/experiment_files.h"

typedef int file_fn(const char *path, const pv_oid *blob, void *payload);

enum {
	FILE_MAX = 64 << 20 /* bytes */
};

static const char *const folders[] = { "experiments", "datasets", "schemas" };

/* Links to a schema are left alone: nothing says what it is for. */
enum {
	LINK_FOLDERS = 2
};

/* What the schema cannot say, above all what was changed under way. */
static int check_experiment(struct check *check, const char *path,
			    const pv_buf *text)
{
	pv_experiment *experiment = NULL;
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "file-schema",
			       .file = path };
	pv_error why = { 0 };
	pv_buf id = { 0 };
	int rc = PV_OK;

	if (experiment_id(&id, path) && !id.status)
		rc = pv_experiment_parse(&experiment, id.ptr, pv_buf_text(text),
					 text->len, &why);
	pv_experiment_free(experiment);
	pv_buf_dispose(&id);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&check->cli->err);
	if (rc == PV_OK)
		return rc;
	finding.line = why.line;
	finding.column = why.column;
	finding.message = why.message;
	finding.hint = why.hint;
	return pv_report_add(check->report, &finding, &check->cli->err);
}

static size_t count_errors(const pv_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < pv_report_count(report); i++)
		count += pv_report_at(report, i)->severity == PV_SEVERITY_ERROR;
	return count;
}

int check_data_file(struct check *check, const char *path)
{
	size_t errors = count_errors(check->report);
	pv_cli *cli = check->cli;
	pv_buf text = { .max = FILE_MAX };
	int is_marked = 0;
	int rc;

	if (check_is_unmerged(check, path))
		return check_unmerged(check, path);
	rc = pv_strlist_add(&check->checked, path, &cli->err);
	if (rc == PV_OK)
		rc = check_markers(&is_marked, check, path);
	if (rc < 0 || is_marked)
		return rc;
	rc = pv_store_read(&text, NULL, cli->store, &check->at, path, &cli->err);
	if (rc == PV_OK)
		rc = pv_check_data_file(check->report, check->rules, path,
					pv_buf_text(&text), text.len, &cli->err);
	if (rc == PV_OK && count_errors(check->report) == errors)
		rc = check_experiment(check, path, &text);
	pv_buf_dispose(&text);
	return rc;
}

static int each_file(const char *path, const pv_oid *blob, void *payload)
{
	struct check *check = payload;
	int is_meant = check_is_below(path, &check->below);
	int rc = PV_OK;

	if (!pv_check_is_data_file(path))
		return check_other(path, blob, check);
	if (is_meant && check->is_range)
		rc = check_range_changed(&is_meant, check, path, blob);
	if (rc < 0 || !is_meant ||
	    (check->has_told_unmerged && check_is_unmerged(check, path)))
		return rc;
	return check_data_file(check, path);
}

static int each_link(const char *path, const pv_oid *blob, void *payload)
{
	struct check *check = payload;
	const char *slash = strrchr(path, '/');
	int is_meant = check_is_below(path, &check->below);
	int rc = PV_OK;

	/* Readme files and the like are no prompts, however they got there. */
	if (strchr(slash ? slash : path, '.') && !check_is_yaml(path) &&
	    !pv_check_is_data_file(path))
		return PV_OK;
	if (is_meant && check->is_range)
		rc = check_range_changed(&is_meant, check, path, blob);
	if (rc < 0 || !is_meant)
		return rc;
	rc = check_find(check, PV_SEVERITY_WARNING, "symbolic-link", path,
			"a symbolic link is not followed, so nothing of it is "
			"checked",
			"put the file or folder itself in its place");
	return rc == PV_OK ? check_settle(check, path, NULL) : rc;
}

static int walk(struct check *check, const pv_point *at, file_fn *of_link,
		file_fn *of_file)
{
	pv_cli *cli = check->cli;
	int rc = pv_store_each_link(cli->store, at, cli->settings.prompts_dir,
				    of_link, check, &cli->err);

	for (size_t i = 0; rc == PV_OK && i < pv_array_len(folders); i++) {
		if (i < LINK_FOLDERS)
			rc = pv_store_each_link(cli->store, at, folders[i],
						of_link, check, &cli->err);
		if (rc == PV_OK)
			rc = pv_store_each(cli->store, at, folders[i], of_file,
					   check, &cli->err);
		/* A link to where the data is, which has been told, or a file. */
		if (rc == PV_EINVALID) {
			pv_error_clear(&cli->err);
			rc = PV_OK;
		}
	}
	return rc;
}

int check_files(struct check *check)
{
	return walk(check, &check->at, each_link, each_file);
}

int check_files_before(struct check *check, const pv_point *at, file_fn *fn)
{
	int rc = walk(check, at, fn, fn);

	return rc == PV_OK ? check_singles(check, at, fn) : rc;
}
