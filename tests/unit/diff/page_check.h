/* SPDX-License-Identifier: MIT
 *
 * Whether a page is what it should be, whatever went into it: the tags and
 * attributes that the printer is meant to write, closed in order, links to the
 * page itself, the web or a mail address, and text without a character that
 * acts on a page or cannot be seen. Included once by each program that checks.
 */
#ifndef PV_TESTS_PAGE_CHECK_H
#define PV_TESTS_PAGE_CHECK_H

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "diff/paint.h"

enum {
	PAGE_DEPTH = 200
};

struct page_check {
	const char *at;
	const char *end;
	pv_str open[PAGE_DEPTH];
	size_t depth;
	const char *wrong; /* what is, or NULL */
};

static int page_is_among(pv_str word, const char *const *words)
{
	for (; *words; words++)
		if (pv_str_is(word, *words))
			return 1;
	return 0;
}

static pv_str page_word(struct page_check *it)
{
	pv_str word = { it->at, 0 };

	while (it->at < it->end &&
	       strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *it->at))
		it->at++;
	word.len = (size_t)(it->at - word.ptr);
	return word;
}

static int page_is_harmless(pv_str text)
{
	while (text.len > 0) {
		size_t len = pv_paint_harmless(text);

		if (len == text.len)
			return 1;
		if (text.ptr[len] != '\n')
			return 0;
		text.ptr += len + 1;
		text.len -= len + 1;
	}
	return 1;
}

static void page_text(struct page_check *it, const char *stops)
{
	static const char *const references[] = { "&amp;",  "&lt;",  "&gt;",
						  "&quot;", "&#39;", NULL };
	pv_str text = { it->at, 0 };

	for (; it->at < it->end && !strchr(stops, *it->at); it->at++) {
		size_t i = 0;

		if (*it->at == '\0' || *it->at == '<' || *it->at == '>')
			it->wrong = "a character of markup";
		if (*it->at != '&')
			continue;
		while (references[i] && strncmp(it->at, references[i],
						strlen(references[i])) != 0)
			i++;
		if (!references[i])
			it->wrong = "a reference";
	}
	text.len = (size_t)(it->at - text.ptr);
	if (!page_is_harmless(text))
		it->wrong = "a character that acts or hides";
}

static void page_value(struct page_check *it, pv_str name)
{
	static const char *const starts[] = { "#", "https://", "http://",
					      "mailto:", NULL };
	size_t i = 0;

	if (*it->at != '"') {
		page_word(it);
		return;
	}
	it->at++;
	while (starts[i] && strncmp(it->at, starts[i], strlen(starts[i])) != 0)
		i++;
	if (pv_str_is(name, "href") && !starts[i])
		it->wrong = "a link";
	page_text(it, "\"");
	it->at += it->at < it->end;
}

static void page_attributes(struct page_check *it)
{
	static const char *const known[] = { "aria-labelledby",
					     "checked",
					     "class",
					     "data-n",
					     "href",
					     "id",
					     "name",
					     "rel",
					     "scope",
					     "start",
					     "tabindex",
					     "type",
					     NULL };

	while (it->at < it->end && *it->at == ' ') {
		pv_str name;

		it->at++;
		name = page_word(it);
		if (!page_is_among(name, known))
			it->wrong = "an attribute";
		if (*it->at == '=') {
			it->at++;
			page_value(it, name);
		}
	}
	if (*it->at != '>')
		it->wrong = "the end of a tag";
	it->at += it->at < it->end;
}

static void page_tag(struct page_check *it)
{
	static const char *const known[] = {
		"a",    "bdi",    "blockquote", "br",     "caption",
		"code", "col",    "colgroup",   "del",    "details",
		"div",  "em",     "fieldset",   "footer", "h1",
		"h2",   "h3",     "header",     "hr",     "input",
		"ins",  "label",  "legend",     "li",     "main",
		"nav",  "ol",     "p",          "pre",    "section",
		"span", "strong", "summary",    "table",  "tbody",
		"td",   "th",     "thead",      "tr",     "ul",
		"html", "body",   NULL
	};
	static const char *const empty[] = { "br", "col", "hr", "input", NULL };
	int closes = it->at[1] == '/';
	pv_str name;

	it->at += 1 + closes;
	name = page_word(it);
	page_attributes(it);
	if (!page_is_among(name, known))
		it->wrong = "a tag";
	else if (page_is_among(name, empty))
		return;
	else if (!closes && it->depth < PAGE_DEPTH)
		it->open[it->depth++] = name;
	else if (!closes || it->depth == 0 ||
		 !pv_str_eq(it->open[--it->depth], name))
		it->wrong = "nesting";
}

/* NULL, or what is wrong; `*at_out` then is where, roughly. */
static const char *page_wrong(const pv_buf *page, const char **at_out)
{
	static const char start[] = "</head>\n";
	struct page_check it = { .end = page->ptr + page->len };

	it.at = strstr(page->ptr, start);
	if (strlen(page->ptr) != page->len || !it.at ||
	    strstr(page->ptr, "</style>\n</head>") + 9 != it.at)
		return "the head";
	it.open[it.depth++] = pv_str_of("html");
	it.at += strlen(start);
	while (it.at < it.end && !it.wrong) {
		*at_out = it.at;
		if (*it.at == '<')
			page_tag(&it);
		else
			page_text(&it, "<");
	}
	if (!it.wrong && it.depth > 0)
		return "what is not closed";
	return it.wrong;
}

#endif
