/* SPDX-License-Identifier: MIT
 *
 * Searches into trees, by descent:
 *
 *	any   = all { "OR" all }
 *	all   = one { [ "AND" ] one }
 *	one   = [ "NOT" | "-" ] [ field ":" ] ( "(" any ")" | words )
 *	words = ( word | '"' phrase '"' ) [ "*" ]
 *
 * What is not wanted must stand beside something that is.
 */
#include "index/search_text.h"

#include "base/fail.h"
#include "base/utf8.h"

enum {
	WORDS_MAX = 100,
	DEPTH_MAX = 20
};

struct parser {
	pv_str text;
	size_t at;
	int words;
	int depth;
	int field; /* of the group that we are in */
	const char *names;
	pv_arena *arena;
	pv_error *err;
};

/* --- the text ------------------------------------------------------------- */

static int fail_at(struct parser *it, size_t at, const char *what)
{
	int rc = pv_fail(it->err, PV_EINVALID, "%s", what);
	int line;
	int column;

	pv_utf8_place(it->text.ptr, it->text.len, at, &line, &column);
	rc = pv_error_at(it->err, rc, "the search", line, column);
	return pv_error_hint(it->err, rc,
			     "words, \"a phrase\", pre*, OR, NOT, (groups), %s",
			     it->names);
}

static int fail_limit(struct parser *it, const char *what, int max)
{
	return pv_fail(it->err, PV_ELIMIT, "the search has more than %d %s",
		       max, what);
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next character that is no blank; NUL at the end. */
static char look(struct parser *it)
{
	while (it->at < it->text.len && is_blank(it->text.ptr[it->at]))
		it->at++;
	return pv_str_at(it->text, it->at);
}

static int is_end(struct parser *it)
{
	(void)look(it);
	return it->at >= it->text.len;
}

/* Whether a word stands here, and goes past it. */
static int take(struct parser *it, const char *word)
{
	size_t len = strlen(word);
	char behind;

	(void)look(it);
	if (it->text.len - it->at < len ||
	    memcmp(it->text.ptr + it->at, word, len) != 0)
		return 0;
	behind = pv_str_at(it->text, it->at + len);
	if (behind && !is_blank(behind) && behind != '(' && behind != '"')
		return 0;
	it->at += len;
	return 1;
}

static int take_char(struct parser *it, char c)
{
	if (look(it) != c || it->at >= it->text.len)
		return 0;
	it->at++;
	return 1;
}

/* --- nodes ---------------------------------------------------------------- */

static int make(const pv_search_node **out, struct parser *it,
		const pv_search_node *node)
{
	pv_search_node *copy = pv_arena_alloc(it->arena, sizeof(*copy));

	if (!copy)
		return pv_fail_nomem(it->err);
	*copy = *node;
	*out = copy;
	return PV_OK;
}

/* Joins `one` to what there is, of which there may be nothing yet. */
static int join(const pv_search_node **all, struct parser *it,
		enum pv_search_kind kind, const pv_search_node *one)
{
	const pv_search_node node = { .kind = kind, .left = *all, .right = one };

	if (!*all) {
		*all = one;
		return PV_OK;
	}
	return make(all, it, &node);
}

/* Letters and digits; all that is not ASCII may be one. */
static int has_word(pv_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c >= 0x80 || (c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			return 1;
	}
	return 0;
}

static int take_phrase(struct parser *it, pv_str *out)
{
	const char *start = it->text.ptr + it->at + 1;
	size_t left = it->text.len - it->at - 1;
	const char *end = memchr(start, '"', left);

	if (!end)
		return fail_at(it, it->at, "the phrase has no closing quote");
	out->ptr = start;
	out->len = (size_t)(end - start);
	it->at += out->len + 2;
	return PV_OK;
}

static void take_word(struct parser *it, pv_str *out)
{
	size_t start = it->at;

	while (it->at < it->text.len && !is_blank(it->text.ptr[it->at]) &&
	       !strchr("()\"*", it->text.ptr[it->at]))
		it->at++;
	out->ptr = it->text.ptr + start;
	out->len = it->at - start;
}

static int is_operator(pv_str word)
{
	return pv_str_is(word, "AND") || pv_str_is(word, "OR") ||
	       pv_str_is(word, "NOT");
}

static int parse_words(const pv_search_node **out, struct parser *it)
{
	pv_search_node node = { .kind = PV_SEARCH_WORDS, .field = it->field };
	size_t start = it->at;
	int rc = PV_OK;

	if (++it->words > WORDS_MAX)
		return fail_limit(it, "words", WORDS_MAX);
	if (look(it) == '"')
		rc = take_phrase(it, &node.text);
	else
		take_word(it, &node.text);
	if (rc < 0)
		return rc;
	if (!has_word(node.text) ||
	    (it->text.ptr[start] != '"' && is_operator(node.text)))
		return fail_at(it, start, "a word is expected here");
	if (pv_str_at(it->text, it->at) == '*') {
		it->at++;
		node.is_prefix = 1;
	}
	return make(out, it, &node);
}

/* --- the grammar ---------------------------------------------------------- */

static int parse_any(const pv_search_node **out, struct parser *it);

static int parse_group(const pv_search_node **out, struct parser *it)
{
	size_t start = it->at++;
	int rc;

	if (++it->depth > DEPTH_MAX)
		return fail_limit(it, "groups within each other", DEPTH_MAX);
	rc = parse_any(out, it);
	if (rc == PV_OK && !take_char(it, ')'))
		rc = fail_at(it, start, "the group has no closing parenthesis");
	it->depth--;
	return rc;
}

static int take_field(struct parser *it)
{
	pv_str rest = { it->text.ptr + it->at, it->text.len - it->at };
	const char *name = it->names;

	for (int i = 1; *name; i++) {
		size_t len = strcspn(name, ":") + 1;

		if (rest.len > len && memcmp(rest.ptr, name, len) == 0 &&
		    !is_blank(pv_str_at(rest, len))) {
			it->at += len;
			return i;
		}
		name += len + (name[len] == ' ');
	}
	return it->field;
}

static int parse_one(const pv_search_node **out, struct parser *it)
{
	int outer = it->field;
	int rc;

	(void)look(it);
	it->field = take_field(it);
	rc = look(it) == '(' ? parse_group(out, it) : parse_words(out, it);
	it->field = outer;
	return rc;
}

/* "-" is only a sign in front of a word, not within one or alone. */
static int take_not(struct parser *it)
{
	char behind;

	if (take(it, "NOT"))
		return 1;
	if (look(it) != '-')
		return 0;
	behind = pv_str_at(it->text, it->at + 1);
	if (!behind || is_blank(behind))
		return 0;
	it->at++;
	return 1;
}

static int is_all_over(struct parser *it)
{
	size_t at = it->at;
	int is_over = is_end(it) || look(it) == ')' || take(it, "OR");

	it->at = at;
	return is_over;
}

static int parse_all(const pv_search_node **out, struct parser *it)
{
	const pv_search_node *wanted = NULL;
	const pv_search_node *unwanted = NULL;
	size_t start = it->at;
	int rc = PV_OK;

	do {
		const pv_search_node *one = NULL;
		int is_not = take_not(it);

		rc = parse_one(&one, it);
		if (rc == PV_OK)
			rc = join(is_not ? &unwanted : &wanted, it,
				  is_not ? PV_SEARCH_OR : PV_SEARCH_AND, one);
		if (rc == PV_OK && take(it, "AND") && is_all_over(it))
			rc = fail_at(it, it->at, "a word is expected here");
	} while (rc == PV_OK && !is_all_over(it));
	if (rc == PV_OK && !wanted)
		rc = fail_at(it, start, "this only says what is not to be found");
	*out = wanted;
	return rc == PV_OK && unwanted ? join(out, it, PV_SEARCH_NOT, unwanted)
				       : rc;
}

static int parse_any(const pv_search_node **out, struct parser *it)
{
	const pv_search_node *all = NULL;
	int rc = PV_OK;

	*out = NULL;
	do {
		rc = parse_all(&all, it);
		if (rc == PV_OK)
			rc = join(out, it, PV_SEARCH_OR, all);
	} while (rc == PV_OK && take(it, "OR"));
	return rc;
}

int pv_search_parse(const pv_search_node **out, pv_arena *arena, pv_str text,
		    const char *names, pv_error *err)
{
	struct parser it = {
		.text = text, .arena = arena, .names = names, .err = err
	};
	int rc;

	*out = NULL;
	if (pv_utf8_valid(text.ptr, text.len) < text.len ||
	    memchr(text.ptr, 0, text.len))
		return pv_fail(err, PV_EINVALID, "the search is not UTF-8");
	rc = parse_any(out, &it);
	if (rc == PV_OK && !is_end(&it))
		rc = fail_at(&it, it.at, "there is no group to be closed");
	return rc;
}
