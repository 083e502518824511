/* SPDX-License-Identifier: MIT
 *
 * See merge_attributes.h. The file lies in .git/pv and is written again only
 * when it would change; nothing but the git we run reads it.
 */
#include "merge_attributes.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"

/* Where the user's own attributes are; stays empty when that is nowhere. */
static void user_file(pv_buf *out, pv_cli *cli)
{
	const char *xdg = cli_env("XDG_CONFIG_HOME", NULL);
	const char *home = cli_env("HOME", NULL);
	pv_buf set = { 0 };

	if (cli_config(&set, cli, "core.attributesFile")) {
		const char *path = pv_buf_text(&set);

		if (strncmp(path, "~/", 2) == 0 && home)
			pv_buf_printf(out, "%s%s", home, path + 1);
		else
			pv_buf_puts(out, path);
	} else if (xdg && *xdg) {
		pv_buf_printf(out, "%s/git/attributes", xdg);
	} else if (home) {
		pv_buf_printf(out, "%s/.config/git/attributes", home);
	}
	pv_buf_dispose(&set);
}

/* What cannot be read git would not have read either. */
static int add_user_lines(pv_buf *out, pv_cli *cli)
{
	pv_buf path = { 0 };
	int rc = PV_OK;

	user_file(&path, cli);
	if (path.len > 0)
		rc = pv_file_read(out, path.ptr, NULL);
	pv_buf_dispose(&path);
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
}

static int put_file(pv_cli *cli, const char *path, const pv_buf *text)
{
	pv_buf present = { 0 };
	int is_same =
		pv_file_read(&present, path, NULL) == PV_OK &&
		present.len == text->len &&
		!memcmp(pv_buf_text(&present), pv_buf_text(text), text->len);

	pv_buf_dispose(&present);
	return is_same ? PV_OK
		       : pv_file_write(path, pv_buf_text(text), text->len,
				       &cli->err);
}

int merge_attributes(pv_buf *out, pv_cli *cli)
{
	const char *prompts = cli->settings.prompts_dir;
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/pv/attributes", pv_store_common_dir(cli->store));
	pv_buf_printf(&text, "/%s/**/*.yaml merge=pv\n/%s/**/*.yml merge=pv\n",
		      prompts, prompts);
	rc = add_user_lines(&text, cli);
	if (rc == PV_OK)
		rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = put_file(cli, path.ptr, &text);
	if (rc == PV_OK) {
		pv_buf_printf(out, "core.attributesFile=%s", path.ptr);
		rc = pv_buf_status(out, &cli->err);
	}
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc;
}
