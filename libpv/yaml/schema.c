/* SPDX-License-Identifier: MIT
 *
 * The YAML 1.2 core schema (YAML 1.2.2, section 10.3): what plain scalars
 * are, and what the core tags demand. So "no", "12:30", "1_000" and
 * "2024-01-01" are strings, 0644 is the decimal 644 and 0o644 is octal.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "yaml/doc.h"

static const char core_prefix[] = "tag:yaml.org,2002:";

/* What a tag asks for; CUSTOM is every tag outside the core schema. */
enum tag {
	NON_SPECIFIC,
	STR,
	NUL,
	BOOL,
	INT,
	FLOAT,
	SEQ,
	MAP,
	CUSTOM
};

static int is_one_of(const char *text, size_t len, const char *const *words,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) == len && !memcmp(text, words[i], len))
			return 1;
	return 0;
}

static size_t skip_digits(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* 0o17 and 0xFF; `len` is at least 3. */
static int is_prefixed_int(const char *text, size_t len)
{
	int is_hex = text[1] == 'x';

	if (text[1] != 'o' && !is_hex)
		return 0;
	for (size_t i = 2; i < len; i++) {
		char c = text[i];
		int is_digit = c >= '0' && c <= (is_hex ? '9' : '7');
		int is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (!is_digit && !(is_hex && is_letter))
			return 0;
	}
	return 1;
}

/* Infinity, with the sign already taken off, or not a number. */
static int is_special_float(const char *text, size_t len, int has_sign)
{
	static const char *const infinities[] = { ".inf", ".Inf", ".INF" };
	static const char *const nans[] = { ".nan", ".NaN", ".NAN" };

	return is_one_of(text, len, infinities, pv_array_len(infinities)) ||
	       (!has_sign && is_one_of(text, len, nans, pv_array_len(nans)));
}

/* [eE][-+]?[0-9]+ up to the end of the text. */
static int is_exponent(const char *text, size_t len, size_t at)
{
	if (at == len || (text[at] != 'e' && text[at] != 'E'))
		return 0;
	at++;
	if (at < len && (text[at] == '-' || text[at] == '+'))
		at++;
	return at < len && skip_digits(text, len, at) == len;
}

static enum pv_yaml_type number_type(const char *text, size_t len)
{
	size_t start = text[0] == '-' || text[0] == '+';
	size_t whole = skip_digits(text, len, start);
	size_t at = whole;

	if (at == len)
		return at > start ? PV_YAML_INT : PV_YAML_STRING;
	if (!start && len > 2 && text[0] == '0' && is_prefixed_int(text, len))
		return PV_YAML_INT;
	if (is_special_float(text + start, len - start, start > 0))
		return PV_YAML_FLOAT;
	if (text[at] == '.')
		at = skip_digits(text, len, at + 1);
	if (whole == start && at < start + 2)
		return PV_YAML_STRING;
	return at == len || is_exponent(text, len, at) ? PV_YAML_FLOAT
						       : PV_YAML_STRING;
}

/* Lower case, capitalised or upper case, as the schema lists its words. */
static inline int is_word(const char *text, const char *lower,
			  const char *upper, size_t len)
{
	if (text[0] == lower[0])
		return !memcmp(text, lower, len);
	return text[0] == upper[0] && (!memcmp(text + 1, lower + 1, len - 1) ||
				       !memcmp(text + 1, upper + 1, len - 1));
}

enum pv_yaml_type pv_yaml_core_type(const char *text, size_t len)
{
	if (!len || (len == 1 && text[0] == '~'))
		return PV_YAML_NULL;
	if ((text[0] >= '0' && text[0] <= '9') || text[0] == '-' ||
	    text[0] == '+' || text[0] == '.')
		return number_type(text, len);
	/* Of lengths the compiler knows: no call is made. */
	if (len == 4 && is_word(text, "null", "NULL", 4))
		return PV_YAML_NULL;
	if ((len == 4 && is_word(text, "true", "TRUE", 4)) ||
	    (len == 5 && is_word(text, "false", "FALSE", 5)))
		return PV_YAML_BOOL;
	return PV_YAML_STRING;
}

static enum tag tag_of(const char *tag)
{
	static const struct {
		const char *name;
		enum tag tag;
	} core[] = { { "str", STR }, { "null", NUL },    { "bool", BOOL },
		     { "int", INT }, { "float", FLOAT }, { "seq", SEQ },
		     { "map", MAP } };

	if (!strcmp(tag, "!"))
		return NON_SPECIFIC;
	if (strncmp(tag, core_prefix, sizeof(core_prefix) - 1) != 0)
		return CUSTOM;
	for (size_t i = 0; i < pv_array_len(core); i++)
		if (!strcmp(tag + sizeof(core_prefix) - 1, core[i].name))
			return core[i].tag;
	return CUSTOM;
}

/* The tag as people write it, "!!int" for the core ones. */
static int fail_tag(const char *tag, const char *what, pv_error *err)
{
	if (!strncmp(tag, core_prefix, sizeof(core_prefix) - 1))
		return pv_fail(err, PV_ESYNTAX, "tag \"!!%.60s\" %s",
			       tag + sizeof(core_prefix) - 1, what);
	return pv_fail(err, PV_ESYNTAX, "tag \"%.60s\" %s", tag, what);
}

static int apply_scalar_tag(pv_yaml_node *node, enum tag tag, pv_error *err)
{
	static const enum pv_yaml_type types[] = {
		[NUL] = PV_YAML_NULL,
		[BOOL] = PV_YAML_BOOL,
		[INT] = PV_YAML_INT,
		[FLOAT] = PV_YAML_FLOAT,
	};
	enum pv_yaml_type is;

	node->type = PV_YAML_STRING;
	if (tag == SEQ || tag == MAP)
		return fail_tag(node->tag, "on a scalar", err);
	if (tag == STR || tag == NON_SPECIFIC || tag == CUSTOM)
		return PV_OK;
	is = pv_yaml_core_type(node->text, node->len);
	if (is != types[tag] && !(tag == FLOAT && is == PV_YAML_INT))
		return fail_tag(node->tag, "does not fit its value", err);
	node->type = types[tag];
	return PV_OK;
}

int pv_yaml_apply_tag(pv_yaml_node *node, enum pv_yaml_tags tags, pv_error *err)
{
	enum tag tag = tag_of(node->tag);

	if (tag == CUSTOM && tags == PV_YAML_TAGS_CORE)
		return fail_tag(node->tag, "is not allowed", err);
	if (node->kind == PV_YAML_SCALAR)
		return apply_scalar_tag(node, tag, err);
	if (tag == NON_SPECIFIC || tag == CUSTOM ||
	    (tag == SEQ && node->kind == PV_YAML_SEQUENCE) ||
	    (tag == MAP && node->kind == PV_YAML_MAPPING))
		return PV_OK;
	return fail_tag(node->tag, "is on the wrong kind of node", err);
}
