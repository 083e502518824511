/* SPDX-License-Identifier: MIT
 *
 * The settings versions depend on. pv.yaml is read from a commit, never from
 * an edited file, so that what a release does is itself under version
 * control. Finding the default branch needs pv.yaml, and pv.yaml is read from
 * the default branch: one look at the most likely branch breaks the circle.
 */
#include <pv/version.h>

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "prompt/settings.h"
#include "store/ref/ref_name.h"
#include "version/required.h"

static const char settings_file[] = "pv.yaml";
static const char origin_refs[] = "refs/remotes/origin/";

/* What one pv.yaml says; "" and -1 for what it does not. */
struct file_settings {
	pv_oid commit; /* it was read from; hex "" for none */
	pv_oid blob;   /* of the file; hex "" for none */
	char prompts[256];
	char branch[256];
	int auto_tag;
};

static int fail_value(pv_error *err, const pv_yaml_node *node, const char *key)
{
	int rc = pv_fail(err, PV_EINVALID, "bad value of \"%s\"", key);

	(void)pv_error_hint(err, rc, "pv.yaml(5) says what it may be");
	return pv_error_at(err, rc, settings_file, node->line, node->column);
}

/* The text of a scalar member into `out`; untouched when absent or null. */
static int read_text(char out[256], const pv_yaml_node *map, const char *key,
		     pv_error *err)
{
	const pv_yaml_node *node = pv_yaml_get(map, key);

	node = node ? pv_yaml_resolve(node) : NULL;
	if (!node || (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_NULL))
		return PV_OK;
	if (node->kind != PV_YAML_SCALAR || node->type != PV_YAML_STRING ||
	    !node->len || node->len > 255 || strlen(node->text) != node->len)
		return fail_value(err, node, key);
	memcpy(out, node->text, node->len + 1);
	return PV_OK;
}

/*
 * Whether a branch may have that name at all. What new branches are not to be
 * called, as they would read like versions, old ones may be.
 */
static int check_branch(const char *name, pv_error *err)
{
	char ref[300];

	snprintf(ref, sizeof(ref), "refs/heads/%s", name);
	if (name[0] != '-' && pv_ref_name_check(ref, NULL) == PV_OK)
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "\"%.100s\" is no branch name", name);
}

static int read_branch(char out[256], const pv_yaml_node *map, pv_error *err)
{
	static const char key[] = "default_branch";
	int rc = read_text(out, map, key, err);

	if (rc == PV_OK && out[0] && check_branch(out, NULL) < 0)
		rc = fail_value(err, pv_yaml_get(map, key), key);
	return rc;
}

static int read_auto_tag(int *out, const pv_yaml_node *root, pv_error *err)
{
	const pv_yaml_node *map = pv_yaml_get(root, "versioning");
	const pv_yaml_node *node;

	map = map ? pv_yaml_resolve(map) : NULL;
	if (!map || (map->kind == PV_YAML_SCALAR && map->type == PV_YAML_NULL))
		return PV_OK;
	if (map->kind != PV_YAML_MAPPING)
		return fail_value(err, map, "versioning");
	node = pv_yaml_get(map, "auto_tag");
	node = node ? pv_yaml_resolve(node) : NULL;
	if (!node)
		return PV_OK;
	if (node->kind != PV_YAML_SCALAR || node->type != PV_YAML_BOOL)
		return fail_value(err, node, "versioning.auto_tag");
	*out = node->text[0] == 't' || node->text[0] == 'T';
	return PV_OK;
}

static int parse_file(struct file_settings *out, pv_str text, pv_error *err)
{
	pv_yaml *doc = NULL;
	const pv_yaml_node *root;
	int rc;

	if (strspn(text.ptr, " \t\r\n") == text.len)
		return PV_OK;
	rc = pv_yaml_parse(&doc, text.ptr, text.len, NULL, err);
	if (rc < 0)
		return pv_error_at(err, rc, settings_file, err ? err->line : 0,
				   err ? err->column : 0);
	root = pv_yaml_resolve(pv_yaml_root(doc));
	if (root->kind == PV_YAML_MAPPING) {
		rc = read_text(out->prompts, root, "prompts", err);
		if (rc == PV_OK)
			rc = read_branch(out->branch, root, err);
		if (rc == PV_OK)
			rc = read_auto_tag(&out->auto_tag, root, err);
	} else if (root->kind != PV_YAML_SCALAR || root->type != PV_YAML_NULL) {
		rc = fail_value(err, root, settings_file);
		(void)pv_error_hint(err, rc, "write settings as \"name: value\"");
	}
	pv_yaml_free(doc);
	return rc;
}

static int fail_finding(const pv_finding *finding, pv_error *err)
{
	int rc = pv_fail(err, PV_EINVALID, "%.200s", finding->message);

	(void)pv_error_hint(err, rc, "%.150s", finding->hint);
	return pv_error_at(err, rc, settings_file, finding->line,
			   finding->column);
}

/* The first thing that the schema of the file refuses. */
static int judge(pv_str text, pv_error *err)
{
	pv_report *report = NULL;
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, text.ptr, text.len, NULL, err);

	if (rc == PV_OK)
		rc = pv_report_new(&report, err);
	if (rc == PV_OK)
		rc = pv_settings_judge(report, doc, settings_file, err);
	for (size_t i = 0; rc == PV_OK && i < pv_report_count(report); i++)
		if (pv_report_at(report, i)->severity == PV_SEVERITY_ERROR)
			rc = fail_finding(pv_report_at(report, i), err);
	pv_report_free(report);
	pv_yaml_free(doc);
	return rc;
}

int pv_settings_check(const char *text, size_t len, pv_error *err)
{
	struct file_settings file = { .auto_tag = -1 };
	pv_str all = { text, len };
	int rc = parse_file(&file, all, err);

	/* Of what is there already, little depends on the rest. */
	if (rc == PV_OK)
		rc = pv_required_checks_read(all, err);
	return rc < 0 ? rc : judge(all, err);
}

/* The file at a point; one that is not there sets nothing. */
static int read_at(struct file_settings *out, pv_store *store,
		   const pv_point *at, pv_error *err)
{
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, &out->blob, store, at, settings_file, err);

	if (rc == PV_OK) {
		pv_str all = { pv_buf_text(&text), text.len };

		rc = parse_file(out, all, err);
	} else if (rc == PV_ENOTFOUND) {
		rc = PV_OK;
	}
	pv_buf_dispose(&text);
	return rc;
}

static int is_broken(int rc)
{
	return rc == PV_ESYNTAX || rc == PV_EINVALID || rc == PV_ELIMIT;
}

/* Reads the file at `commit`, or the working tree's for hex "". */
static int read_file(struct file_settings *out, pv_store *store,
		     const pv_oid *commit, pv_error *err)
{
	static const struct file_settings none = { .auto_tag = -1 };
	pv_point work = { PV_AT_WORKTREE, { "" } };
	pv_point at = { PV_AT_COMMIT, *commit };
	int is_bare = pv_store_is_bare(store);
	int rc = PV_OK;

	*out = none;
	if (commit->hex[0] || !is_bare)
		rc = read_at(out, store, commit->hex[0] ? &at : &work, err);
	/* Where the file is mended, that has to be committed somehow. */
	if (is_broken(rc) && commit->hex[0] && !is_bare) {
		*out = none;
		if (read_at(out, store, &work, NULL) == PV_OK) {
			pv_error_clear(err);
			rc = PV_OK;
		}
	}
	out->commit = *commit;
	return rc;
}

/* A configuration value into `out`, which keeps its text when not set. */
static int read_config(char out[256], pv_store *store, const char *key,
		       pv_error *err)
{
	pv_buf value = { 0 };
	int rc = pv_store_config(&value, store, key, err);

	if (rc == PV_OK && value.len > 255)
		rc = pv_fail(err, PV_EINVALID, "value of \"%s\" is too long",
			     key);
	else if (rc == PV_OK && value.len)
		memcpy(out, value.ptr, value.len + 1);
	else if (rc == PV_ENOTFOUND)
		rc = PV_OK;
	pv_buf_dispose(&value);
	return rc;
}

/* A boolean of git's configuration into `out`, untouched when not set. */
static int read_config_bool(int *out, pv_store *store, const char *key,
			    pv_error *err)
{
	int value = pv_store_config_bool(store, key, 0);
	pv_buf text = { 0 };
	int rc;

	if (value == pv_store_config_bool(store, key, 1)) {
		*out = value;
		return PV_OK;
	}
	/* The fallback came back: it is not set, or no boolean. */
	rc = pv_store_config(&text, store, key, err);
	if (rc == PV_OK)
		rc = pv_fail(err, PV_EINVALID,
			     "bad boolean \"%.60s\" of \"%s\" in git's "
			     "configuration",
			     pv_buf_text(&text), key);
	else if (rc == PV_ENOTFOUND)
		rc = PV_OK;
	pv_buf_dispose(&text);
	return rc;
}

/*
 * The branch origin's HEAD names, or "". A symbolic ref is a file of its own
 * also where other refs are packed.
 */
static int read_origin_head(char out[256], pv_store *store, pv_error *err)
{
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	pv_str name = { 0 };
	int rc;

	out[0] = '\0';
	pv_buf_printf(&path, "%s/%sHEAD", pv_store_common_dir(store),
		      origin_refs);
	rc = pv_buf_status(&path, err);
	if (rc < 0)
		goto out;
	if (pv_file_read(&text, path.ptr, NULL) == PV_OK)
		name = pv_str_trim(pv_str_of(text.ptr));
	if (name.len && pv_str_has_prefix(name.ptr, "ref: ")) {
		size_t skip = strlen("ref: ") + strlen(origin_refs);

		if (name.len > skip && name.len - skip < 256 &&
		    pv_str_has_prefix(name.ptr + 5, origin_refs))
			snprintf(out, 256, "%.*s", (int)(name.len - skip),
				 name.ptr + skip);
	}
out:
	pv_buf_dispose(&text);
	pv_buf_dispose(&path);
	return rc;
}

/* HEAD's branch ("" when detached or too long for us) and commit. */
static int read_head(char branch[256], pv_oid *commit, pv_store *store,
		     pv_error *err)
{
	pv_buf name = { 0 };
	int rc = pv_store_head(&name, commit, store, err);

	branch[0] = '\0';
	if (rc == PV_OK && name.len && name.len < 256)
		memcpy(branch, name.ptr, name.len + 1);
	pv_buf_dispose(&name);
	return rc;
}

/* The commit of a branch here or at origin; PV_ENOTFOUND. */
static int branch_tip(pv_oid *out, pv_store *store, const char *branch,
		      pv_error *err)
{
	char name[300];
	int rc;

	snprintf(name, sizeof(name), "refs/heads/%s", branch);
	rc = pv_store_ref(out, store, name, err);
	if (rc == PV_ENOTFOUND) {
		snprintf(name, sizeof(name), "%s%s", origin_refs, branch);
		rc = pv_store_ref(out, store, name, err);
	}
	return rc;
}

static int tip_or_head(pv_oid *out, pv_store *store, const char *branch,
		       pv_error *err)
{
	int rc = PV_ENOTFOUND;

	if (branch[0])
		rc = branch_tip(out, store, branch, err);
	if (rc == PV_ENOTFOUND)
		rc = pv_store_head(NULL, out, store, err);
	return rc;
}

int pv_settings_tip(pv_oid *out, pv_store *store, const pv_settings *settings,
		    pv_error *err)
{
	int rc = tip_or_head(out, store, settings->default_branch, err);

	if (rc == PV_OK && !out->hex[0])
		rc = pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				"branch \"%.80s\" has no commit yet",
				settings->default_branch);
	return rc;
}

static void set_default(char out[256], const char *text)
{
	if (text[0])
		snprintf(out, 256, "%s", text);
}

/*
 * The branch that is the default one by custom and exists here, or "". HEAD's
 * branch comes later: a feature branch that is checked out must not release.
 */
static int read_usual(char out[256], pv_store *store, pv_error *err)
{
	char configured[256] = "";
	const char *const names[] = { configured, "main", "master" };
	pv_oid oid;
	int rc = read_config(configured, store, "init.defaultBranch", err);

	out[0] = '\0';
	for (size_t i = 0; rc == PV_OK && i < pv_array_len(names); i++) {
		char ref[300];

		snprintf(ref, sizeof(ref), "refs/heads/%s", names[i]);
		if (!out[0] && names[i][0] &&
		    pv_store_ref(&oid, store, ref, NULL) == PV_OK)
			set_default(out, names[i]);
	}
	return rc;
}

/*
 * A branch to read pv.yaml from while the setting is not known, in `branch`
 * ("" for a detached HEAD without remote), with the file in `probe`.
 */
static int probe_file(struct file_settings *probe, char branch[256],
		      pv_store *store, pv_error *err)
{
	char head[256];
	pv_oid commit = { "" };
	int rc = read_head(head, &commit, store, err);

	if (rc == PV_OK)
		rc = read_origin_head(branch, store, err);
	if (rc == PV_OK && !branch[0])
		rc = read_usual(branch, store, err);
	if (rc < 0)
		return rc;
	if (!branch[0])
		memcpy(branch, head, sizeof(head));
	if (branch[0]) {
		rc = tip_or_head(&commit, store, branch, err);
		if (rc < 0)
			return rc;
	}
	return read_file(probe, store, &commit, err);
}

static int find_branch(char out[256], struct file_settings *probe,
		       pv_store *store, pv_error *err)
{
	int rc = probe_file(probe, out, store, err);

	if (rc < 0)
		return rc;
	set_default(out, probe->branch);
	if (!out[0])
		set_default(out, "main");
	return PV_OK;
}

static int is_folder_part(pv_str name)
{
	return name.len && !pv_str_is(name, ".") && !pv_str_is(name, "..") &&
	       !pv_str_is(name, ".git");
}

static int fail_folder(const char *path, pv_error *err)
{
	int rc = pv_fail(err, PV_EINVALID, "bad folder of prompts \"%.100s\"",
			 path);

	return pv_error_hint(err, rc,
			     "\"prompts\" is a folder below the repository's "
			     "top");
}

/* A folder inside the repository, as git names it. */
static int check_folder(char path[256], pv_error *err)
{
	size_t len = strlen(path);
	size_t at = 0;

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	while (at <= len) {
		pv_str name = { path + at, strcspn(path + at, "/") };

		if (!is_folder_part(name))
			return fail_folder(path, err);
		at += name.len + 1;
	}
	return PV_OK;
}

int pv_settings_folder(char out[256], const char *text, size_t len, pv_error *err)
{
	struct file_settings file = { .prompts = "prompts", .auto_tag = -1 };
	pv_str all = { text, len };
	int rc = parse_file(&file, all, err);

	if (rc == PV_OK)
		rc = check_folder(file.prompts, err);
	memcpy(out, file.prompts, sizeof(file.prompts));
	return rc;
}

static int load_settings(pv_settings *out, pv_store *store, pv_error *err)
{
	struct file_settings file = { .auto_tag = -1 };
	char configured[256] = "";
	pv_oid tip = { "" };
	int rc;

	memset(out, 0, sizeof(*out));
	set_default(out->prompts_dir, "prompts");
	rc = read_config(out->default_branch, store, "pv.defaultBranch", err);
	if (rc == PV_OK && out->default_branch[0])
		rc = check_branch(out->default_branch, err);
	if (rc == PV_OK && !out->default_branch[0])
		rc = find_branch(out->default_branch, &file, store, err);
	if (rc == PV_OK)
		rc = tip_or_head(&tip, store, out->default_branch, err);
	if (rc == PV_OK && (!tip.hex[0] || strcmp(tip.hex, file.commit.hex) != 0))
		rc = read_file(&file, store, &tip, err);
	if (rc < 0)
		return rc;
	rc = read_config(configured, store, "pv.prompts", err);
	out->is_configured = configured[0] != '\0';
	set_default(out->prompts_dir, file.prompts);
	set_default(out->prompts_dir, configured);
	if (rc == PV_OK)
		rc = check_folder(out->prompts_dir, err);
	if (rc < 0)
		return rc;
	out->file = file.blob;
	out->auto_tag = file.auto_tag != 0;
	return read_config_bool(&out->auto_tag, store, "pv.versioning.autoTag",
				err);
}

int pv_settings_load(pv_settings *out, pv_store *store, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "version", "settings",
			    load_settings(out, store, err));
}
