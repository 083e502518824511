/* SPDX-License-Identifier: MIT
 *
 * The index of a repository as the commands see it; see tracking.h.
 */
#include "repo/tracking.h"

#include <stdio.h>
#include <string.h>

#include <pv/yaml.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"

/* --- settings ------------------------------------------------------------- */

int tracking_read_file(pv_yaml **out, pv_point *at, pv_cli *cli)
{
	static const pv_point tip = { PV_AT_COMMIT, { "" } };
	pv_buf text = { 0 };
	int rc;

	*out = NULL;
	*at = tip;
	if (pv_settings_tip(&at->commit, cli->store, &cli->settings, NULL) < 0) {
		if (pv_store_is_bare(cli->store))
			return PV_OK;
		at->kind = PV_AT_WORKTREE;
	}
	rc = pv_store_read(&text, NULL, cli->store, at, "pv.yaml", &cli->err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(out, pv_buf_text(&text), text.len, NULL,
				   &cli->err);
	pv_buf_dispose(&text);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

int tracking_read_json(pv_json_doc **out, pv_point *at_out, pv_cli *cli,
		       const char *key)
{
	const pv_yaml_node *node;
	pv_yaml *doc = NULL;
	pv_buf json = { 0 };
	pv_point at;
	int rc = tracking_read_file(&doc, &at, cli);

	*out = NULL;
	if (at_out)
		*at_out = at;
	if (rc == PV_OK && doc && pv_yaml_find(&node, doc, key, NULL) == PV_OK) {
		rc = pv_yaml_to_json(&json, node, &cli->err);
		if (rc == PV_OK)
			rc = pv_json_parse(out, pv_buf_text(&json), json.len,
					   &cli->err);
	}
	pv_yaml_free(doc);
	pv_buf_dispose(&json);
	return rc;
}

int tracking_scalar(pv_buf *out, const pv_yaml *doc, const char *key)
{
	const pv_yaml_node *node;

	if (!doc || pv_yaml_find(&node, doc, key, NULL) < 0)
		return 0;
	node = pv_yaml_resolve(node);
	if (node->kind != PV_YAML_SCALAR || node->type == PV_YAML_NULL)
		return 0;
	pv_buf_put(out, node->text, node->len);
	return 1;
}

/* A setting and where its value may be. */
struct setting {
	const char *key;      /* in pv.yaml */
	const char *git;      /* in git's configuration */
	const char *variable; /* of the environment, or NULL */
};

/* 1 when it has a value, 0 when not. */
static int find(pv_buf *out, pv_cli *cli, const pv_yaml *doc,
		const struct setting *setting)
{
	const char *value =
		setting->variable ? cli_env(setting->variable, NULL) : NULL;

	if (value) {
		pv_buf_puts(out, value);
		return 1;
	}
	return cli_config(out, cli, setting->git) ||
	       tracking_scalar(out, doc, setting->key);
}

static int read_bool(int *out, pv_cli *cli, const pv_yaml *doc,
		     const struct setting *setting)
{
	static const char *const yes[] = { "true", "1", "yes", "on" };
	static const char *const no[] = { "false", "0", "no", "off", "" };
	pv_buf text = { 0 };
	int rc = PV_EINVALID;

	*out = 1;
	if (!find(&text, cli, doc, setting)) {
		pv_buf_dispose(&text);
		return PV_OK;
	}
	for (int i = 0; i < 4; i++)
		if (pv_str_casecmp(pv_buf_text(&text), yes[i]) == 0)
			rc = PV_OK;
	for (int i = 0; i < 5; i++)
		if (pv_str_casecmp(pv_buf_text(&text), no[i]) == 0) {
			*out = 0;
			rc = PV_OK;
		}
	if (rc < 0)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%s\" must be true or false, not \"%.60s\"",
			     setting->key, pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

/* What a count may be, and what it is called. */
struct count {
	struct setting setting;
	unsigned fallback;
	unsigned max;
	const char *what;
};

static int read_count(int *out, pv_cli *cli, const pv_yaml *doc,
		      const struct count *count)
{
	pv_buf text = { 0 };
	unsigned number = count->fallback;
	int rc = PV_OK;

	if (find(&text, cli, doc, &count->setting) &&
	    (pv_str_to_uint(&number, pv_str_of(pv_buf_text(&text)), count->max) <
		     0 ||
	     !number))
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%s\" must be a number of %s from 1 to %u, not "
			     "\"%.60s\"",
			     count->setting.key, count->what, count->max,
			     pv_buf_text(&text));
	*out = (int)number;
	pv_buf_dispose(&text);
	return rc;
}

static int read_retention(tracking *out, pv_cli *cli, const pv_yaml *doc)
{
	static const struct count texts = { { "tracking.retention_days",
					      "pv.tracking.retentionDays", NULL },
					    0,
					    36500,
					    "days" };
	static const struct count rows = { { "tracking.retention_rows_days",
					     "pv.tracking.retentionRowsDays",
					     NULL },
					   0,
					   36500,
					   "days" };
	int rc = read_count(&out->retention_days, cli, doc, &texts);

	return rc == PV_OK
		       ? read_count(&out->retention_rows_days, cli, doc, &rows)
		       : rc;
}

static int read_batch_size(tracking *out, pv_cli *cli, const pv_yaml *doc)
{
	static const struct count size = { { "tracking.batch_size",
					     "pv.tracking.batchSize", NULL },
					   1000,
					   100000,
					   "rows" };

	return read_count(&out->batch_size, cli, doc, &size);
}

static int read_environment(tracking *out, pv_cli *cli, const pv_yaml *doc)
{
	static const struct setting setting = { "environments.default",
						"pv.environments.default",
						"PV_ENVIRONMENT" };
	pv_buf text = { 0 };
	int rc = PV_OK;

	if (find(&text, cli, doc, &setting) &&
	    text.len >= sizeof(out->environment))
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "the name of the default environment is too long");
	else
		snprintf(out->environment, sizeof(out->environment), "%s",
			 pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

int tracking_load(tracking *out, pv_cli *cli)
{
	static const struct setting enabled = { "tracking.enabled",
						"pv.tracking.enabled",
						"PV_TRACKING" };
	static const struct setting content = { "tracking.capture_content",
						"pv.tracking.captureContent",
						NULL };
	pv_yaml *doc = NULL;
	pv_point at;
	int rc = tracking_read_file(&doc, &at, cli);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = read_bool(&out->is_enabled, cli, doc, &enabled);
	if (rc == PV_OK)
		rc = read_bool(&out->keeps_content, cli, doc, &content);
	if (rc == PV_OK)
		rc = read_environment(out, cli, doc);
	if (rc == PV_OK)
		rc = read_retention(out, cli, doc);
	if (rc == PV_OK)
		rc = read_batch_size(out, cli, doc);
	if (rc == PV_OK && out->is_enabled)
		rc = tracking_check_place(cli, doc);
	pv_yaml_free(doc);
	return rc;
}

/* --- the index ------------------------------------------------------------ */

int tracking_path(pv_buf *out, pv_cli *cli)
{
	pv_buf_printf(out, "%s/pv/index.db", pv_store_common_dir(cli->store));
	return pv_buf_status(out, &cli->err);
}

void tracking_share(pv_cli *cli, const char *path)
{
	pv_buf folder = { 0 };

	pv_buf_printf(&folder, "%s/pv", pv_store_common_dir(cli->store));
	if (pv_buf_status(&folder, NULL) == PV_OK)
		pv_store_share(cli->store, folder.ptr);
	pv_store_share(cli->store, path);
	pv_buf_dispose(&folder);
}

/* What waits beside the index is no reason to fail: it goes on waiting. */
static void take_spool(pv_cli *cli, pv_executions *index, const char *path)
{
	pv_error why = { 0 };

	if (pv_executions_unspool(NULL, NULL, index, path, 0, &why) < 0)
		cli_warn(cli, "what was spooled stays so: %s", why.message);
}

static int open_index(pv_executions **out, pv_cli *cli, int is_read_only)
{
	pv_executions_options opts = { .is_read_only = is_read_only };
	tracking_place place = { 0 };
	int rc = tracking_find(&place, cli);
	int is_new;

	*out = NULL;
	if (rc == PV_OK) {
		tracking_place_options(&opts, &place);
		is_new = !place.is_remote && !pv_file_exists(opts.path);
		rc = pv_executions_open(out, &opts, &cli->err);
		if (rc == PV_OK && is_new)
			tracking_share(cli, opts.path);
		if (rc == PV_OK && !is_read_only)
			take_spool(cli, *out, opts.spool);
	}
	tracking_place_dispose(&place);
	return rc;
}

int tracking_open(pv_executions **out, pv_cli *cli, int is_read_only)
{
	int64_t began = pv_trace_begin(&cli->trace);

	return pv_trace_end(&cli->trace, began, "index", "open",
			    open_index(out, cli, is_read_only));
}

/* --- times ---------------------------------------------------------------- */

int tracking_time(int64_t *out, pv_cli *cli, const char *option, const char *text)
{
	int64_t back = pv_time_span(text);
	char day[64];
	int rc;

	if (back) {
		*out = pv_clock_now(NULL) - back;
		return PV_OK;
	}
	if (pv_time_parse(out, text, NULL) == PV_OK)
		return PV_OK;
	snprintf(day, sizeof(day), "%.20sT00:00:00Z", text);
	if (strlen(text) == 10 && pv_time_parse(out, day, NULL) == PV_OK)
		return PV_OK;
	rc = cli_usage_error(cli, "--%s: \"%.60s\" is no time", option, text);
	return pv_error_hint(&cli->err, rc,
			     "write 24h, 7d, 2026-11-20 or "
			     "2026-11-20T10:00:00Z");
}
