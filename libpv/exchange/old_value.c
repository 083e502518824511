/* SPDX-License-Identifier: MIT
 *
 * Values of older layouts, see old_value.h: nobody said how they are written.
 */
#include "exchange/old_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pv/prompt.h>

#include "base/clock.h"
#include "base/str.h"
#include "index/execution.h"

const pv_json *pv_old_member(const pv_json *object, const char *const *names)
{
	for (; *names; names++) {
		const pv_json *member = pv_json_get(object, *names);
		enum pv_json_type type = pv_json_type_of(member);

		if (type != PV_JSON_ABSENT && type != PV_JSON_NULL)
			return member;
	}
	return NULL;
}

/* Nine digits behind the point, or three of what is very large. */
static int from_digits(double *out, const char *text, size_t len)
{
	pv_str digits = { text, len };
	int is_exact;
	int64_t value = 0;
	int rc = pv_scaled_parse(&value, &is_exact, digits, 9);

	*out = (double)value / 1e9;
	if (rc == PV_ELIMIT) {
		rc = pv_scaled_parse(&value, &is_exact, digits, 3);
		*out = (double)value / 1e3;
	}
	return rc == PV_OK;
}

int pv_old_number(double *out, const pv_json *value)
{
	size_t len = 0;
	const char *text = pv_json_text(value, &len);
	enum pv_json_type type = pv_json_type_of(value);

	if (type == PV_JSON_INT || type == PV_JSON_REAL) {
		*out = pv_json_real(value, 0);
		return 1;
	}
	return text && from_digits(out, text, len);
}

int pv_old_bool(int *out, const pv_json *value)
{
	static const char *const words[2][6] = {
		{ "false", "no", "0", "failure", "failed", "error" },
		{ "true", "yes", "1", "success", "succeeded", "ok" },
	};
	const char *text = pv_json_text(value, NULL);
	enum pv_json_type type = pv_json_type_of(value);

	if (type == PV_JSON_BOOL || type == PV_JSON_INT) {
		*out = pv_json_int(value, 0) != 0;
		return 1;
	}
	for (int is = 0; text && is < 2; is++)
		for (int i = 0; i < 6; i++)
			if (pv_str_casecmp(text, words[is][i]) == 0) {
				*out = is;
				return 1;
			}
	return 0;
}

/* --- times ---------------------------------------------------------------- */

static int from_seconds(int64_t *out, double seconds)
{
	/* What is too large for seconds are milliseconds. */
	if (seconds > 1e11)
		seconds /= 1000;
	if (!(seconds > 0 && seconds < 253402300800.0))
		return 0;
	*out = (int64_t)llround(seconds * 1e6);
	return 1;
}

/* "2025-07-01 10:00:00+0200" and its like as RFC 3339. */
static int from_text(int64_t *out, const char *text)
{
	char full[80];
	size_t len = strlen(text);
	const char *zone = "";

	if (len < 10 || len > 40)
		return 0;
	snprintf(full, sizeof(full), "%s", text);
	if (len == 10)
		zone = "T00:00:00Z";
	else if (full[10] == ' ')
		full[10] = 'T';
	if (len == 16) /* without seconds */
		zone = ":00Z";
	else if (len > 10 && !strpbrk(full + 11, "Zz+-"))
		zone = "Z";
	/* "+0200" lacks its colon. */
	if (len >= 24 && !*zone && strchr("+-", full[len - 5])) {
		memmove(full + len - 1, full + len - 2, 3);
		full[len - 2] = ':';
	}
	snprintf(full + strlen(full), sizeof(full) - strlen(full), "%s", zone);
	return pv_time_parse(out, full, NULL) == PV_OK && *out > 0;
}

int pv_old_time(int64_t *out, const pv_json *value)
{
	const char *text = pv_json_text(value, NULL);
	double seconds;

	*out = 0;
	if (text && from_text(out, text))
		return 1;
	return pv_old_number(&seconds, value) && from_seconds(out, seconds);
}

void pv_old_time_text(char out[PV_TIME_TEXT], int64_t micros)
{
	size_t len;

	pv_time_format(out, micros);
	len = strlen(out);
	if (micros % 1000)
		snprintf(out + len - 1, PV_TIME_TEXT - len + 1, "%03dZ",
			 (int)(micros % 1000));
}

/* --- names ---------------------------------------------------------------- */

int pv_old_id(char out[PV_ID_MAX + 1], const char *name)
{
	size_t len = 0;

	for (; *name && len < PV_ID_MAX; name++) {
		char c = *name;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !strchr("._-/", c))
			c = '-';
		if (c != '-' || (len && out[len - 1] != '-'))
			out[len++] = c;
	}
	while (len && out[len - 1] == '-')
		len--;
	out[len] = '\0';
	return !*name && pv_id_check(out, NULL) == PV_OK;
}

int pv_old_version_number(char out[PV_VERSION_TEXT], const char *label)
{
	pv_semver number;
	char text[64];
	int points = 0;

	label += *label == 'v' || *label == 'V';
	for (const char *at = label; *at && strchr("0123456789.", *at); at++)
		points += *at == '.';
	if (!*label || strlen(label) > 40)
		return 0;
	snprintf(text, sizeof(text), "%s%s", label,
		 points == 0   ? ".0.0"
		 : points == 1 ? ".0"
			       : "");
	if (pv_semver_parse(&number, text, NULL) < 0)
		return 0;
	pv_semver_format(out, &number);
	return 1;
}

/* --- executions ------------------------------------------------------------ */

/* Our ids have the time in them, so that "ts" may be left to them. */
static int has_time(const pv_json *object)
{
	pv_str id;

	if (pv_json_text(pv_json_get(object, "ts"), NULL))
		return 1;
	id.ptr = pv_json_text(pv_json_get(object, "id"), &id.len);
	return id.ptr && pv_uuid_parse(NULL, id) == 0;
}

int pv_old_is_execution(const pv_json *object)
{
	return has_time(object) && (pv_json_get(object, "prompt_id") ||
				    pv_json_get(object, "template") ||
				    pv_json_get(object, "rendered"));
}

pv_str pv_old_element(const char *json, size_t len, size_t *at)
{
	pv_str out = { json + *at, 0 };
	int is_text = 0;
	int depth = 0;

	for (; *at < len; ++*at, out.len++) {
		char c = json[*at];

		if (is_text && c == '\\' && *at + 1 < len) {
			++*at;
			out.len++;
		} else if (c == '"') {
			is_text = !is_text;
		} else if (!is_text && (c == '{' || c == '[')) {
			depth++;
		} else if (!is_text && (c == '}' || c == ']')) {
			if (!depth--)
				break;
		} else if (!is_text && !depth && c == ',') {
			break;
		}
	}
	++*at;
	return out;
}

pv_str pv_old_value(pv_str member)
{
	size_t at;

	member = pv_str_trim(member);
	for (at = 1; at < member.len && member.ptr[at] != '"'; at++)
		at += member.ptr[at] == '\\';
	while (at < member.len && member.ptr[at] != ':')
		at++;
	at += at < member.len;
	/* A text may end in the middle of one. */
	if (at > member.len)
		at = member.len;
	return pv_str_trim((pv_str){ member.ptr + at, member.len - at });
}

static int is_key(pv_str member, const char *key)
{
	size_t len = strlen(key);

	return member.len > len && memcmp(member.ptr, key, len) == 0;
}

/* Whether a member says when it was; an id does if it is one of ours. */
static int says_when(pv_str member)
{
	pv_str value = pv_old_value(member);

	if (value.len < 2 || value.ptr[0] != '"')
		return 0;
	value.ptr++;
	value.len -= 2;
	return is_key(member, "\"ts\"") ||
	       (is_key(member, "\"id\"") && pv_uuid_parse(NULL, value) == 0);
}

int pv_old_looks_like_execution(pv_str line)
{
	int has_when = 0;
	int has_what = 0;
	size_t at = 1;

	if (line.len < 2 || line.ptr[0] != '{')
		return 0;
	while (at < line.len && !(has_when && has_what)) {
		pv_str member =
			pv_str_trim(pv_old_element(line.ptr, line.len, &at));

		has_when |= says_when(member);
		has_what |= is_key(member, "\"prompt_id\"") ||
			    is_key(member, "\"template\"") ||
			    is_key(member, "\"rendered\"");
	}
	return has_when && has_what;
}
