/* SPDX-License-Identifier: MIT
 *
 * Secrets by the name of what they are assigned to: api_key = "...", a header
 * "Authorization: Bearer ...", a password in an address. Prompts talk about
 * tokens and passwords a lot, so a value must look like a key: long, of one
 * piece, with digits, irregular, and not like an example.
 */
#include "check/secret.h"

#include "base/mem.h"
#include "check/spot.h"

/* Ends of names, in small letters and without - and _. */
static const char *const names[] = {
	"accesskey",       "accesskeyid", "accesstoken",  "apikey",
	"apisecret",       "apitoken",    "authtoken",    "bearertoken",
	"clientsecret",    "credential",  "passphrase",   "passwd",
	"password",        "privatekey",  "refreshtoken", "secret",
	"secretaccesskey", "secretkey",   "signingkey",   "token",
	"authorization",
};

enum {
	NAME_MAX = 64,
	VALUE_MIN = 16,
	VALUE_MAX = 512,
	PASSWORD_MIN = 8
};

static const unsigned value_letters =
	PV_SECRET_URL | PV_SECRET_DOT | PV_SECRET_BASE64;

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blanks(pv_str text, size_t at)
{
	while (is_blank(pv_str_at(text, at)))
		at++;
	return at;
}

/* Whether a name is one of what is kept secret. */
static int is_secret_name(pv_str name)
{
	char plain[NAME_MAX];
	size_t len = 0;

	if (name.len > sizeof(plain))
		return 0;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c == '-' || c == '_')
			continue;
		plain[len++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	for (size_t i = 0; i < pv_array_len(names); i++) {
		size_t tail = strlen(names[i]);

		if (len >= tail && !memcmp(plain + len - tail, names[i], tail))
			return 1;
	}
	return 0;
}

static int has_any(pv_str word, unsigned letters)
{
	for (size_t i = 0; i < word.len; i++)
		if (pv_secret_has(letters, word.ptr[i]))
			return 1;
	return 0;
}

/* A call, an attribute or a path is code, not a value. */
static int is_value(pv_str text, pv_str value)
{
	char next = pv_str_at(text, (size_t)(value.ptr - text.ptr) + value.len);

	if (value.len < VALUE_MIN || value.len > VALUE_MAX || next == '(' ||
	    next == '[' || next == '{')
		return 0;
	return has_any(value, PV_SECRET_DIGITS) &&
	       has_any(value, PV_SECRET_UPPER | PV_SECRET_LOWER) &&
	       pv_secret_is_random(value, 34);
}

/* Behind the name: its quote, and a sign of assignment. 0 without one. */
static size_t skip_sign(pv_str text, size_t at)
{
	if (pv_str_at(text, at) == '"' || pv_str_at(text, at) == '\'')
		at++;
	at = skip_blanks(text, at);
	if (pv_str_at(text, at) != ':' && pv_str_at(text, at) != '=')
		return 0;
	at++;
	if (pv_str_at(text, at) == '=' || pv_str_at(text, at) == '>')
		at++;
	return skip_blanks(text, at);
}

/* "Bearer" and "Basic" in front of what a header has. */
static size_t skip_scheme(pv_str text, size_t at)
{
	static const char *const schemes[] = { "Bearer ", "bearer ", "Basic ",
					       "Token ", "token " };

	for (size_t i = 0; i < pv_array_len(schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (text.len - at > len && !memcmp(text.ptr + at, schemes[i], len))
			return skip_blanks(text, at + len);
	}
	return at;
}

static size_t value_at(size_t *start_out, pv_str text, size_t at)
{
	pv_str value;

	if (at > text.len)
		return 0;
	if (pv_str_at(text, at) == '"' || pv_str_at(text, at) == '\'' ||
	    pv_str_at(text, at) == '`')
		at++;
	at = skip_scheme(text, at);
	value.ptr = text.ptr + at;
	value.len = pv_secret_span(text, at, VALUE_MAX + 1, value_letters);
	while (value.len && value.ptr[value.len - 1] == '.')
		value.len--;
	*start_out = at;
	return is_value(text, value) ? at + value.len : 0;
}

/* scheme://user:password@host */
static size_t password_at(size_t *start_out, pv_str text, size_t at)
{
	size_t user = at + 3;
	size_t start;
	size_t end;
	pv_str word;

	if (text.len - at < 3 || memcmp(text.ptr + at, "://", 3) != 0)
		return 0;
	user += pv_secret_span(text, user, NAME_MAX,
			       PV_SECRET_URL | PV_SECRET_DOT);
	if (pv_str_at(text, user) != ':')
		return 0;
	start = user + 1;
	for (end = start; end < text.len && end - start < VALUE_MAX; end++)
		if (strchr("@/ \t\r\n\"'<>{}$", text.ptr[end]))
			break;
	word.ptr = text.ptr + start;
	word.len = end - start;
	*start_out = start;
	if (pv_str_at(text, end) != '@' || word.len < PASSWORD_MIN)
		return 0;
	/* A single word is what examples have. */
	if (pv_secret_span(word, 0, word.len,
			   PV_SECRET_UPPER | PV_SECRET_LOWER) == word.len)
		return 0;
	return pv_secret_is_random(word, 25) ? end : 0;
}

size_t pv_secret_assigned(size_t *start_out, pv_str text, size_t at)
{
	pv_str name = { text.ptr + at, 0 };
	size_t sign;

	if (text.ptr[at] == ':')
		return password_at(start_out, text, at);
	name.len = pv_secret_span(text, at, NAME_MAX + 1, PV_SECRET_URL);
	if (name.len < 5 || name.len > NAME_MAX)
		return 0;
	sign = skip_sign(text, at + name.len);
	if (!sign || !is_secret_name(name))
		return 0;
	return value_at(start_out, text, sign);
}

int pv_is_secret_setting(pv_str name, pv_str value)
{
	static const unsigned any =
		PV_SECRET_UPPER | PV_SECRET_LOWER | PV_SECRET_DIGITS;

	if (!is_secret_name(name) || value.len < PASSWORD_MIN)
		return 0;
	/* ${NAME} and $NAME are looked up elsewhere. */
	if (memchr(value.ptr, '$', value.len) ||
	    memchr(value.ptr, ' ', value.len))
		return 0;
	return has_any(value, any) && pv_secret_is_random(value, 20);
}
