/* SPDX-License-Identifier: MIT
 *
 * Settings that come through the environment. `git -c a.b=c` reaches its
 * children in GIT_CONFIG_PARAMETERS, a list of shell-quoted words in one of
 * two forms, 'a.b=c' (before git 2.31) and 'a.b'='c'; scripts use
 * GIT_CONFIG_COUNT with GIT_CONFIG_KEY_<n> and GIT_CONFIG_VALUE_<n>.
 */
#include "store/config/config.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"

enum {
	PAIRS_MAX = 100000
};

static int fail_bogus(pv_error *err)
{
	return pv_fail(err, PV_EINVALID, "bogus format in GIT_CONFIG_PARAMETERS");
}

/*
 * Appends one word of the form 'text' where '\'' and '\!' stand for the
 * quoted characters; the rest of the input, or NULL when it is malformed.
 */
static const char *unquote(pv_buf *out, const char *in)
{
	if (*in != '\'')
		return NULL;
	for (in++; *in; in++) {
		if (*in != '\'') {
			pv_buf_putc(out, *in);
			continue;
		}
		if (in[1] != '\\')
			return in + 1;
		if ((in[2] != '\'' && in[2] != '!') || in[3] != '\'')
			return NULL;
		pv_buf_putc(out, in[2]);
		in += 3;
	}
	return NULL;
}

/* Adds 'key=value', or 'key' alone, the form of older versions. */
static int add_joined(pv_config_list *out, pv_buf *word, pv_error *err)
{
	char *equals = strchr(word->ptr, '=');

	if (equals)
		*equals = '\0';
	return pv_config_list_add(out, word->ptr, equals ? equals + 1 : NULL,
				  err);
}

/* Adds one entry of the list; `*in` moves behind it. */
static int add_parameter(pv_config_list *out, const char **in, pv_error *err)
{
	pv_buf key = { 0 };
	pv_buf value = { 0 };
	const char *rest;
	int has_value = 0, rc;

	rest = unquote(&key, *in);
	rc = pv_buf_status(&key, err);
	if (rc < 0)
		goto out;
	if (!rest || !key.len) {
		rc = fail_bogus(err);
		goto out;
	}
	if (*rest != '=') {
		rc = add_joined(out, &key, err);
		*in = rest;
		goto out;
	}
	rest++;
	if (*rest && *rest != ' ') {
		has_value = 1;
		rest = unquote(&value, rest);
		if (!rest) {
			rc = fail_bogus(err);
			goto out;
		}
	}
	*in = rest;
	rc = pv_buf_status(&value, err);
	if (rc == PV_OK)
		rc = pv_config_list_add(out, key.ptr,
					has_value ? pv_buf_text(&value) : NULL,
					err);
out:
	pv_buf_dispose(&key);
	pv_buf_dispose(&value);
	return rc;
}

static int parse_parameters(pv_config_list *out, const char *in, pv_error *err)
{
	while (*in) {
		int rc;

		if (*in == ' ' || *in == '\t' || *in == '\n') {
			in++;
			continue;
		}
		rc = add_parameter(out, &in, err);
		if (rc < 0)
			return rc;
		if (*in && *in != ' ' && *in != '\t' && *in != '\n')
			return fail_bogus(err);
	}
	return PV_OK;
}

/* The variable <prefix><idx>, which has to be there. */
static int find_numbered(const char **out, const pv_store *store,
			 const char *prefix, unsigned idx, pv_error *err)
{
	pv_buf name = { 0 };
	int rc;

	pv_buf_printf(&name, "%s%u", prefix, idx);
	rc = pv_buf_status(&name, err);
	if (rc == PV_OK) {
		*out = pv_store_env(store, name.ptr);
		if (!*out)
			rc = pv_fail(err, PV_EINVALID, "%s is not set", name.ptr);
	}
	pv_buf_dispose(&name);
	return rc;
}

static int parse_pairs(pv_config_list *out, const pv_store *store, pv_error *err)
{
	const char *text = pv_store_env(store, "GIT_CONFIG_COUNT");
	const char *key, *value;
	unsigned count;

	if (!text || !*text)
		return PV_OK;
	if (pv_str_to_uint(&count, pv_str_of(text), PAIRS_MAX) < 0)
		return pv_fail(err, PV_EINVALID,
			       "GIT_CONFIG_COUNT \"%s\" is not a count", text);
	for (unsigned i = 0; i < count; i++) {
		int rc = find_numbered(&key, store, "GIT_CONFIG_KEY_", i, err);

		if (rc == PV_OK)
			rc = find_numbered(&value, store, "GIT_CONFIG_VALUE_",
					   i, err);
		if (rc == PV_OK)
			rc = pv_config_list_add(out, key, value, err);
		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

int pv_config_parse_env(pv_config_list *out, const pv_store *store, pv_error *err)
{
	const char *parameters = pv_store_env(store, "GIT_CONFIG_PARAMETERS");
	int rc = parse_pairs(out, store, err);

	if (rc == PV_OK && parameters)
		rc = parse_parameters(out, parameters, err);
	return rc;
}
