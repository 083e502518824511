/* SPDX-License-Identifier: MIT
 *
 * Reading schemas and data. A relative reference is a path in the folder,
 * which it cannot leave: resolving drops its "..", and a link that leads
 * outside is not followed. Any other is looked for among the $ids of the
 * folder's files.
 */
#include "check/schema_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"

enum {
	FILE_MAX = 256 << 20 /* bytes */
};

static int is_yaml_name(const char *name)
{
	return pv_str_has_suffix(name, ".yaml") ||
	       pv_str_has_suffix(name, ".yml");
}

static int to_json(pv_buf *out, const pv_buf *text, pv_error *err)
{
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL, err);

	if (rc == PV_OK)
		rc = pv_yaml_to_json(out, pv_yaml_root(doc), err);
	pv_yaml_free(doc);
	return rc;
}

static int read_file(pv_buf *out, const char *path, pv_error *err)
{
	pv_buf text = { .max = FILE_MAX };
	int rc = pv_file_read(&text, path, err);

	if (rc == PV_OK && is_yaml_name(path))
		rc = to_json(out, &text, err);
	else if (rc == PV_OK)
		pv_buf_put(out, text.ptr, text.len);
	pv_buf_dispose(&text);
	if (rc == PV_ESYNTAX && err && !err->source[0])
		pv_error_at(err, rc, path, err->line, err->column);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

int schema_read(pv_buf *out, pv_cli *cli, const char *name)
{
	if (!strcmp(name, "-"))
		return cli_read_stdin(out, cli);
	return read_file(out, name, &cli->err);
}

static int is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* Whether what `path` is in the end lies below the folder. */
static int is_inside(const char *folder, const char *path)
{
	char *top = realpath(folder, NULL);
	char *end = realpath(path, NULL);
	size_t len = top ? strlen(top) : 0;
	int is_in = top && end && !strncmp(top, end, len) &&
		    (end[len] == '/' || (len && top[len - 1] == '/'));

	free(top);
	free(end);
	return is_in;
}

static int load_path(pv_buf *out, const char *folder, const char *name,
		     pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s", folder, name);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = is_file(pv_buf_text(&path)) &&
				     is_inside(folder, pv_buf_text(&path))
			     ? read_file(out, pv_buf_text(&path), err)
			     : PV_ENOTFOUND;
	pv_buf_dispose(&path);
	return rc;
}

/* --- at a commit ------------------------------------------------------------ */

static int read_blob(pv_buf *out, const schema_files *files, const char *path,
		     pv_error *err)
{
	pv_buf text = { .max = FILE_MAX };
	int rc = pv_store_read(&text, NULL, files->store, &files->at, path, err);

	if (rc == PV_OK && is_yaml_name(path))
		rc = to_json(out, &text, err);
	else if (rc == PV_OK)
		pv_buf_put(out, text.ptr, text.len);
	pv_buf_dispose(&text);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

/* A path in the folder, else one from the top, as prompts refer to schemas. */
static int load_blob(pv_buf *out, const schema_files *files, const char *uri,
		     pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	if (strchr(uri, ':'))
		return PV_ENOTFOUND;
	pv_buf_printf(&path, "%s%s%s", files->folder, *files->folder ? "/" : "",
		      uri);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = read_blob(out, files, pv_buf_text(&path), err);
	if (rc == PV_ENOTFOUND && *files->folder) {
		pv_error_clear(err);
		rc = read_blob(out, files, uri, err);
	}
	if (rc == PV_ENOTFOUND)
		pv_error_clear(err);
	pv_buf_dispose(&path);
	return rc;
}

/* --- by $id ----------------------------------------------------------------- */

/* Whether the document calls itself `uri`. */
static int is_called(const pv_buf *json, const char *uri)
{
	pv_json_doc *doc = NULL;
	size_t len = 0;
	const char *id;
	int is_it;

	if (pv_json_parse(&doc, pv_buf_text(json), json->len, NULL) < 0)
		return 0;
	id = pv_json_text(pv_json_get(pv_json_root(doc), "$id"), &len);
	if (id && len && id[len - 1] == '#')
		len--;
	is_it = id && strlen(uri) == len && !memcmp(uri, id, len);
	pv_json_free(doc);
	return is_it;
}

/* PV_OK once a file was it; PV_ENOTFOUND goes on. */
static int load_if_called(pv_buf *out, const char *folder, const char *name,
			  const char *uri)
{
	size_t before = out->len;

	if (!pv_str_has_suffix(name, ".json") && !is_yaml_name(name))
		return PV_ENOTFOUND;
	/* One that cannot be read is not what was meant. */
	if (load_path(out, folder, name, NULL) == PV_OK && is_called(out, uri))
		return PV_OK;
	pv_buf_truncate(out, before);
	return PV_ENOTFOUND;
}

static int load_called(pv_buf *out, const char *folder, const char *uri,
		       pv_error *err)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int rc = PV_ENOTFOUND;

	if (!dir)
		return pv_fail_errno(err, errno, "open", folder);
	while (rc == PV_ENOTFOUND && (entry = readdir(dir)) != NULL)
		rc = load_if_called(out, folder, entry->d_name, uri);
	(void)closedir(dir);
	return rc;
}

int schema_load(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	const schema_files *files = payload;

	if (files->store)
		return load_blob(out, files, uri, err);
	if (strchr(uri, ':'))
		return load_called(out, files->folder, uri, err);
	return load_path(out, files->folder, uri, err);
}

/* --- a whole schema ---------------------------------------------------------- */

int schema_at_file(pv_cli *cli, int rc, const char *name)
{
	if (rc < 0 && !cli->err.source[0])
		pv_error_at(&cli->err, rc,
			    strcmp(name, "-") ? name : "standard input",
			    cli->err.line, cli->err.column);
	return rc;
}

/* The path behind the revision of REV:PATH; NULL for a plain file. */
static const char *split(pv_buf *rev, const char *name)
{
	const char *colon = strchr(name, ':');

	if (!colon || is_file(name) || !colon[1])
		return NULL;
	pv_buf_put(rev, name, (size_t)(colon - name));
	return colon + 1;
}

static int read_at(pv_buf *out, schema_files *files, pv_cli *cli,
		   const char *rev, const char *path)
{
	int rc = cli->store ? PV_OK : cli_open_store(cli);

	files->at.kind = *rev ? PV_AT_COMMIT : PV_AT_INDEX;
	if (rc == PV_OK && *rev)
		rc = pv_store_resolve(&files->at.commit, cli->store, rev,
				      &cli->err);
	if (rc < 0)
		return rc;
	files->store = cli->store;
	return read_blob(out, files, path, &cli->err);
}

int schema_open(pv_schema **out, pv_cli *cli, const char *name,
		const char *folder, int notes_formats)
{
	schema_files files = { folder, NULL, { PV_AT_COMMIT, { "" } } };
	pv_schema_options how = { .assert_formats = !notes_formats,
				  .load = schema_load,
				  .payload = &files };
	pv_buf rev = { 0 };
	pv_buf own = { 0 };
	pv_buf json = { 0 };
	const char *path = split(&rev, name);
	const char *slash = strrchr(path ? path : name, '/');
	int rc;

	if (slash)
		pv_buf_put(&own, path ? path : name,
			   (size_t)(slash - (path ? path : name)));
	if (slash == name)
		pv_buf_putc(&own, '/');
	if (path)
		rc = read_at(&json, &files, cli, pv_buf_text(&rev), path);
	else
		rc = schema_read(&json, cli, name);
	if (path || (!folder && slash))
		files.folder = pv_buf_text(&own);
	else if (!folder)
		files.folder = ".";
	if (rc == PV_OK)
		rc = schema_at_file(cli,
				    pv_schema_new(out, pv_buf_text(&json),
						  json.len, &how, &cli->err),
				    name);
	pv_buf_dispose(&json);
	pv_buf_dispose(&own);
	pv_buf_dispose(&rev);
	return rc;
}

void schema_finding_json(pv_jsonw *w, const pv_schema_finding *finding)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "instance_path", finding->instance_path);
	pv_jsonw_member(w, "schema_path", finding->schema_path);
	pv_jsonw_member(w, "keyword", finding->keyword);
	pv_jsonw_member(w, "message", finding->message);
	pv_jsonw_object_end(w);
}
