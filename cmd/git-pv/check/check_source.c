/* SPDX-License-Identifier: MIT
 *
 * What the rules of `git pv check` ask for beyond the prompt: other prompts
 * and files at the point that is checked, the last version. Prompts that were
 * loaded are kept until the end, for many include the same.
 */
#include "check/check.h"

#include <string.h>

#include "base/fail.h"

/* A prompt that does not load is kept as well, as this. */
static int no_prompt;

static int keep(struct check *check, const pv_buf *key, pv_prompt *prompt)
{
	void *value = prompt ? (void *)prompt : (void *)&no_prompt;
	pv_str text = { key->ptr, key->len };
	int rc = pv_map_set(&check->loaded, text, value, NULL, &check->cli->err);

	if (rc < 0)
		pv_prompt_free(prompt);
	return rc;
}

static int load(pv_prompt **out, struct check *check, const char *id)
{
	pv_cli *cli = check->cli;
	cli_prompt entry = { 0 };
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s.yaml", cli->settings.prompts_dir, id);
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = cli_prompt_read(&entry, cli, &check->at, id,
				     pv_buf_text(&path), NULL);
	*out = entry.prompt;
	entry.prompt = NULL;
	cli_prompt_dispose(&entry);
	pv_buf_dispose(&path);
	return rc;
}

static int source_load(const pv_prompt **out, const char *id, void *payload,
		       pv_error *err)
{
	struct check *check = payload;
	pv_prompt *prompt = NULL;
	pv_buf key = { 0 };
	void *known;
	int rc;

	*out = NULL;
	pv_buf_printf(&key, "%d %s %s", (int)check->at.kind,
		      check->at.commit.hex, id);
	rc = pv_buf_status(&key, err);
	if (rc < 0)
		goto out;
	known = pv_map_find(&check->loaded, (pv_str){ key.ptr, key.len });
	if (known) {
		*out = known == (void *)&no_prompt ? NULL : known;
		goto out;
	}
	rc = load(&prompt, check, id);
	if (rc == PV_OK)
		rc = keep(check, &key, prompt);
	if (rc == PV_OK)
		*out = prompt;
	else if (err && err != &check->cli->err)
		*err = check->cli->err;
out:
	pv_buf_dispose(&key);
	return rc;
}

static int source_read(pv_buf *out, const char *path, void *payload, pv_error *err)
{
	struct check *check = payload;

	return pv_store_read(out, NULL, check->cli->store, &check->at, path, err);
}

static int read_version(struct check *check, const pv_version_info *info,
			pv_error *err)
{
	pv_buf text = { 0 };
	int rc = pv_store_read_blob(&text, check->cli->store, &info->blob, err);

	/* One that does not load by now says nothing. */
	if (rc == PV_OK && pv_prompt_parse(&check->last, pv_buf_text(&text),
					   text.len, NULL, NULL, err) < 0)
		rc = PV_ENOTFOUND;
	memcpy(check->last_version, info->text, sizeof(check->last_version));
	check->last_commit = info->commit;
	pv_buf_dispose(&text);
	return rc;
}

int check_latest(const pv_version_info **out, struct check *check,
		 const char *id, pv_error *err)
{
	pv_cli *cli = check->cli;
	int rc = PV_OK;

	*out = NULL;
	if (!check->versions)
		rc = pv_version_index_load(&check->versions, cli->store,
					   &cli->settings, err);
	return rc < 0 ? rc
		      : pv_version_index_latest(out, check->versions, id, err);
}

static int source_last(const pv_prompt **out, const char **version_out,
		       const char *id, void *payload, pv_error *err)
{
	struct check *check = payload;
	const pv_version_info *info = NULL;
	int rc = check_latest(&info, check, id, err);

	pv_prompt_free(check->last);
	check->last = NULL;
	if (rc == PV_OK && !info)
		return pv_fail(err, PV_ENOTFOUND, "\"%s\" has no version", id);
	if (rc == PV_OK)
		rc = read_version(check, info, err);
	*out = check->last;
	*version_out = check->last_version;
	return rc;
}

static int source_impact(enum pv_bump *out, const pv_prompt *last,
			 const pv_prompt *prompt, pv_report *breaking,
			 void *payload, pv_error *err)
{
	const struct check *check = payload;
	const pv_prompt_change change = { .store = check->cli->store,
					  .settings = &check->cli->settings,
					  .before = last,
					  .after = prompt,
					  .from = { PV_AT_COMMIT,
						    check->last_commit },
					  .to = check->at };

	return pv_prompt_impact_at(out, &change, breaking, err);
}

void check_source_init(pv_check_source *out, struct check *check)
{
	out->load = source_load;
	out->read = source_read;
	out->last = source_last;
	out->impact = source_impact;
	out->payload = check;
}

static int free_prompt(pv_str id, void *value, void *payload)
{
	(void)id;
	(void)payload;
	if (value != (void *)&no_prompt)
		pv_prompt_free(value);
	return 0;
}

void check_source_dispose(struct check *check)
{
	(void)pv_map_each(&check->loaded, free_prompt, NULL);
	pv_map_dispose(&check->loaded);
	pv_version_index_free(check->versions);
	pv_prompt_free(check->last);
}
