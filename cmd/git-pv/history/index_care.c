/* SPDX-License-Identifier: MIT
 *
 * git pv index migrate and vacuum: an index that is there, whatever keeps it,
 * brought up to date or made smaller. Neither makes one.
 */
#include "repo/tracking.h"

#include <sys/stat.h>

static int64_t size_of(const tracking_place *place)
{
	struct stat st;

	return stat(place->file.ptr, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* Opening it to write brings it up to date; to read, that it is there. */
static int open_there(pv_executions **out, pv_cli *cli)
{
	int rc = tracking_open(out, cli, 1);

	if (rc < 0)
		return rc;
	pv_executions_free(*out);
	return tracking_open(out, cli, 0);
}

static void begin_answer(pv_jsonw *w, pv_cli *cli, const tracking_place *place)
{
	pv_jsonw_init(w, &cli->out);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "backend", place->is_remote ? "postgresql" : "sqlite");
}

int index_migrate(pv_cli *cli)
{
	pv_executions *index = NULL;
	tracking_place place = { 0 };
	pv_jsonw w;
	int rc = tracking_find(&place, cli);

	if (rc == PV_OK)
		rc = open_there(&index, cli);
	if (rc == PV_OK && cli->json) {
		begin_answer(&w, cli, &place);
		pv_jsonw_key(&w, "up_to_date");
		pv_jsonw_bool(&w, 1);
		pv_jsonw_object_end(&w);
	} else if (rc == PV_OK) {
		cli_puts(cli, "the index is up to date\n");
	}
	pv_executions_free(index);
	tracking_place_dispose(&place);
	return rc;
}

static void print_sizes(pv_cli *cli, const tracking_place *place,
			const int64_t sizes[2])
{
	static const char *const keys[] = { "bytes_before", "bytes" };
	pv_jsonw w;

	if (!cli->json && place->is_remote)
		cli_puts(cli, "the server has made room\n");
	else if (!cli->json)
		cli_printf(cli, "%lld bytes, %lld before\n",
			   (long long)sizes[1], (long long)sizes[0]);
	if (!cli->json)
		return;
	begin_answer(&w, cli, place);
	for (int i = 0; i < 2; i++) {
		pv_jsonw_key(&w, keys[i]);
		if (place->is_remote)
			pv_jsonw_null(&w);
		else
			pv_jsonw_int(&w, sizes[i]);
	}
	pv_jsonw_object_end(&w);
}

int index_vacuum(pv_cli *cli)
{
	pv_executions *index = NULL;
	tracking_place place = { 0 };
	int64_t sizes[2] = { 0 };
	int rc = tracking_find(&place, cli);

	if (rc == PV_OK)
		rc = open_there(&index, cli);
	if (rc == PV_OK) {
		sizes[0] = size_of(&place);
		rc = pv_executions_vacuum(index, &cli->err);
	}
	if (rc == PV_OK) {
		sizes[1] = size_of(&place);
		print_sizes(cli, &place, sizes);
	}
	pv_executions_free(index);
	tracking_place_dispose(&place);
	return rc;
}
