/* SPDX-License-Identifier: MIT
 *
 * See deployed.h.
 */
#include "deploy/deployed.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

static int add_event(const pv_deploy_event *event, void *payload)
{
	deployed *all = payload;
	pv_error *err = &all->cli->err;
	deployed_row *row;

	if (!event->now->id || !event->now->version)
		return PV_OK;
	if (pv_array_reserve(&all->rows, &all->cap, all->count + 1,
			     sizeof(*all->rows)) < 0)
		return pv_fail_nomem(err);
	row = &all->rows[all->count++];
	*row = (deployed_row){ .environment = pv_strdup(event->environment),
			       .id = pv_strdup(event->id),
			       .version = pv_strdup(event->now->version),
			       .actor = pv_strdup(event->actor),
			       .when = event->when,
			       .status = event->status };
	if (event->reason)
		row->reason = pv_strdup(event->reason);
	if (!row->environment || !row->id || !row->version || !row->actor ||
	    (event->reason && !row->reason))
		return pv_fail_nomem(err);
	return PV_OK;
}

int deployed_add(deployed *all, const char *environment, const char *id)
{
	const pv_history_range range = { .environment = environment, .id = id };

	return pv_environment_history(all->cli->store, &range, add_event, all,
				      &all->cli->err);
}

int deployed_is(const deployed_row *row, const char *id, const char *version)
{
	return !strcmp(row->id, id) && !strcmp(row->version, version);
}

const char *deployed_status(enum pv_deploy_status status)
{
	static const char *const names[] = { [PV_STATUS_LIVE] = "live",
					     [PV_STATUS_SUPERSEDED] = "superseded",
					     [PV_STATUS_ROLLED_BACK] =
						     "rolled-back" };

	return names[status];
}

static int is_same_state(const pv_deploy_event *event, void *payload)
{
	const pv_deploy_item *item = payload;
	const pv_deployment *now = event->now;

	return now->id && !strcmp(now->commit.hex, item->commit.hex) &&
	       !strcmp(now->blob.hex, item->blob.hex);
}

int deployed_was_live(pv_cli *cli, const char *environment,
		      const pv_deploy_item *item)
{
	const pv_history_range range = { .environment = environment,
					 .id = item->id };
	pv_deploy_item copy = *item;
	int rc = pv_environment_history(cli->store, &range, is_same_state,
					&copy, &cli->err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return 0;
}

void deployed_dispose(deployed *all)
{
	for (size_t i = 0; i < all->count; i++) {
		pv_free(all->rows[i].environment);
		pv_free(all->rows[i].id);
		pv_free(all->rows[i].version);
		pv_free(all->rows[i].actor);
		pv_free(all->rows[i].reason);
	}
	pv_free(all->rows);
	*all = (deployed){ .cli = all->cli };
}
