/* SPDX-License-Identifier: MIT
 *
 * git pv index copy: executions, and sums that outlived theirs, from the index
 * to another one, whatever keeps them, and proof that both have the same. Stopped at any time it is run again:
 * ids say what is there.
 */
#include "repo/tracking.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/hash.h"

enum {
	GROUP = 200
};

struct copying {
	pv_cli *cli;
	pv_executions *to;
	pv_execution *rows[GROUP];
	size_t count;
	size_t copied;
	pv_buf line;
};

/* --- rows ----------------------------------------------------------------- */

static int flush(struct copying *it)
{
	size_t added = 0;
	int rc = PV_OK;

	if (it->count)
		rc = pv_executions_record(&added, it->to, it->rows, it->count,
					  &it->cli->err);
	it->copied += added;
	for (size_t i = 0; i < it->count; i++)
		pv_execution_free(it->rows[i]);
	it->count = 0;
	return rc;
}

static int copy_row(const pv_execution *row, void *payload)
{
	struct copying *it = payload;
	pv_error *err = &it->cli->err;
	int rc;

	pv_buf_clear(&it->line);
	rc = pv_execution_json(&it->line, row, err);
	if (rc == PV_OK)
		rc = pv_execution_parse(&it->rows[it->count], it->line.ptr,
					it->line.len, err);
	if (rc < 0)
		return rc;
	return ++it->count == GROUP ? flush(it) : PV_OK;
}

static int copy_all(struct copying *it, pv_executions *from)
{
	static const pv_executions_query query = { .oldest_first = 1 };
	int rc = pv_executions_list(from, &query, copy_row, it, &it->cli->err);

	if (rc == PV_OK)
		rc = flush(it);
	for (size_t i = 0; i < it->count; i++)
		pv_execution_free(it->rows[i]);
	pv_buf_dispose(&it->line);
	return rc;
}

/* --- proof ---------------------------------------------------------------- */

struct proof {
	pv_cli *cli;
	pv_sha256 sha;
	pv_buf line;
	size_t count;
	char digest[PV_SHA256_HEX];
};

static int add_row(const pv_execution *row, void *payload)
{
	struct proof *it = payload;
	int rc;

	pv_buf_clear(&it->line);
	rc = pv_execution_json(&it->line, row, &it->cli->err);
	pv_buf_putc(&it->line, '\n');
	if (rc == PV_OK)
		rc = pv_buf_status(&it->line, &it->cli->err);
	if (rc == PV_OK)
		pv_sha256_update(&it->sha, it->line.ptr, it->line.len);
	it->count++;
	return rc;
}

static int prove(struct proof *out, pv_cli *cli, pv_executions *index)
{
	static const pv_executions_query query = { .oldest_first = 1 };
	int rc;

	out->cli = cli;
	pv_sha256_init(&out->sha);
	rc = pv_executions_list(index, &query, add_row, out, &cli->err);
	pv_sha256_final(out->digest, &out->sha);
	pv_buf_dispose(&out->line);
	return rc;
}

/* --- sums that outlived their rows ---------------------------------------- */

struct sums {
	pv_executions_sums moved;
	pv_executions_sums left; /* a second time there is nothing to do */
};

/* A server makes sums over units of the rows, so it has no place for others. */
static int warn_of_units(pv_cli *cli, pv_executions *from, size_t known)
{
	pv_executions_rollups found;
	int rc = pv_executions_check_rollups(&found, from, 0, &cli->err);

	if (rc == PV_OK && found.partial > known)
		cli_warn(cli,
			 "what %zu units of experiments had of executions that "
			 "were pruned is not copied",
			 found.partial - known);
	return rc;
}

static int copy_sums(struct sums *out, pv_cli *cli, pv_executions *to,
		     pv_executions *from)
{
	int rc = pv_executions_copy_sums(&out->moved, to, from, &cli->err);

	if (rc == PV_OK)
		rc = pv_executions_copy_sums(&out->left, to, from, &cli->err);
	if (rc == PV_OK && out->left.other)
		cli_warn(cli,
			 "%zu sums of executions that were pruned are others "
			 "there and were left alone",
			 out->left.other);
	return rc == PV_OK ? warn_of_units(cli, from, out->left.sums) : rc;
}

/* --- both ----------------------------------------------------------------- */

static void print_sums(pv_jsonw *w, const struct sums *sums)
{
	pv_jsonw_key(w, "sums");
	pv_jsonw_object(w);
	pv_jsonw_key(w, "kept");
	pv_jsonw_int(w, (int64_t)sums->left.sums);
	pv_jsonw_key(w, "copied");
	pv_jsonw_int(w, (int64_t)sums->moved.taken);
	pv_jsonw_key(w, "other");
	pv_jsonw_int(w, (int64_t)sums->left.other);
	pv_jsonw_object_end(w);
}

static void print(pv_cli *cli, const struct copying *copying,
		  const struct proof *proof, const struct sums *sums, int is_same)
{
	pv_jsonw w;

	if (!cli->json) {
		cli_printf(cli, "%zu of %zu executions copied", copying->copied,
			   proof->count);
		if (sums->left.sums)
			cli_printf(cli, ", %zu of %zu sums of pruned ones",
				   sums->moved.taken, sums->left.sums);
		cli_printf(cli, "; both have %s\n",
			   is_same ? "the same" : "others");
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "copied");
	pv_jsonw_int(&w, (int64_t)copying->copied);
	pv_jsonw_key(&w, "executions");
	pv_jsonw_int(&w, (int64_t)proof->count);
	pv_jsonw_member(&w, "digest", proof->digest);
	print_sums(&w, sums);
	pv_jsonw_key(&w, "same");
	pv_jsonw_bool(&w, is_same);
	pv_jsonw_object_end(&w);
}

static int copy_between(pv_cli *cli, pv_executions *from, pv_executions *to)
{
	struct copying copying = { .cli = cli, .to = to };
	struct proof proofs[2] = { { .count = 0 }, { .count = 0 } };
	struct sums sums = { { 0 }, { 0 } };
	int rc = copy_all(&copying, from);
	int is_same;

	if (rc == PV_OK)
		rc = prove(&proofs[0], cli, from);
	if (rc == PV_OK)
		rc = prove(&proofs[1], cli, to);
	if (rc == PV_OK)
		rc = copy_sums(&sums, cli, to, from);
	if (rc < 0)
		return rc;
	is_same = proofs[0].count == proofs[1].count &&
		  strcmp(proofs[0].digest, proofs[1].digest) == 0 &&
		  !sums.left.taken && !sums.left.other;
	print(cli, &copying, &proofs[0], &sums, is_same);
	return is_same ? PV_OK : 1;
}

static int open_other(pv_executions **out, pv_cli *cli, const char *to)
{
	pv_executions_options opts = { 0 };
	tracking_place here = { 0 };
	tracking_place there = { 0 };
	int rc = tracking_find(&here, cli);

	if (rc == PV_OK)
		rc = tracking_place_read(&there, cli, to);
	if (rc == PV_OK && strcmp(pv_buf_text(&here.address),
				  pv_buf_text(&there.address)) == 0) {
		pv_fail(&cli->err, PV_EINVALID,
			"the index cannot be copied to itself");
		rc = pv_error_hint(&cli->err, PV_EINVALID,
				   "--to names another one than \"git pv index "
				   "info\"");
	}
	if (rc == PV_OK) {
		int is_new;

		tracking_place_options(&opts, &there);
		is_new = !there.is_remote && !pv_file_exists(opts.path);
		rc = pv_executions_open(out, &opts, &cli->err);
		if (rc == PV_OK && is_new)
			tracking_share(cli, opts.path);
	}
	tracking_place_dispose(&here);
	tracking_place_dispose(&there);
	return rc;
}

int index_copy(pv_cli *cli, const char *to)
{
	pv_executions *from = NULL;
	pv_executions *other = NULL;
	int rc;

	if (!to)
		return cli_usage_error(cli, "copy needs --to INDEX");
	rc = tracking_open(&from, cli, 1);
	if (rc == PV_OK)
		rc = open_other(&other, cli, to);
	if (rc == PV_OK)
		rc = copy_between(cli, from, other);
	pv_executions_free(from);
	pv_executions_free(other);
	return rc;
}
