/* SPDX-License-Identifier: MIT
 *
 * A search held against one prompt file: what it is, and the lines that have
 * its words.
 */
#include <string.h>

#include "base/edit_distance.h"
#include "base/fail.h"
#include "base/mem.h"
#include "prompt/model.h"
#include "search/search.h"

/* --- what is looked for --------------------------------------------------- */

static int is_name(const char *field)
{
	static const char names[] = " " PV_PROMPT_NAMES;
	const char *found = strstr(names, field);

	return found && found[-(found > names)] == ' ' &&
	       found[strlen(field)] == ':' && !strpbrk(field, " :");
}

/* Whether a path is another one, or leads to something below it. */
static int is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	return !strncmp(path, top, len) &&
	       (!path[len] || path[len] == '.' || path[len] == '[');
}

/* Three at most; what is nearer comes first. */
static void put_near(pv_buf *out, const char *field)
{
	static const char *const fields[] = { "id",          "name",
					      "description", "goal",
					      "tags",        "text",
					      "prompt",      "messages" };
	enum {
		EDITS = 3,
		NEAR = 3
	};
	int count = 0;

	for (size_t edits = 0; edits <= EDITS; edits++)
		for (size_t i = 0; i < pv_array_len(fields); i++)
			if (count < NEAR && edits < strlen(fields[i]) &&
			    pv_edit_distance(pv_str_of(field),
					     pv_str_of(fields[i]), EDITS) == edits)
				pv_buf_printf(out, "%s\"%s\"",
					      count++ ? " or " : "did you mean ",
					      fields[i]);
	if (count)
		pv_buf_puts(out, "? ");
}

static int fail_field(const char *field, pv_error *err)
{
	pv_buf near = { 0 };
	int rc = pv_fail(err, PV_EINVALID, "no field \"%.80s\" is searched",
			 field);

	put_near(&near, field);
	pv_error_hint(err, rc,
		      "%sfields: id name description goal tags text, or the "
		      "path of a text: messages[0]",
		      near.status < 0 ? "" : pv_buf_text(&near));
	pv_buf_dispose(&near);
	return rc;
}

static int check_field(const char *field, pv_error *err)
{
	static const char *const tops[] = { "tags", "prompt", "messages" };
	char top[16] = "";
	size_t len = strcspn(field, ".[");

	if (is_name(field))
		return PV_OK;
	if (len < sizeof(top))
		memcpy(top, field, len);
	for (size_t i = 0; i < pv_array_len(tops); i++)
		if (!strcmp(top, tops[i]))
			return PV_OK;
	return fail_field(field, err);
}

static int is_wanted(const pv_prompt_search *it, const pv_prompt_text *text)
{
	const char *field = it->field;

	if (!field || is_below(text->path, field))
		return 1;
	return text->field == PV_PROMPT_TEXT && !strcmp(field, "text");
}

static int read_search(pv_prompt_search *it, const char *words,
		       const char *field, pv_error *err)
{
	const char *copy = pv_arena_dup(&it->arena, words, strlen(words));

	if (field)
		it->field = pv_arena_dup(&it->arena, field, strlen(field));
	if (!copy || (field && !it->field))
		return pv_fail_nomem(err);
	return pv_search_parse(&it->tree, &it->arena, pv_str_of(copy),
			       PV_PROMPT_NAMES, err);
}

int pv_prompt_search_new(pv_prompt_search **out, const char *words,
			 const char *field, pv_error *err)
{
	pv_prompt_search *it;
	int rc = field ? check_field(field, err) : PV_OK;

	*out = NULL;
	if (rc < 0)
		return rc;
	it = pv_calloc(1, sizeof(*it));
	if (!it)
		return pv_fail_nomem(err);
	rc = read_search(it, words, field, err);
	if (rc == PV_OK)
		rc = pv_words_new(&it->words, err);
	if (rc < 0)
		pv_prompt_search_free(it);
	else
		*out = it;
	return rc;
}

void pv_prompt_search_free(pv_prompt_search *search)
{
	if (!search)
		return;
	pv_prompt_texts_dispose(&search->texts);
	pv_words_free(search->words);
	pv_free(search->taken);
	pv_free(search->matches);
	pv_arena_dispose(&search->found);
	pv_arena_dispose(&search->arena);
	pv_free(search);
}

/* --- what is found -------------------------------------------------------- */

static int line_of(pv_place *place, const pv_prompt_text *text, size_t from)
{
	int line = 1;

	if (text->field == PV_PROMPT_ID)
		return 0;
	if (text->node) {
		pv_place_go(place, from);
		return place->line;
	}
	for (size_t i = 0; i < from; i++)
		line += text->text.ptr[i] == '\n';
	return line;
}

/* Adds a line of a text; `match` has its field and number. */
static int add_match(pv_prompt_search *it, pv_prompt_match match,
		     const pv_search_words *words, const pv_search_span *span,
		     pv_error *err)
{
	pv_buf snippet = { 0 };
	size_t at;
	int rc;

	(void)pv_search_best(&at, words, span);
	pv_search_put(&snippet, words, span, at);
	rc = pv_buf_status(&snippet, err);
	match.snippet =
		pv_arena_dup(&it->found, pv_buf_text(&snippet), snippet.len);
	pv_buf_dispose(&snippet);
	if (rc < 0)
		return rc;
	if (!match.snippet ||
	    pv_array_reserve(&it->matches, &it->cap, it->count + 1,
			     sizeof(*it->matches)) < 0)
		return pv_fail_nomem(err);
	it->matches[it->count++] = match;
	return PV_OK;
}

/* The line of a text that its word `first` is in, without blanks around it. */
static pv_search_span line_span(const pv_search_words *words, size_t first)
{
	const char *text = words->text.ptr;
	size_t word = words->items[first].from;
	pv_search_span span = { .first = first, .end = first, .from = word };

	while (span.from && text[span.from - 1] != '\n')
		span.from--;
	while (span.from < word && strchr(" \t", text[span.from]))
		span.from++;
	for (span.to = word; span.to < words->text.len && text[span.to] != '\n';)
		span.to++;
	while (span.end < words->count && words->items[span.end].from < span.to)
		span.end++;
	while (span.to && strchr(" \t\r", text[span.to - 1]))
		span.to--;
	return span;
}

static size_t first_hit(const pv_search_words *words, const pv_search_span *span)
{
	size_t at = span->first;

	while (at < span->end && !words->items[at].hit)
		at++;
	return at;
}

static int add_matches(pv_prompt_search *it, const pv_prompt_text *text,
		       const pv_search_words *words, pv_error *err)
{
	pv_place place = { 0 };
	size_t next = 0;
	int rc = PV_OK;

	if (text->node)
		pv_place_start(&place, it->texts.doc, text->node);
	while (next < words->count && rc == PV_OK) {
		pv_search_span span = line_span(words, next);
		size_t hit = first_hit(words, &span);
		pv_prompt_match match = { .field = text->path };

		next = span.end;
		if (hit == span.end)
			continue;
		match.line = line_of(&place, text, words->items[hit].from);
		rc = add_match(it, match, words, &span, err);
	}
	return rc;
}

/* --- the file ------------------------------------------------------------- */

/* Drops the texts that are not looked into. */
static void choose(pv_prompt_search *it)
{
	pv_prompt_texts *texts = &it->texts;
	size_t kept = 0;

	for (size_t i = 0; i < texts->count; i++)
		if (is_wanted(it, &texts->items[i]))
			texts->items[kept++] = texts->items[i];
	texts->count = kept;
}

static int make_room(pv_prompt_search *it, pv_error *err)
{
	size_t count = it->texts.count;

	if (pv_array_reserve(&it->taken, &it->taken_cap, count,
			     sizeof(*it->taken)) < 0)
		return pv_fail_nomem(err);
	if (count)
		memset(it->taken, 0, count * sizeof(*it->taken));
	return PV_OK;
}

static int take_words(pv_prompt_search *it, pv_arena *arena, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < it->texts.count && rc == PV_OK; i++) {
		it->taken[i].text = it->texts.items[i].text;
		it->taken[i].field = it->texts.items[i].field;
		rc = pv_search_take_words(&it->taken[i], arena, it->words, err);
	}
	return rc;
}

static int look(pv_prompt_search *it, pv_error *err)
{
	size_t count = it->texts.count;
	int fits = 0;
	int rc = pv_search_fits(&fits, it->taken, count, it->tree, it->words,
				err);

	for (size_t i = 0; i < count && fits && rc == PV_OK; i++)
		rc = add_matches(it, &it->texts.items[i], &it->taken[i], err);
	return rc;
}

static int look_into_texts(pv_prompt_search *it, pv_error *err)
{
	pv_arena arena = { 0 };
	int rc = make_room(it, err);

	if (rc < 0)
		return rc;
	rc = take_words(it, &arena, err);
	if (rc == PV_OK)
		rc = look(it, err);
	for (size_t i = 0; i < it->texts.count; i++)
		pv_free(it->taken[i].items);
	pv_arena_dispose(&arena);
	return rc;
}

int pv_prompt_search_text(pv_prompt_matches *out, pv_prompt_search *search,
			  const char *id, const char *text, size_t len,
			  pv_error *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	pv_prompt_texts_dispose(&search->texts);
	pv_arena_dispose(&search->found);
	search->count = 0;
	rc = pv_prompt_texts_read(&search->texts, id, (pv_str){ text, len }, err);
	if (rc == PV_OK) {
		choose(search);
		rc = look_into_texts(search, err);
	}
	if (rc < 0)
		return rc;
	out->items = search->matches;
	out->count = search->count;
	return PV_OK;
}
