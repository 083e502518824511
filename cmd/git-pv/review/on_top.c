/* SPDX-License-Identifier: MIT
 *
 * See on_top.h. The name of a ref says since when, where and by which process
 * it is used, so that one which nobody uses any more can be told.
 */
#include "review/on_top.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"

enum {
	HOST_MAX = 256
};

/* Microseconds; a process of another machine is long done after this. */
static const int64_t stale_after = (int64_t)24 * 60 * 60 * 1000000;

static const char branch[] = PV_ENVIRONMENT_REF;
static const char push_refs[] = "refs/pv/push/";

/* Which machine, or container, this is: its processes are those we can see. */
static unsigned long host_number(void)
{
	char name[HOST_MAX] = "";
	unsigned long sum = 5381;

	if (gethostname(name, sizeof(name) - 1) < 0)
		return 0;
	for (const char *at = name; *at; at++)
		sum = (sum * 33 + (unsigned char)*at) & 0xffffffff;
	return sum;
}

/* --- what is left behind ---------------------------------------------------------- */

/* 1 when the process that made a ref of this name does not need it any more. */
static int is_left(const char *name)
{
	char *end;
	long long since = strtoll(name, &end, 10);
	unsigned long host = *end == '-' ? strtoul(end + 1, &end, 16) : 0;
	long process = *end == '-' ? strtol(end + 1, &end, 10) : 0;

	if (*end != '-' || process <= 0 || process > INT_MAX || since <= 0)
		return 0;
	if (host == host_number() && kill((pid_t)process, 0) < 0 && errno == ESRCH)
		return 1;
	return pv_clock_now(NULL) - since > stale_after;
}

static int note_left(const char *refname, const pv_oid *oid, void *payload)
{
	pv_strlist *left = payload;

	(void)oid;
	return is_left(refname + strlen(push_refs))
		       ? pv_strlist_add(left, refname, NULL)
		       : PV_OK;
}

static void drop_left(pv_cli *cli)
{
	pv_strlist left = { 0 };

	/* What cannot be listed is dropped another time. */
	pv_store_ref_each(cli->store, push_refs, note_left, &left, NULL);
	for (size_t i = 0; i < left.count; i++)
		on_top_drop_ref(cli, left.items[i]);
	pv_strlist_dispose(&left);
}

/* --- one attempt ------------------------------------------------------------------ */

int on_top_name_ref(pv_buf *out, pv_cli *cli)
{
	unsigned serial = 0;
	pv_oid oid;
	int rc;

	drop_left(cli);
	do {
		pv_buf_clear(out);
		pv_buf_printf(out, "%s%lld-%lx-%ld-%u", push_refs,
			      (long long)pv_clock_now(NULL), host_number(),
			      (long)getpid(), serial++);
		rc = pv_buf_status(out, &cli->err);
	} while (rc == PV_OK &&
		 pv_store_ref(&oid, cli->store, out->ptr, NULL) == PV_OK);
	return rc;
}

void on_top_drop_ref(pv_cli *cli, const char *name)
{
	static const pv_oid none;
	pv_oid held;

	if (*name && pv_store_ref(&held, cli->store, name, NULL) == PV_OK)
		pv_store_ref_update(cli->store, name, &none, &held, "push", NULL);
}

int on_top_move(int *is_behind, pv_cli *cli, const pv_oid *from, const pv_oid *to)
{
	int rc = pv_store_ref_update(cli->store, branch, to, from, "push",
				     &cli->err);

	if (rc == PV_ECONFLICT || rc == PV_ELOCKED) {
		pv_error_clear(&cli->err);
		return 1;
	}
	if (rc == PV_OK && is_behind)
		*is_behind |= pv_branch_check_free(cli->store, branch, NULL) ==
			      PV_ECONFLICT;
	return rc;
}

int on_top_put(pv_oid *out, pv_cli *cli, on_top *it)
{
	pv_reapply_request request = { .ours = &it->ours,
				       .theirs = &it->theirs,
				       .renames = it->renames };
	pv_buf name = { 0 };
	int rc = on_top_name_ref(&name, cli);

	request.refname = name.ptr;
	if (rc == PV_OK)
		rc = pv_environment_reapply(out, cli->store, &request, &cli->err);
	if (rc == PV_OK && !it->is_dry)
		rc = on_top_move(&it->is_behind, cli, &it->ours, out);
	on_top_drop_ref(cli, pv_buf_text(&name));
	pv_buf_dispose(&name);
	return rc;
}
