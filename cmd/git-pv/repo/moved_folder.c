/* SPDX-License-Identifier: MIT
 *
 * See moved_folder.h. Where pv.prompts of git's configuration is set, the
 * file has no say here and moves nothing.
 */
#include "repo/moved_folder.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

static const char file[] = "pv.yaml";

/* The folder that the pv.yaml at a point names; none names the usual one. */
static int folder_at(char out[256], pv_cli *cli, const pv_point *at)
{
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, NULL, cli->store, at, file, &cli->err);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK)
		rc = pv_settings_folder(out, pv_buf_text(&text), text.len,
					&cli->err);
	pv_buf_dispose(&text);
	return rc;
}

static int stop(const char *id, const char *path, const pv_oid *blob,
		void *payload)
{
	(void)id;
	(void)path;
	(void)blob;
	(void)payload;
	return 1;
}

/* 1 when there is a prompt in the folder at the point. */
static int has_prompts(pv_cli *cli, const pv_point *at, const char *folder)
{
	pv_settings settings = cli->settings;

	snprintf(settings.prompts_dir, sizeof(settings.prompts_dir), "%s",
		 folder);
	return pv_prompt_each(cli->store, &settings, at, stop, NULL, &cli->err);
}

/* HEAD's folder; the one in force where HEAD's file is broken. */
static int folder_of_head(char out[256], pv_cli *cli, const pv_point *head)
{
	int rc = folder_at(out, cli, head);

	if (rc == PV_ESYNTAX || rc == PV_EINVALID || rc == PV_ELIMIT) {
		pv_error_clear(&cli->err);
		snprintf(out, 256, "%s", cli->settings.prompts_dir);
		rc = PV_OK;
	}
	return rc;
}

static int refuse(pv_cli *cli, const char *from, const char *to)
{
	int rc = pv_fail(&cli->err, PV_EINVALID,
			 "pv.yaml moves the prompts from \"%.80s\" to \"%.80s\"",
			 from, to);

	return pv_error_hint(&cli->err, rc,
			     "move the files, \"git add\" both folders and "
			     "pv.yaml, and make one plain \"git commit\"");
}

static int check_move(const selection *chosen, pv_cli *cli, const pv_point *head)
{
	char from[256] = "";
	char to[256] = "";
	int rc = folder_at(to, cli, &chosen->at);

	if (rc == PV_OK)
		rc = folder_of_head(from, cli, head);
	if (rc < 0 || !strcmp(from, to))
		return rc;
	rc = has_prompts(cli, head, from);
	if (rc == 0)
		rc = has_prompts(cli, &chosen->at, from);
	if (rc == 0)
		rc = has_prompts(cli, &chosen->at, to);
	return rc > 0 ? refuse(cli, from, to) : rc;
}

int moved_folder_check(const selection *chosen, pv_cli *cli)
{
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_buf configured = { 0 };
	int is_configured;
	int rc;

	if (pv_strlist_search(&chosen->paths, file) < 0)
		return PV_OK;
	is_configured = cli_config(&configured, cli, "pv.prompts");
	pv_buf_dispose(&configured);
	if (is_configured)
		return PV_OK;
	rc = pv_store_head(NULL, &head.commit, cli->store, &cli->err);
	return rc < 0 || !head.commit.hex[0] ? rc
					     : check_move(chosen, cli, &head);
}
