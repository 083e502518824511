/* SPDX-License-Identifier: MIT
 *
 * See fallback.h. The chain is read only where the environment itself does not
 * do, so an environment without trouble costs nothing more.
 */
#include "version/fallback.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "prompt/fallback.h"
#include "version/environment.h"

/* --- the chain ------------------------------------------------------------ */

/* Settings are made once; a file that was never committed says nothing here. */
static int read_settings(pv_yaml **out, pv_store *store,
			 const pv_settings *settings, pv_error *err)
{
	pv_buf text = { 0 };
	int rc = PV_ENOTFOUND;

	*out = NULL;
	if (settings->file.hex[0])
		rc = pv_store_read_blob(&text, store, &settings->file, err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(out, pv_buf_text(&text), text.len, NULL, err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		rc = PV_OK;
	}
	pv_buf_dispose(&text);
	return rc;
}

/* The fallback of one environment; empty without. */
static int next_of(pv_buf *out, pv_store *store, const pv_yaml_node *environments,
		   const char *name, pv_error *err)
{
	const pv_yaml_node *node = NULL;
	char key[PV_ENVIRONMENT_NAME + 32];
	int rc;

	pv_buf_clear(out);
	snprintf(key, sizeof(key), "pv.environments.%.64s.fallback", name);
	rc = pv_store_config(out, store, key, err);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	pv_buf_clear(out);
	if (environments)
		node = pv_fallback_of(environments, name);
	if (node)
		pv_buf_put(out, node->text, node->len);
	return pv_buf_status(out, err);
}

static int add(pv_fallbacks *to, const char *name, pv_error *err)
{
	int rc = pv_environment_check(name, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < to->count; i++)
		if (!strcmp(to->names[i], name))
			return pv_error_hint(
				err,
				pv_fail(err, PV_EINVALID,
					"the fallbacks of the environment "
					"\"%.64s\" lead back to \"%.64s\"",
					to->names[0], name),
				"change one below \"environments\" in pv.yaml");
	if (to->count == PV_FALLBACKS_MAX)
		return pv_fail(err, PV_ELIMIT,
			       "the environment \"%.64s\" has more than %d "
			       "fallbacks",
			       to->names[0], PV_FALLBACKS_MAX - 1);
	snprintf(to->names[to->count++], PV_ENVIRONMENT_NAME, "%s", name);
	return PV_OK;
}

int pv_fallbacks_load(pv_fallbacks *out, pv_store *store,
		      const pv_settings *settings, const char *name,
		      pv_error *err)
{
	pv_yaml *doc = NULL;
	pv_buf next = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = add(out, name, err);
	if (rc < 0 || settings->no_fallback)
		return rc;
	rc = read_settings(&doc, store, settings, err);
	while (rc == PV_OK) {
		const pv_yaml_node *all =
			doc ? pv_fallback_environments(doc) : NULL;

		rc = next_of(&next, store, all, out->names[out->count - 1], err);
		if (rc < 0 || !next.len)
			break;
		rc = add(out, pv_buf_text(&next), err);
	}
	pv_yaml_free(doc);
	pv_buf_dispose(&next);
	return rc;
}

/* --- one environment ------------------------------------------------------- */

static int read_bytes(pv_buf *out, pv_store *store, const pv_settings *settings,
		      const char *id, const pv_oid *commit)
{
	pv_settings there = *settings;
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_buf path = { 0 };
	int rc = pv_settings_at(&there, store, &at, NULL);

	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &there, id, NULL);
	if (rc == PV_OK)
		rc = pv_store_read(out, NULL, store, &at, path.ptr, NULL);
	pv_buf_dispose(&path);
	return rc;
}

/* A key can be spelled without its letters only by an escape, or in UTF-16. */
static int may_be_inactive(const pv_buf *text)
{
	const char *ptr = pv_buf_text(text);

	return strstr(ptr, "active") || strchr(ptr, '\\') ||
	       strlen(ptr) != text->len;
}

int pv_live_state(enum pv_live_state *out, pv_store *store,
		  const pv_settings *settings, const char *id,
		  const pv_oid *commit, pv_error *err)
{
	pv_prompt *prompt = NULL;
	pv_buf text = { 0 };
	int rc = read_bytes(&text, store, settings, id, commit);

	/* Whatever goes wrong with the bytes, they are not here. */
	*out = rc == PV_OK ? PV_LIVE_OK : PV_LIVE_LOST;
	if (rc == PV_OK && may_be_inactive(&text)) {
		rc = pv_prompt_parse(&prompt, pv_buf_text(&text), text.len,
				     NULL, NULL, NULL);
		if (rc == PV_OK && !pv_prompt_is_active(prompt))
			*out = PV_LIVE_INACTIVE;
	}
	pv_prompt_free(prompt);
	pv_buf_dispose(&text);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : PV_OK;
}

struct search {
	pv_store *store;
	const pv_settings *settings;
	const char *id;
};

static int fail_lost(const struct search *search, const pv_live *live,
		     pv_error *err)
{
	int rc = pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
			    "\"%.140s\" is live in \"%.64s\" as of %.7s, which "
			    "is not here",
			    search->id, live->environment, live->commit.hex);

	return pv_error_hint(err, rc, "fetch it: \"git fetch --tags\"");
}

/* PV_ENOTFOUND: it is not deployed there, or not here. */
static int look(enum pv_live_state *state_out, pv_live *out,
		const struct search *search, const char *name, pv_error *err)
{
	int rc;

	*state_out = PV_LIVE_LOST;
	snprintf(out->environment, sizeof(out->environment), "%s", name);
	rc = pv_environment_commit(&out->commit, search->store, name,
				   search->id, err);
	if (rc == PV_OK)
		rc = pv_live_state(state_out, search->store, search->settings,
				   search->id, &out->commit, err);
	if (rc == PV_OK && *state_out == PV_LIVE_LOST)
		rc = fail_lost(search, out, err);
	return rc;
}

/* --- the search -------------------------------------------------------------- */

static int fail_nowhere(const pv_fallbacks *chain, const pv_error *first,
			pv_error *err)
{
	pv_buf names = { 0 };

	if (err)
		*err = *first;
	for (size_t i = 1; i < chain->count; i++)
		pv_buf_printf(&names, "%s\"%s\"", i > 1 ? ", " : "",
			      chain->names[i]);
	if (names.len)
		(void)pv_error_hint(err, PV_ENOTFOUND,
				    "nor is it in its fallback%s %s",
				    chain->count > 2 ? "s" : "",
				    pv_buf_text(&names));
	pv_buf_dispose(&names);
	return PV_ENOTFOUND;
}

/* Goes on behind the environment itself, which has it inactive or not at all. */
static int search_chain(pv_live *out, enum pv_live_state *best,
			const pv_fallbacks *chain, const struct search *search,
			pv_error *err)
{
	for (size_t i = 1; i < chain->count && *best != PV_LIVE_OK; i++) {
		enum pv_live_state state;
		pv_live other = { 0 };
		int rc = look(&state, &other, search, chain->names[i], err);

		if (rc < 0 && rc != PV_ENOTFOUND)
			return rc;
		pv_error_clear(err);
		if (state < *best) {
			*out = other;
			*best = state;
		}
	}
	return PV_OK;
}

int pv_live_find(pv_live *out, pv_store *store, const pv_settings *settings,
		 const char *name, const char *id, pv_error *err)
{
	const struct search search = { store, settings, id };
	enum pv_live_state best;
	pv_fallbacks chain;
	pv_error first = { 0 };
	int rc = look(&best, out, &search, name, &first);

	if (rc < 0 && rc != PV_ENOTFOUND && err)
		*err = first;
	if ((rc < 0 && rc != PV_ENOTFOUND) || best == PV_LIVE_OK)
		return rc;
	rc = pv_fallbacks_load(&chain, store, settings, name, err);
	if (rc == PV_OK)
		rc = search_chain(out, &best, &chain, &search, err);
	if (rc == PV_OK && best == PV_LIVE_LOST)
		rc = fail_nowhere(&chain, &first, err);
	return rc;
}
