/* SPDX-License-Identifier: MIT
 *
 * Rows that could not wait for the index: each call's in a file of its own
 * beside it, named by when they came and written whole, so that nobody has to
 * hold a lock. They are taken over oldest first; a row that is met twice is
 * recorded once, by its id.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "index/execution.h"

enum {
	DRAFT_SECONDS = 86400, /* nobody writes one file for so long */
	OFFER_WAIT_MS = 5,
	OFFER_FILES = 16 /* taken over on the way, at most */
};

static const char ending[] = ".jsonl";
static const char bad_ending[] = ".jsonl.bad";

/* --- files ---------------------------------------------------------------- */

static int spool_path(pv_buf *out, const char *index, const char *name,
		      pv_error *err)
{
	pv_buf_clear(out);
	pv_buf_printf(out, "%s.spool%s%s", index, name ? "/" : "",
		      name ? name : "");
	return pv_buf_status(out, err);
}

/* The names with an ending, oldest first; none without a folder. */
static int list_files(pv_strlist *out, const char *index, const char *tail,
		      pv_error *err)
{
	const struct dirent *entry;
	pv_buf path = { 0 };
	DIR *dir = NULL;
	int rc = spool_path(&path, index, NULL, err);

	if (rc == PV_OK)
		dir = opendir(path.ptr);
	if (rc == PV_OK && !dir && errno != ENOENT && errno != ENOTDIR)
		rc = pv_fail_errno(err, errno, "read", path.ptr);
	while (dir && rc == PV_OK) {
		/* The stream is ours. NOLINTNEXTLINE(concurrency-mt-unsafe) */
		entry = readdir(dir);
		if (!entry)
			break;
		if (entry->d_name[0] != '.' &&
		    pv_str_has_suffix(entry->d_name, tail))
			rc = pv_strlist_add(out, entry->d_name, err);
	}
	if (dir)
		closedir(dir);
	pv_strlist_sort(out);
	pv_buf_dispose(&path);
	return rc;
}

/* "....jsonl.8655pK" is what pv_file_write has not finished. */
static int is_draft(const char *name)
{
	size_t len = strlen(name);
	size_t tail = sizeof(ending) - 1;

	return len > tail + 7 && name[len - 7] == '.' &&
	       strncmp(name + len - 7 - tail, ending, tail) == 0;
}

/* Sweeps what killed processes began to write and nobody was told of. */
static void drop_drafts(const char *index)
{
	int64_t old = pv_clock_now(NULL) / 1000000 - DRAFT_SECONDS;
	pv_strlist names = { 0 };
	pv_buf path = { 0 };
	struct stat st;
	int rc = list_files(&names, index, "", NULL);

	for (size_t i = 0; i < names.count && rc == PV_OK; i++) {
		if (!is_draft(names.items[i]))
			continue;
		rc = spool_path(&path, index, names.items[i], NULL);
		if (rc == PV_OK && stat(path.ptr, &st) == 0 && st.st_mtime < old)
			(void)unlink(path.ptr);
	}
	pv_buf_dispose(&path);
	pv_strlist_dispose(&names);
}

static int put_aside(pv_execution *const *rows, size_t count, const char *index,
		     pv_error *err)
{
	char name[64];
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		rc = pv_execution_json(&text, rows[i], err);
		pv_buf_putc(&text, '\n');
	}
	snprintf(name, sizeof(name), "%016lld-%s%s",
		 (long long)pv_clock_now(NULL),
		 rows[0]->values[PV_FIELD_ID].text, ending);
	if (rc == PV_OK)
		rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		rc = spool_path(&path, index, name, err);
	if (rc == PV_OK)
		rc = pv_file_write(path.ptr, text.ptr, text.len, err);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc;
}

/* --- taking over ---------------------------------------------------------- */

struct rows {
	pv_execution **items;
	size_t count;
	size_t cap;
};

static void rows_dispose(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		pv_execution_free(rows->items[i]);
	pv_free(rows->items);
}

static int read_row(struct rows *out, pv_str line, pv_error *err)
{
	pv_execution *row = NULL;
	int rc = pv_execution_parse(&row, line.ptr, line.len, err);

	if (rc < 0)
		return rc;
	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(pv_execution *)) < 0) {
		pv_execution_free(row);
		return pv_fail_nomem(err);
	}
	out->items[out->count++] = row;
	return PV_OK;
}

static int read_rows(struct rows *out, pv_str text, pv_error *err)
{
	int rc = PV_OK;

	while (text.len && rc == PV_OK) {
		const char *end = memchr(text.ptr, '\n', text.len);
		pv_str line = { text.ptr,
				end ? (size_t)(end - text.ptr) : text.len };

		if (line.len)
			rc = read_row(out, line, err);
		text.ptr += line.len + (end != NULL);
		text.len -= line.len + (end != NULL);
	}
	return rc;
}

/* What nobody can read is kept under another name and out of the way. */
static int set_aside_bad(const char *path, pv_error *err)
{
	pv_buf other = { 0 };
	int rc;

	pv_buf_printf(&other, "%s.bad", path);
	rc = pv_buf_status(&other, err);
	if (rc == PV_OK && rename(path, other.ptr) != 0 && errno != ENOENT)
		rc = pv_fail_errno(err, errno, "rename", path);
	pv_buf_dispose(&other);
	return rc;
}

static int take_file(size_t *moved, pv_executions *index, const char *path,
		     pv_error *err)
{
	struct rows rows = { 0 };
	pv_buf text = { 0 };
	size_t added = 0;
	int is_bad;
	int rc = pv_file_read(&text, path, err);

	if (rc == PV_ENOTFOUND) /* somebody else was faster */
		rc = PV_OK;
	else if (rc == PV_OK)
		rc = read_rows(&rows, (pv_str){ pv_buf_text(&text), text.len },
			       err);
	if (rc == PV_OK)
		rc = pv_executions_record(&added, index, rows.items, rows.count,
					  err);
	is_bad = rc == PV_EINVALID || rc == PV_ESYNTAX || rc == PV_ELIMIT;
	if (is_bad) {
		pv_error_clear(err);
		rc = set_aside_bad(path, err);
	} else if (rc == PV_OK && unlink(path) != 0 && errno != ENOENT) {
		rc = pv_fail_errno(err, errno, "delete", path);
	}
	*moved += added;
	rows_dispose(&rows);
	pv_buf_dispose(&text);
	return rc;
}

int pv_executions_unspool(size_t *moved_out, size_t *left_out,
			  pv_executions *index, const char *path, size_t limit,
			  pv_error *err)
{
	pv_strlist names = { 0 };
	pv_buf file = { 0 };
	size_t moved = 0;
	size_t done = 0;
	int rc = list_files(&names, path, ending, err);

	while (rc == PV_OK && done < names.count && (!limit || done < limit)) {
		rc = spool_path(&file, path, names.items[done], err);
		if (rc == PV_OK)
			rc = take_file(&moved, index, file.ptr, err);
		done += rc == PV_OK;
	}
	if (rc == PV_OK && done)
		drop_drafts(path);
	if (moved_out)
		*moved_out = moved;
	if (left_out)
		*left_out = names.count - done;
	pv_buf_dispose(&file);
	pv_strlist_dispose(&names);
	return rc;
}

static size_t count_lines(pv_str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '\n';
	return count;
}

int pv_executions_spooled(size_t *rows_out, const char *path, pv_error *err)
{
	pv_strlist names = { 0 };
	pv_buf file = { 0 };
	pv_buf text = { 0 };
	int rc = list_files(&names, path, ending, err);

	*rows_out = 0;
	for (size_t i = 0; i < names.count && rc == PV_OK; i++) {
		pv_buf_clear(&text);
		rc = spool_path(&file, path, names.items[i], err);
		if (rc == PV_OK)
			rc = pv_file_read(&text, file.ptr, err);
		if (rc == PV_ENOTFOUND)
			rc = PV_OK;
		*rows_out +=
			count_lines((pv_str){ pv_buf_text(&text), text.len });
	}
	pv_buf_dispose(&file);
	pv_buf_dispose(&text);
	pv_strlist_dispose(&names);
	return rc;
}

int pv_executions_unreadable(size_t *offers_out, const char *path, pv_error *err)
{
	pv_strlist names = { 0 };
	int rc = list_files(&names, path, bad_ending, err);

	*offers_out = names.count;
	pv_strlist_dispose(&names);
	return rc;
}

/* --- offering ------------------------------------------------------------- */

/* Rows behind what waits already: when some is left, they wait, too. */
static int record_now(const pv_executions_options *opts,
		      pv_execution *const *rows, size_t count, pv_error *err)
{
	pv_executions_options quick = *opts;
	pv_executions *index = NULL;
	size_t left = 0;
	int rc;

	if (!quick.spool)
		quick.spool = opts->path;
	if (!quick.wait_ms)
		quick.wait_ms = OFFER_WAIT_MS;
	rc = pv_executions_open(&index, &quick, err);
	if (rc == PV_OK)
		rc = pv_executions_unspool(NULL, &left, index, quick.spool,
					   OFFER_FILES, err);
	if (rc == PV_OK && left)
		rc = PV_ELOCKED;
	if (rc == PV_OK)
		rc = pv_executions_record(NULL, index, rows, count, err);
	pv_executions_free(index);
	return rc;
}

int pv_executions_offer(int *is_spooled_out, const pv_executions_options *opts,
			pv_execution *const *rows, size_t count, pv_error *err)
{
	pv_error why = { 0 };
	int rc = PV_OK;

	*is_spooled_out = 0;
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_execution_complete(rows[i], 0, err);
	if (rc < 0 || !count || record_now(opts, rows, count, &why) == PV_OK)
		return rc;
	rc = put_aside(rows, count, opts->spool ? opts->spool : opts->path, err);
	*is_spooled_out = rc == PV_OK;
	return rc;
}
