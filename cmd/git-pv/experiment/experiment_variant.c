/* SPDX-License-Identifier: MIT
 *
 * See experiment_variant.h.
 */
#include "experiment/experiment_variant.h"

#include <stdio.h>
#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

/* "main", "@1.2.0" and "support/triage@main" are all one thing here. */
static int write_spec(pv_buf *out, pv_cli *cli, const pv_experiment *experiment,
		      const pv_experiment_variant *variant, const char *commit)
{
	const char *rev = variant->spec;
	size_t len = strlen(experiment->prompt);

	if (strncmp(rev, experiment->prompt, len) == 0 && rev[len] == '@')
		rev += len;
	if (*rev == '@')
		rev++;
	pv_buf_printf(out, "%s@%s", experiment->prompt, commit ? commit : rev);
	return pv_buf_status(out, &cli->err);
}

static int resolve(experiment_prompt *out, pv_cli *cli,
		   const pv_experiment *experiment,
		   const pv_experiment_variant *variant, const char *commit)
{
	pv_buf text = { 0 };
	int rc = write_spec(&text, cli, experiment, variant, commit);

	if (rc == PV_OK)
		rc = cli_spec_resolve(&out->spec, cli, text.ptr, PV_SPEC_COMMIT);
	if (rc == PV_OK && out->spec.at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.80s\" is not committed, which a variant has "
			     "to be",
			     variant->spec);
	pv_buf_dispose(&text);
	return rc;
}

int experiment_apply_sets(pv_buf *out, pv_cli *cli,
			  const pv_experiment_variant *variant,
			  const pv_buf *text)
{
	pv_yaml *doc = NULL;
	const char *changed;
	size_t len;
	int rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL,
			       &cli->err);

	for (size_t i = 0; i < variant->set_count && rc == PV_OK; i++)
		rc = pv_yaml_set(doc, variant->sets[i].path,
				 variant->sets[i].json, &cli->err);
	if (rc == PV_OK) {
		changed = pv_yaml_text(doc, &len);
		pv_buf_put(out, changed, len);
		rc = pv_buf_status(out, &cli->err);
	}
	pv_yaml_free(doc);
	return rc;
}

/* The prompt with the fields of the variant, loaded once more. */
static int load_changed(experiment_prompt *out, pv_cli *cli,
			const pv_experiment_variant *variant)
{
	pv_buf text = { 0 };
	int rc = experiment_apply_sets(&text, cli, variant, &out->entry.text);

	pv_prompt_free(out->entry.prompt);
	out->entry.prompt = NULL;
	if (rc == PV_OK)
		rc = pv_prompt_parse(&out->entry.prompt, pv_buf_text(&text),
				     text.len, NULL, NULL, &cli->err);
	pv_buf_dispose(&out->entry.text);
	out->entry.text = text;
	return rc;
}

/* An error about one variant says which. */
static int name_variant(pv_cli *cli, int rc, const pv_experiment_variant *variant)
{
	char message[sizeof(cli->err.message)];

	memcpy(message, cli->err.message, sizeof(message));
	(void)snprintf(cli->err.message, sizeof(cli->err.message),
		       "variant \"%.64s\": %.170s", variant->name, message);
	return rc;
}

static int fail_inactive(pv_cli *cli, const char *id, const char *where)
{
	int rc = pv_fail(&cli->err, PV_EPOLICY,
			 "prompt \"%.128s\" is inactive%s", id, where);

	return pv_error_hint(&cli->err, rc,
			     "\"git pv activate %.60s\" makes it usable again; "
			     "--inactive-ok takes it as it is",
			     id);
}

/*
 * What was deactivated since the experiment began is not to be served, though
 * its variants are those of before. One that is gone, or does not load, says
 * nothing.
 */
static int check_now(pv_cli *cli, const char *id)
{
	cli_prompt now = { 0 };
	pv_buf path = { 0 };
	pv_point at;
	int is_inactive = 0;
	int rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);

	if (rc == PV_OK && cli_point(&at, cli, NULL) == PV_OK &&
	    cli_prompt_read(&now, cli, &at, id, path.ptr, NULL) == PV_OK)
		is_inactive = now.prompt && !pv_prompt_is_active(now.prompt);
	pv_error_clear(&cli->err);
	cli_prompt_dispose(&now);
	pv_buf_dispose(&path);
	return is_inactive ? fail_inactive(cli, id, "") : rc;
}

/* The prompt of a variant at a commit, or where its spec is now. */
static int read_at(experiment_prompt *out, pv_cli *cli,
		   const pv_experiment *experiment, size_t variant,
		   const char *commit)
{
	const pv_experiment_variant *it = &experiment->variants[variant];
	int rc = resolve(out, cli, experiment, it, commit);

	if (rc == PV_OK)
		rc = cli_prompt_read(&out->entry, cli, &out->spec.at,
				     out->spec.id, out->spec.path, NULL);
	if (rc == PV_OK && !out->entry.prompt) {
		cli->err = out->entry.failure;
		rc = cli->err.code;
	}
	if (rc == PV_OK && it->set_count)
		rc = load_changed(out, cli, it);
	if (rc == PV_OK && !out->allows_inactive &&
	    !pv_prompt_is_active(out->entry.prompt))
		rc = fail_inactive(cli, experiment->prompt, " there");
	else if (rc == PV_OK && !out->allows_inactive && commit)
		rc = check_now(cli, experiment->prompt);
	return rc == PV_OK ? rc : name_variant(cli, rc, it);
}

int experiment_prompt_read(experiment_prompt *out, pv_cli *cli,
			   const pv_experiment *experiment, size_t variant)
{
	return read_at(out, cli, experiment, variant,
		       experiment->variants[variant].commit);
}

int experiment_variant_tip(pv_oid *out, pv_cli *cli,
			   const pv_experiment *experiment, size_t variant)
{
	const pv_experiment_variant *it = &experiment->variants[variant];
	experiment_prompt prompt = { { 0 } };
	int rc = resolve(&prompt, cli, experiment, it, NULL);

	*out = prompt.spec.at.commit;
	experiment_prompt_dispose(&prompt);
	return rc == PV_OK ? rc : name_variant(cli, rc, it);
}

void experiment_prompt_dispose(experiment_prompt *prompt)
{
	cli_prompt_dispose(&prompt->entry);
	pv_spec_dispose(&prompt->spec);
}

/* --- one interface ---------------------------------------------------------------- */

static const pv_variable *find(const pv_prompt *prompt, const char *name)
{
	for (size_t i = 0; i < pv_prompt_variable_count(prompt); i++)
		if (!strcmp(pv_prompt_variable(prompt, i)->name, name))
			return pv_prompt_variable(prompt, i);
	return NULL;
}

/* The first variable that the one needs and the other does not. */
static const char *needs_more(const pv_prompt *one, const pv_prompt *other)
{
	for (size_t i = 0; i < pv_prompt_variable_count(one); i++) {
		const pv_variable *it = pv_prompt_variable(one, i);
		const pv_variable *same = find(other, it->name);

		if (it->is_required && (!same || !same->is_required))
			return it->name;
	}
	return NULL;
}

static int compare(pv_cli *cli, const pv_experiment *experiment,
		   const experiment_prompt *prompts, size_t variant)
{
	const pv_prompt *control = prompts[experiment->control].entry.prompt;
	const pv_prompt *mine = prompts[variant].entry.prompt;
	const char *name = needs_more(mine, control);
	size_t who = variant;
	int rc;

	if (!name) {
		name = needs_more(control, mine);
		who = experiment->control;
	}
	if (!name)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_EINVALID,
		     "only variant \"%.64s\" requires the variable \"%.64s\"",
		     experiment->variants[who].name, name);
	return pv_error_hint(&cli->err, rc,
			     "variants of an experiment need the same "
			     "variables; give it a default, or use it in all");
}

/* Whether the versions that this clone has are to be agreed on with others. */
static int has_remote(int *out, pv_cli *cli)
{
	pv_buf names = { 0 };
	int rc = pv_store_remotes(&names, cli->store, &cli->err);

	*out = names.len > 0;
	pv_buf_dispose(&names);
	return rc;
}

/*
 * A version is final once it is published: until then `git pv sync` may give
 * its number to another commit, while the experiment runs.
 */
static int check_published(pv_cli *cli, const pv_spec *spec)
{
	pv_version_list list = { 0 };
	int is_open = 0;
	int has = 0;
	int rc = spec->version[0] ? has_remote(&has, cli) : PV_OK;

	if (rc < 0 || !has)
		return rc;
	rc = pv_version_list_load(&list, cli->store, &cli->settings, spec->id,
				  &cli->err);
	for (size_t i = 0; i < list.count; i++)
		if (strcmp(list.items[i].text, spec->version) == 0)
			is_open = !list.items[i].is_published;
	pv_version_list_dispose(&list);
	if (rc < 0 || !is_open)
		return rc;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "%.128s %s is not published, and may get another number",
		     spec->id, spec->version);
	return pv_error_hint(&cli->err, rc, "\"git pv sync\" publishes it");
}

static int note_fallback(pv_strlist *out, pv_cli *cli, const pv_spec *spec)
{
	const char *from = cli_fallback_of(spec);

	return pv_strlist_add(out, from ? from : "", &cli->err);
}

int experiment_check_variants(pv_oid *commits, pv_strlist *fallbacks, pv_cli *cli,
			      const pv_experiment *experiment, int is_start)
{
	experiment_prompt *prompts =
		pv_calloc(experiment->variant_count, sizeof(*prompts));
	int rc = PV_OK;

	if (!prompts)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < experiment->variant_count && rc == PV_OK; i++) {
		rc = read_at(&prompts[i], cli, experiment, i, NULL);
		commits[i] = prompts[i].spec.at.commit;
		if (rc == PV_OK && is_start)
			rc = check_published(cli, &prompts[i].spec);
		if (rc == PV_OK)
			rc = note_fallback(fallbacks, cli, &prompts[i].spec);
	}
	for (size_t i = 0; i < experiment->variant_count && rc == PV_OK; i++)
		rc = compare(cli, experiment, prompts, i);
	for (size_t i = 0; i < experiment->variant_count; i++)
		experiment_prompt_dispose(&prompts[i]);
	pv_free(prompts);
	return rc;
}
