/* SPDX-License-Identifier: MIT
 *
 * For each commit along first parents, the oldest first, the latest
 * committer's time so far is kept in a file beside git, so that the next
 * question is a look-up. The file may be thrown away; its hash and its two ends
 * are checked before it is believed.
 */
#include "store/history/timeline.h"

#include "base/fail.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/history/dag.h"

enum {
	ROW = 28,   /* 8 bytes of time, the least first, and 20 of the id */
	HASH = 32,  /* sha256 of the rows, behind them */
	WORTH = 64, /* commits that are walked before the file is written */
	TIMELINE_MAX = 64 << 20
};

/* The rows, the oldest first. */
struct timeline {
	pv_buf rows;
};

static size_t row_count(const struct timeline *line)
{
	return line->rows.len / ROW;
}

static const unsigned char *row_at(const struct timeline *line, size_t idx)
{
	return (const unsigned char *)line->rows.ptr + idx * ROW;
}

static int64_t row_time(const unsigned char *row)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | row[i];
	return (int64_t)value;
}

static void add_row(struct timeline *line, int64_t when, const git_oid *id)
{
	unsigned char row[ROW];

	for (int i = 0; i < 8; i++)
		row[i] = (unsigned char)((uint64_t)when >> (8 * i));
	memcpy(row + 8, id->id, 20);
	pv_buf_put(&line->rows, (const char *)row, sizeof(row));
}

/* --- the file ------------------------------------------------------------------ */

static int make_path(pv_buf *out, pv_store *store, const char *name, pv_error *err)
{
	pv_buf_printf(out, "%s/pv/%s.times", pv_store_common_dir(store), name);
	return pv_buf_status(out, err);
}

/* What is not as it was written is as good as nothing. */
static int read_rows(struct timeline *out, const char *path, pv_error *err)
{
	unsigned char hash[HASH];
	int rc;

	out->rows.max = TIMELINE_MAX;
	rc = pv_file_read(&out->rows, path, NULL);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	if (rc == PV_OK && out->rows.len >= HASH + ROW &&
	    (out->rows.len - HASH) % ROW == 0) {
		out->rows.len -= HASH;
		pv_sha256_of(hash, out->rows.ptr, out->rows.len);
		if (!memcmp(hash, out->rows.ptr + out->rows.len, HASH))
			return PV_OK;
	}
	out->rows.len = 0;
	return PV_OK;
}

/* A repository that may not be written to does without. */
static void write_rows(const struct timeline *line, const char *path)
{
	unsigned char hash[HASH];
	pv_buf text = { 0 };

	pv_sha256_of(hash, line->rows.ptr, line->rows.len);
	pv_buf_put(&text, line->rows.ptr, line->rows.len);
	pv_buf_put(&text, (const char *)hash, sizeof(hash));
	if (text.status == PV_OK)
		(void)pv_file_write(path, text.ptr, text.len, NULL);
	pv_buf_dispose(&text);
}

/* --- walking --------------------------------------------------------------------- */

/* Commits from the tip back to the rows there are, or to the first one. */
struct chain {
	pv_dag_node **items;
	size_t count;
	size_t cap;
};

static int is_row(const struct timeline *line, const git_oid *id)
{
	size_t count = row_count(line);

	return count && !memcmp(row_at(line, count - 1) + 8, id->id, 20);
}

static int walk_back(struct chain *out, pv_dag *dag, pv_dag_node *node,
		     const struct timeline *line, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && !is_row(line, &node->id)) {
		if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
				     sizeof(pv_dag_node *)) < 0)
			return pv_fail_nomem(err);
		out->items[out->count++] = node;
		if (!node->parent_count)
			return 1;
		node = node->parents[0];
		rc = pv_dag_load(dag, node, err);
	}
	return rc;
}

/* Cuts the rows behind that of a commit; 1 when there is one. */
static int cut_at(struct timeline *line, const git_oid *id)
{
	for (size_t i = row_count(line); i; i--) {
		if (memcmp(row_at(line, i - 1) + 8, id->id, 20) != 0)
			continue;
		line->rows.len = i * ROW;
		return 1;
	}
	return 0;
}

/* A history that was shallow may have become longer. */
static int check_root(struct timeline *line, pv_dag *dag, pv_error *err)
{
	pv_dag_node *node;
	git_oid id;
	int rc;

	if (!line->rows.len)
		return PV_OK;
	memcpy(id.id, row_at(line, 0) + 8, 20);
	node = pv_dag_node_get(dag, &id);
	if (!node)
		return pv_fail_nomem(err);
	rc = pv_dag_load(dag, node, NULL);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	if (rc < 0 || node->parent_count)
		line->rows.len = 0;
	return PV_OK;
}

static int extend(struct timeline *line, const struct chain *chain, pv_error *err)
{
	size_t count = row_count(line);
	int64_t latest = count ? row_time(row_at(line, count - 1)) : INT64_MIN;

	for (size_t i = chain->count; i; i--) {
		const pv_dag_node *node = chain->items[i - 1];

		latest = node->date > latest ? node->date : latest;
		add_row(line, latest, &node->id);
	}
	return pv_buf_status(&line->rows, err);
}

static int bring_up(struct timeline *line, size_t *walked_out, pv_dag *dag,
		    pv_dag_node *tip, pv_error *err)
{
	struct chain chain = { 0 };
	int rc;

	*walked_out = 0;
	if (cut_at(line, &tip->id))
		return PV_OK;
	rc = walk_back(&chain, dag, tip, line, err);
	/* The branch is another one than the rows are of. */
	if (rc == 1)
		line->rows.len = 0;
	if (rc >= 0)
		rc = extend(line, &chain, err);
	*walked_out = chain.count;
	pv_free(chain.items);
	return rc;
}

static int load(struct timeline *line, pv_store *store, const pv_oid *tip,
		const char *name, pv_error *err)
{
	pv_dag_node *node;
	pv_dag dag = { 0 };
	pv_buf path = { 0 };
	size_t walked = 0;
	int rc = pv_dag_init(&dag, store, err);

	if (rc == PV_OK)
		rc = make_path(&path, store, name, err);
	if (rc == PV_OK)
		rc = read_rows(line, path.ptr, err);
	if (rc == PV_OK)
		rc = check_root(line, &dag, err);
	if (rc == PV_OK)
		rc = pv_dag_find(&node, &dag, tip, err);
	if (rc == PV_OK)
		rc = bring_up(line, &walked, &dag, node, err);
	if (rc == PV_OK && walked >= WORTH)
		write_rows(line, path.ptr);
	pv_buf_dispose(&path);
	pv_dag_dispose(&dag);
	return rc;
}

int pv_timeline_find(pv_oid *out, pv_store *store, const pv_oid *tip,
		     int64_t when, const char *name, pv_error *err)
{
	struct timeline line = { 0 };
	size_t low = 0;
	size_t high;
	int rc = load(&line, store, tip, name, err);

	out->hex[0] = '\0';
	high = rc == PV_OK ? row_count(&line) : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row_time(row_at(&line, middle)) <= when)
			low = middle + 1;
		else
			high = middle;
	}
	if (low) {
		git_oid id;

		memcpy(id.id, row_at(&line, low - 1) + 8, 20);
		pv_oid_from_git(out, &id);
	}
	pv_buf_dispose(&line.rows);
	return rc;
}
