/* SPDX-License-Identifier: MIT
 *
 * What the commands of executions share: where the index is, whether there is
 * to be one, and times as people write them.
 */
#ifndef PV_CMD_TRACKING_H
#define PV_CMD_TRACKING_H

#include <pv/index.h>
#include <pv/yaml.h>

#include "cli.h"

/* Settings below `tracking:` and what goes with them. */
typedef struct tracking {
	int is_enabled;
	int keeps_content;
	char environment[128];   /* the one that is recorded by default; "" */
	int batch_size;          /* rows of one transaction, at most */
	int retention_days;      /* of texts; 0: for ever */
	int retention_rows_days; /* of executions; 0: for ever */
} tracking;

/*
 * Reads them: PV_TRACKING and PV_ENVIRONMENT before git's configuration before
 * pv.yaml. PV_EINVALID for a value that is none, PV_EUNSUPPORTED when the
 * index is to be where none can be.
 */
int tracking_load(tracking *out, pv_cli *cli);

/*
 * pv.yaml as the settings have it, NULL without, and the point it is read at.
 * The caller frees it.
 */
int tracking_read_file(pv_yaml **out, pv_point *at, pv_cli *cli);

/*
 * One setting of it ("tracking.metrics") as JSON, NULL without. `at_out` (NULL:
 * not asked for) is the point it is read at. The caller frees it.
 */
int tracking_read_json(pv_json_doc **out, pv_point *at_out, pv_cli *cli,
		       const char *key);

/*
 * What pv.yaml wants taken out of texts before they are kept, NULL for nothing.
 * PV_EINVALID for a rule that is none: nothing may be recorded then. The caller
 * frees it.
 */
int tracking_redaction(pv_redaction **out, pv_cli *cli);

/* Appends the text of a scalar in pv.yaml; 0 when it is not there. */
int tracking_scalar(pv_buf *out, const pv_yaml *doc, const char *key);

/* Appends where the repository's index is when it is a file. */
int tracking_path(pv_buf *out, pv_cli *cli);

/* Where the index is. Dispose of it; `{ 0 }` is accepted. */
typedef struct tracking_place {
	pv_buf address; /* of a server; it may hold a password */
	pv_buf file;    /* in SQLite; rows that have to wait are beside it */
	pv_buf project;
	int is_remote;
} tracking_place;

/*
 * Finds it: PV_INDEX before git's configuration before pv.yaml, which counts
 * when it is trusted; a hint says so when it is not. PV_EINVALID, PV_EGIT.
 */
int tracking_find(tracking_place *out, pv_cli *cli);
/* Gives `git pv index copy` its place: "sqlite", or an address. */
int tracking_place_read(tracking_place *out, pv_cli *cli, const char *text);
/* git pv index copy --to. */
int index_copy(pv_cli *cli, const char *to);
/* git pv index migrate and vacuum. */
int index_migrate(pv_cli *cli);
int index_vacuum(pv_cli *cli);
/* Makes it the options' place; they borrow from it. */
void tracking_place_options(pv_executions_options *opts,
			    const tracking_place *place);
/* Appends it as it may be shown: without a password. */
int tracking_place_show(pv_buf *out, const tracking_place *place, pv_error *err);
void tracking_place_dispose(tracking_place *place);
/* PV_EUNSUPPORTED when the index is to be where none can be. */
int tracking_check_place(pv_cli *cli, const pv_yaml *doc);

/*
 * What pv.yaml says about places elsewhere is honoured once its reader has
 * trusted it (git pv config trust); any change asks again.
 */
int tracking_is_trusted(pv_cli *cli, const pv_yaml *doc);
int tracking_trust(pv_cli *cli);

/*
 * Opens the repository's index; PV_ENOTFOUND to read when there is none. To
 * write, it takes over what waits beside it.
 */
int tracking_open(pv_executions **out, pv_cli *cli, int is_read_only);

/*
 * Gives a file or folder beside the index that was just made, and the folder it
 * is in, the repository's permissions.
 */
void tracking_share(pv_cli *cli, const char *path);

/*
 * A point in time: RFC 3339, a day (its start, UTC), or how long ago: "90s",
 * "15m", "24h", "7d", "2w". A usage error names `option`.
 */
int tracking_time(int64_t *out, pv_cli *cli, const char *option,
		  const char *text);

#endif
