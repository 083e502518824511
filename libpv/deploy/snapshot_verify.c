/* SPDX-License-Identifier: MIT
 *
 * Looking at snapshots, whoever wrote them. The hash is of the bytes before the
 * last line, so nothing has to be written anew to compute it; ids of files and
 * closures are what git has, so that a hash made to fit is found out wherever
 * the version is known.
 */
#include <pv/snapshot.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/object/sha1.h"
#include "version/closure.h"

static const char format_name[] = "git-pv-snapshot";
static const char format_rule[] = "snapshot-format";

struct looking {
	pv_report *report;
	pv_map files; /* blob to its pv_json */
	pv_error *err;
};

static int find(struct looking *it, const char *rule, const char *format, ...)
	PV_PRINTF(3, 4);

static int find(struct looking *it, const char *rule, const char *format, ...)
{
	char message[256];
	const pv_finding finding = { .severity = PV_SEVERITY_ERROR,
				     .rule = rule,
				     .file = "",
				     .message = message,
				     .hint = "" };
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return pv_report_add(it->report, &finding, it->err);
}

/* A text of an object; "" for anything else. */
static const char *text_of(const pv_json *from, const char *key)
{
	const char *text = pv_json_text(pv_json_get(from, key), NULL);

	return text ? text : "";
}

static int is_hex(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

/* --- the hash ---------------------------------------------------------------- */

/* Where the last line begins; `len` when there is none. */
static size_t last_line(const char *text, size_t len)
{
	size_t at = len && text[len - 1] == '\n' ? len - 1 : 0;

	while (at && text[at - 1] != '\n')
		at--;
	return at ? at : len;
}

static int check_hash(struct looking *it, pv_snapshot_info *info,
		      const char *text, size_t len)
{
	char hex[PV_SHA256_HEX];
	char line[PV_SHA256_HEX + 32];
	size_t at = last_line(text, len);
	pv_sha256 sha;

	pv_sha256_init(&sha);
	pv_sha256_update(&sha, text, at);
	pv_sha256_final(hex, &sha);
	snprintf(line, sizeof(line), "\"hash\":\"sha256:%s\"}\n", hex);
	memcpy(info->hash, hex, sizeof(info->hash));
	if (len - at == strlen(line) && !memcmp(text + at, line, len - at))
		return PV_OK;
	return find(it, "snapshot-hash",
		    "the bytes are not those that its last line has the hash of");
}

/* --- files -------------------------------------------------------------------- */

static int is_blob(const char *hex, pv_str content)
{
	unsigned char id[PV_SHA1_SIZE];
	char text[2 * PV_SHA1_SIZE + 1];

	pv_sha1_object(id, "blob", content);
	for (size_t i = 0; i < PV_SHA1_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	return !strcmp(text, hex);
}

static int check_file(struct looking *it, const pv_json *file)
{
	const char *blob = text_of(file, "blob");
	pv_str content = { NULL, 0 };

	content.ptr = pv_json_text(pv_json_get(file, "text"), &content.len);
	if (!is_hex(blob, 40) || !content.ptr)
		return find(it, format_rule, "a file has no blob or no text");
	if (!is_blob(blob, content))
		return find(it, "snapshot-file",
			    "the file %.7s has other bytes than its id says",
			    blob);
	return pv_map_set(&it->files, pv_str_of(blob), (void *)&it->files, NULL,
			  it->err);
}

/* --- prompts ------------------------------------------------------------------- */

static int has_file(struct looking *it, const char *blob)
{
	return pv_map_find(&it->files, pv_str_of(blob)) != NULL;
}

/* Takes the members of a prompt; `*is_own_out`: its own file is among them. */
static int read_members(pv_members *out, int *is_own_out, struct looking *it,
			const pv_json *prompt)
{
	const pv_json *all = pv_json_get(prompt, "members");
	size_t count = pv_json_count(all);
	int rc = PV_OK;

	*is_own_out = 0;
	out->items = pv_calloc(count + 1, sizeof(*out->items));
	if (!out->items)
		return pv_fail_nomem(it->err);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const char *path = text_of(pv_json_at(all, i), "path");
		const char *blob = text_of(pv_json_at(all, i), "blob");

		if (!*path || !is_hex(blob, 40) || !has_file(it, blob))
			rc = find(it, "snapshot-file",
				  "\"%.100s\" refers to \"%.100s\", which is not "
				  "in it",
				  text_of(prompt, "id"), path);
		out->items[i].path = path;
		snprintf(out->items[i].blob.hex, sizeof(out->items[i].blob.hex),
			 "%s", blob);
		*is_own_out |= !strcmp(path, text_of(prompt, "path")) &&
			       !strcmp(blob, text_of(prompt, "blob"));
		out->count++;
	}
	return rc;
}

static int check_prompt(struct looking *it, const pv_json *prompt)
{
	char closure[PV_CLOSURE_TEXT];
	pv_members members = { 0 };
	const char *id = text_of(prompt, "id");
	int is_own;
	int rc;

	if (pv_id_check(id, NULL) < 0)
		return find(it, format_rule, "a prompt has no id, or a bad one");
	rc = read_members(&members, &is_own, it, prompt);
	if (rc == PV_OK && !is_own)
		rc = find(it, "snapshot-file",
			  "the file of \"%.140s\" is not among its members", id);
	pv_closure_digest(closure, &members, NULL, NULL);
	if (rc == PV_OK && strcmp(closure, text_of(prompt, "closure")) != 0)
		rc = find(it, "snapshot-closure",
			  "the closure of \"%.140s\" is not that of its members",
			  id);
	pv_free(members.items);
	return rc;
}

/* --- the whole ----------------------------------------------------------------- */

static int check_head(struct looking *it, pv_snapshot_info *info,
		      const pv_json *root)
{
	const char *environment = text_of(root, "environment");
	const char *deployment = text_of(root, "deployment");

	if (strcmp(text_of(root, "format"), format_name) != 0)
		return find(it, format_rule, "it is no snapshot of git-pv");
	if (pv_json_int(pv_json_get(root, "format_version"), 0) != 1)
		return find(it, format_rule,
			    "its format is of another version than 1");
	if (strlen(environment) < sizeof(info->environment))
		snprintf(info->environment, sizeof(info->environment), "%s",
			 environment);
	if (is_hex(deployment, 40))
		memcpy(info->deployment.hex, deployment, 41);
	if (info->environment[0] && info->deployment.hex[0])
		return PV_OK;
	return find(it, format_rule, "it does not say what it was made of");
}

static int check_all(struct looking *it, pv_snapshot_info *info,
		     const pv_json *root)
{
	const pv_json *files = pv_json_get(root, "files");
	const pv_json *prompts = pv_json_get(root, "prompts");
	int rc = check_head(it, info, root);

	info->files = pv_json_count(files);
	info->prompts = pv_json_count(prompts);
	for (size_t i = 0; i < info->files && rc == PV_OK; i++)
		rc = check_file(it, pv_json_at(files, i));
	for (size_t i = 0; i < info->prompts && rc == PV_OK; i++)
		rc = check_prompt(it, pv_json_at(prompts, i));
	return rc;
}

int pv_snapshot_verify(pv_snapshot_info *info, pv_report *report,
		       const char *text, size_t len, pv_error *err)
{
	struct looking it = { .report = report, .err = err };
	pv_json_doc *doc = NULL;
	int rc;

	memset(info, 0, sizeof(*info));
	rc = check_hash(&it, info, text, len);
	if (rc < 0)
		return rc;
	rc = pv_json_parse(&doc, text, len, err);
	if (rc == PV_OK) {
		rc = check_all(&it, info, pv_json_root(doc));
	} else if (rc != PV_ENOMEM) {
		pv_error_clear(err);
		rc = find(&it, format_rule, "it is no JSON document");
	}
	pv_json_free(doc);
	pv_map_dispose(&it.files);
	return rc;
}
