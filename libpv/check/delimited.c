/* SPDX-License-Identifier: MIT
 *
 * Delimiters around a stretch of a text; see delimited.h. Looking goes at most
 * NEAR bytes to either side, so that a text with many variables takes no
 * longer than it is.
 */
#include "check/delimited.h"

#include "base/mem.h"
#include "schema/format.h"

enum {
	NEAR = 20000,
	TAG_MAX = 40
};

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* --- signs right at both ends --------------------------------------------- */

/* "{{ x }}", (x), [x], <x>, `x`, and the like. */
static int is_quoted(pv_str text, size_t start, size_t end)
{
	static const char opening[] = "\"'`[(<|";
	static const char closing[] = "\"'`])>|";
	const char *sign;

	if (!start || end >= text.len)
		return 0;
	sign = strchr(opening, text.ptr[start - 1]);
	return sign && *sign && text.ptr[end] == closing[sign - opening];
}

/* A line that begins with three equal signs; fences see is_inside. */
static int is_rule_line(pv_str line)
{
	size_t same = 1;

	line = pv_str_trim(line);
	if (line.len < 3 || !strchr("-=#*_~<>+", line.ptr[0]))
		return 0;
	while (same < line.len && line.ptr[same] == line.ptr[0])
		same++;
	return same >= 3;
}

/* The line with a letter or sign in it that ends at or before `at`. */
static pv_str line_before(pv_str text, size_t at)
{
	size_t start;

	while (at && is_blank(text.ptr[at - 1]))
		at--;
	start = at;
	while (start && at - start < 200 && text.ptr[start - 1] != '\n')
		start--;
	return (pv_str){ text.ptr + start, at - start };
}

static pv_str line_behind(pv_str text, size_t at)
{
	size_t end;

	while (at < text.len && is_blank(text.ptr[at]))
		at++;
	end = at;
	while (end < text.len && end - at < 200 && text.ptr[end] != '\n')
		end++;
	return (pv_str){ text.ptr + at, end - at };
}

static int is_between_lines(pv_str text, size_t start, size_t end)
{
	return is_rule_line(line_before(text, start)) &&
	       is_rule_line(line_behind(text, end));
}

/* --- around more than the one --------------------------------------------- */

/* Whether `sign` stands an odd number of times before, and once more behind. */
static int is_inside(pv_str text, size_t start, size_t end, const char *sign)
{
	size_t len = strlen(sign);
	size_t at = start > NEAR ? start - NEAR : 0;
	size_t limit = text.len - end > NEAR ? end + NEAR : text.len;
	int is_open = 0;

	for (; at + len <= start; at++) {
		if (memcmp(text.ptr + at, sign, len) != 0)
			continue;
		is_open = !is_open;
		at += len - 1;
	}
	for (at = end; is_open && at + len <= limit; at++)
		if (!memcmp(text.ptr + at, sign, len))
			return 1;
	return 0;
}

/* The last place before `end` where "<name" or "</name" starts, or `end`. */
static size_t last_tag(pv_str text, size_t end, pv_str tag)
{
	size_t least = end > NEAR ? end - NEAR : 0;

	for (size_t at = end; at-- > least;) {
		char behind;

		if (text.ptr[at] != '<' || end - at <= tag.len ||
		    memcmp(text.ptr + at + 1, tag.ptr, tag.len) != 0)
			continue;
		behind = pv_str_at(text, at + 1 + tag.len);
		if (behind == '>' || is_blank(behind))
			return at;
	}
	return end;
}

/* <name> ... and </name> behind. */
static int is_tagged(pv_str text, size_t start, size_t end)
{
	size_t limit = text.len - end > NEAR ? end + NEAR : text.len;
	int tries = 10;

	for (size_t at = end; at + 2 < limit && tries; at++) {
		pv_str closing = { text.ptr + at + 1, 1 };
		pv_str name;
		size_t open;
		size_t closed;

		if (text.ptr[at] != '<' || text.ptr[at + 1] != '/')
			continue;
		while (closing.len < TAG_MAX && at + 1 + closing.len < limit &&
		       closing.ptr[closing.len] != '>')
			closing.len++;
		name.ptr = closing.ptr + 1;
		name.len = closing.len - 1;
		open = last_tag(text, start, name);
		closed = last_tag(text, start, closing);
		if (name.len && open < start && (closed == start || closed < open))
			return 1;
		tries--;
	}
	return 0;
}

int pv_is_delimited(pv_str text, size_t start, size_t end)
{
	return is_quoted(text, start, end) ||
	       is_between_lines(text, start, end) ||
	       is_inside(text, start, end, "```") ||
	       is_inside(text, start, end, "\"\"\"") ||
	       is_tagged(text, start, end);
}

/* --- names ---------------------------------------------------------------- */

/* The next word of a name in snake or camel case; len 0 at the end. */
static pv_str next_word(pv_str name, size_t *at)
{
	pv_str word;
	size_t start;

	while (*at < name.len && !pv_is_letter(name.ptr[*at]))
		++*at;
	start = *at;
	while (*at < name.len && pv_is_letter(name.ptr[*at])) {
		int is_capital = name.ptr[*at] >= 'A' && name.ptr[*at] <= 'Z';

		if (*at > start && is_capital &&
		    pv_lower(name.ptr[*at - 1]) == name.ptr[*at - 1])
			break;
		++*at;
	}
	word.ptr = name.ptr + start;
	word.len = *at - start;
	return word;
}

/* In small letters, with or without the s of several. */
static int is_word(pv_str word, const char *text)
{
	size_t len = strlen(text);

	if (word.len == len + 1 && pv_lower(word.ptr[len]) == 's')
		word.len = len;
	if (word.len != len)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (pv_lower(word.ptr[i]) != text[i])
			return 0;
	return 1;
}

static int is_among(pv_str word, const char *const *words)
{
	for (; *words; words++)
		if (is_word(word, *words))
			return 1;
	return 0;
}

/* What an author may call examples and words of his own as well. */
static const char *const texts[] = {
	"answer",   "article", "body",      "comment",   "content", "context",
	"document", "doc",     "email",     "excerpt",   "history", "input",
	"message",  "page",    "passage",   "paragraph", "post",    "query",
	"question", "reply",   "request",   "result",    "review",  "sentence",
	"snippet",  "text",    "utterance", NULL
};

/* What nobody writes for himself. */
static const char *const foreign_texts[] = {
	"attachment", "chat", "complaint", "conversation", "feedback", "html",
	"inquiry",    "mail", "ticket",    "transcript",   "tweet",    "upload",
	"webpage",    NULL
};

static const char *const people[] = { "user",     "customer", "client",
				      "visitor",  "external", "guest",
				      "stranger", "scraped",  "retrieved",
				      "fetched",  NULL };

int pv_is_foreign_name(pv_str name, int certainty)
{
	int is_text = 0;
	int is_people = 0;
	size_t at = 0;

	for (pv_str word = next_word(name, &at); word.len;
	     word = next_word(name, &at)) {
		int is_foreign = is_among(word, foreign_texts);

		is_text |= is_foreign || is_among(word, texts);
		is_people |=
			is_among(word, people) || (is_foreign && certainty < 2);
		if (is_word(word, "untrusted"))
			return 1;
	}
	return is_text && (is_people || !certainty);
}
