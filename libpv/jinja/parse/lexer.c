/* SPDX-License-Identifier: MIT
 *
 * The lexer outside of tags: template data, where the next tag begins, white
 * space control, raw blocks and comments. A beginning of a tag is a token of
 * its own; it waits in `pending` while the data before it is handed out.
 *
 * Of several delimiters that match at one place the longest wins, as in
 * Jinja2, whose order of trial `starts` has.
 */
#include "jinja/parse/lexer.h"

#include <stdarg.h>

#include "base/mem.h"
#include "jinja/parse/letters.h"
#include "jinja/value/unicode.h"

/* A place where a tag begins. */
struct start {
	int state;
	char sign;    /* '-', '+' or 0 */
	size_t begin; /* where the data before it ends */
	size_t end;   /* behind delimiter and sign */
};

int pv_jinja_lex_fail(pv_jinja_lexer *lexer, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = pv_jinja_vraise(lexer->run, PV_JINJA_TEMPLATE_SYNTAX_ERROR, format,
			     args);
	va_end(args);
	lexer->fail_line = lexer->line;
	lexer->fail_pos = lexer->pos;
	return rc;
}

/* --- text ---------------------------------------------------------------- */

size_t pv_jinja_lex_space(pv_str text, size_t pos)
{
	size_t start = pos;

	for (;;) {
		size_t len;

		while (pos < text.len &&
		       pv_jinja_is_ascii_space((unsigned char)text.ptr[pos]))
			pos++;
		if (pos == text.len || (unsigned char)text.ptr[pos] < 0x80 ||
		    !pv_jinja_is_wide_space(
			    pv_jinja_decode(text.ptr + pos, text.len - pos, &len)))
			return pos - start;
		pos += len;
	}
}

/* The text without white space at its end. */
static size_t trimmed_len(const char *text, size_t len)
{
	while (len > 0) {
		size_t at = len - 1;
		uint32_t c = (unsigned char)text[at];
		size_t used;

		while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
			at--;
		if (c >= 0x80)
			c = pv_jinja_decode(text + at, len - at, &used);
		if (!pv_jinja_is_space(c))
			break;
		len = at;
	}
	return len;
}

static int count_lines(const char *text, size_t len)
{
	const char *end = text + len;
	int lines = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		if (!newline)
			break;
		lines++;
		text = newline + 1;
	}
	return lines;
}

void pv_jinja_lex_take(pv_jinja_lexer *lexer, size_t end)
{
	lexer->line +=
		count_lines(lexer->source.ptr + lexer->pos, end - lexer->pos);
	lexer->pos = end;
}

static int starts_with(pv_str text, size_t pos, pv_str word)
{
	return word.len > 0 && text.len - pos >= word.len &&
	       !memcmp(text.ptr + pos, word.ptr, word.len);
}

int pv_jinja_lex_newlines(pv_str *out, pv_jinja_lexer *lexer, pv_str text)
{
	const char *newline = lexer->env->newline;
	size_t newline_len;
	size_t lines;
	char *copy;
	int rc;

	*out = text;
	if (!newline || !strcmp(newline, "\n"))
		return PV_OK;
	newline_len = strlen(newline);
	lines = (size_t)count_lines(text.ptr, text.len);
	if (lines == 0)
		return PV_OK;
	rc = pv_jinja_alloc(&copy, lexer->run, text.len + lines * newline_len);
	if (rc < 0)
		return rc;
	out->ptr = copy;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\n') {
			*copy++ = text.ptr[i];
			continue;
		}
		for (const char *c = newline; *c; c++)
			*copy++ = *c;
	}
	out->len = (size_t)(copy - out->ptr);
	return PV_OK;
}

/* --- setting up ---------------------------------------------------------- */

/* Replaces \r\n and \r by \n, and drops the last one unless it is kept. */
static int normalize(pv_jinja_lexer *lexer, pv_str source)
{
	size_t len = 0;
	char *copy;
	int rc;

	lexer->source = source;
	if (source.len > UINT32_MAX / 2)
		return pv_jinja_limit(lexer->run, UINT32_MAX / 2,
				      "bytes of a template");
	if (source.len > 0 && memchr(source.ptr, '\r', source.len)) {
		rc = pv_jinja_alloc(&copy, lexer->run, source.len);
		if (rc < 0)
			return rc;
		for (size_t i = 0; i < source.len; i++) {
			copy[len] = source.ptr[i];
			if (copy[len] == '\r') {
				copy[len] = '\n';
				i += i + 1 < source.len &&
				     source.ptr[i + 1] == '\n';
			}
			len++;
		}
		lexer->source.ptr = copy;
		lexer->source.len = len;
	}
	len = lexer->source.len;
	if (len > 0 && !lexer->env->keeps_newline &&
	    lexer->source.ptr[len - 1] == '\n')
		lexer->source.len--;
	return PV_OK;
}

static void add_start(pv_jinja_lexer *lexer, int state, const char *text)
{
	pv_jinja_start start = { (uint8_t)state, { 0 } };
	size_t at = lexer->start_count;

	if (!text)
		return;
	start.text = pv_str_of(text);
	/* Behind those that are as long: they come in order of precedence. */
	while (at > 0 && lexer->starts[at - 1].text.len < start.text.len) {
		lexer->starts[at] = lexer->starts[at - 1];
		at--;
	}
	lexer->starts[at] = start;
	if (lexer->start_count == 0)
		lexer->first = *text;
	else if (lexer->first != *text)
		lexer->first = '\0';
	lexer->start_count++;
	lexer->is_first[(unsigned char)*text] = 1;
}

static const char *either(const char *given, const char *standard)
{
	return given ? given : standard;
}

int pv_jinja_lexer_init(pv_jinja_lexer *lexer, pv_jinja_run *run,
			const pv_jinja_environment *env, pv_str source)
{
	const char *block = either(env->block_start, "{%");

	lexer->run = run;
	lexer->env = env;
	lexer->line = 1;
	add_start(lexer, PV_JINJA_L_VARIABLE, either(env->variable_start, "{{"));
	add_start(lexer, PV_JINJA_L_LINE_STATEMENT, env->line_statement);
	add_start(lexer, PV_JINJA_L_LINE_COMMENT, env->line_comment);
	add_start(lexer, PV_JINJA_L_COMMENT, either(env->comment_start, "{#"));
	add_start(lexer, PV_JINJA_L_BLOCK, block);
	lexer->block_start = pv_str_of(block);
	lexer->block_end = pv_str_of(either(env->block_end, "%}"));
	lexer->variable_end = pv_str_of(either(env->variable_end, "}}"));
	lexer->comment_end = pv_str_of(either(env->comment_end, "#}"));
	return normalize(lexer, source);
}

/* --- where tags begin ---------------------------------------------------- */

static char sign_at(pv_str text, size_t pos)
{
	if (pos < text.len && (text.ptr[pos] == '-' || text.ptr[pos] == '+'))
		return text.ptr[pos];
	return 0;
}

/* Skips space, then a word; 0 when it is not there. */
static size_t skip_word(pv_str text, size_t pos, const char *word)
{
	pos += pv_jinja_lex_space(text, pos);
	if (!starts_with(text, pos, pv_str_of(word)))
		return 0;
	pos += strlen(word);
	return pos + pv_jinja_lex_space(text, pos);
}

/* Behind the end of a tag at `pos`: -END and white space, or END; else 0. */
static size_t end_of_tag(const pv_jinja_lexer *lexer, size_t pos, pv_str end)
{
	pv_str text = lexer->source;

	if (starts_with(text, pos, end))
		return pos + end.len;
	if (sign_at(text, pos) == '-' && starts_with(text, pos + 1, end)) {
		pos += 1 + end.len;
		return pos + pv_jinja_lex_space(text, pos);
	}
	return 0;
}

/* The same where +END may be and trim_blocks counts. */
static size_t end_of_block(const pv_jinja_lexer *lexer, size_t pos, pv_str end)
{
	pv_str text = lexer->source;
	size_t after;

	if (sign_at(text, pos) == '+' && starts_with(text, pos + 1, end))
		return pos + 1 + end.len;
	after = end_of_tag(lexer, pos, end);
	if (after == pos + end.len && lexer->env->trims_blocks &&
	    after < text.len && text.ptr[after] == '\n')
		after++;
	return after;
}

/* {% raw %}, all of it. */
static int is_raw(struct start *out, const pv_jinja_lexer *lexer, size_t pos)
{
	size_t at = pos + lexer->block_start.len;

	if (!starts_with(lexer->source, pos, lexer->block_start))
		return 0;
	out->sign = sign_at(lexer->source, at);
	at = skip_word(lexer->source, at + (out->sign != 0), "raw");
	if (at > 0)
		at = end_of_tag(lexer, at, lexer->block_end);
	out->state = PV_JINJA_L_RAW;
	out->begin = pos;
	out->end = at;
	return at > 0;
}

static int is_line_start(pv_str text, size_t pos)
{
	return pos == 0 || text.ptr[pos - 1] == '\n';
}

/* Space but no line break before a line comment or line statement. */
static size_t skip_blanks(pv_str text, size_t pos, int state)
{
	while (pos < text.len) {
		uint32_t c = (unsigned char)text.ptr[pos];
		size_t len = 1;

		if (state == PV_JINJA_L_LINE_STATEMENT) {
			if (c != ' ' && c != '\t' && c != '\v')
				break;
		} else {
			c = pv_jinja_decode(text.ptr + pos, text.len - pos, &len);
			if (c == '\n' || !pv_jinja_is_space(c))
				break;
		}
		pos += len;
	}
	return pos;
}

static int may_start_line(pv_str text, size_t pos, int state)
{
	if (is_line_start(text, pos))
		return 1;
	if (state != PV_JINJA_L_LINE_COMMENT)
		return 0;
	pos--;
	while (pos > 0 && ((unsigned char)text.ptr[pos] & 0xC0) == 0x80)
		pos--;
	return pv_jinja_lex_space(text, pos) == 0;
}

static int is_start(struct start *out, const pv_jinja_lexer *lexer,
		    const pv_jinja_start *start, size_t pos)
{
	pv_str text = lexer->source;
	size_t at = pos;
	size_t own;

	if (start->state == PV_JINJA_L_LINE_STATEMENT ||
	    start->state == PV_JINJA_L_LINE_COMMENT) {
		if (!may_start_line(text, pos, start->state))
			return 0;
		at = skip_blanks(text, pos, start->state);
		own = skip_blanks(start->text, 0, start->state);
		if (own > at - pos)
			return 0;
		at -= own; /* blanks that the prefix itself begins with */
	}
	if (!starts_with(text, at, start->text))
		return 0;
	at += start->text.len;
	out->state = start->state;
	out->begin = pos;
	out->sign = sign_at(text, at);
	out->end = at + (out->sign != 0);
	return 1;
}

static int find_here(struct start *out, const pv_jinja_lexer *lexer, size_t pos)
{
	if (is_raw(out, lexer, pos))
		return 1;
	for (size_t i = 0; i < lexer->start_count; i++)
		if (is_start(out, lexer, &lexer->starts[i], pos))
			return 1;
	return 0;
}

/* The next byte from `pos` on that all delimiters begin with, or the end. */
static size_t next_first(const pv_jinja_lexer *lexer, size_t pos)
{
	pv_str text = lexer->source;
	const char *hit = memchr(text.ptr + pos, lexer->first, text.len - pos);

	return hit ? (size_t)(hit - text.ptr) : text.len;
}

static int find_start(struct start *out, const pv_jinja_lexer *lexer)
{
	pv_str text = lexer->source;
	int has_lines = lexer->env->line_statement || lexer->env->line_comment;

	for (size_t pos = lexer->pos; pos < text.len; pos++) {
		unsigned char c = (unsigned char)text.ptr[pos];

		if (!lexer->is_first[c] && (!has_lines || (c & 0xC0) == 0x80)) {
			if (!lexer->first || has_lines)
				continue;
			pos = next_first(lexer, pos);
			if (pos == text.len)
				break;
		}
		if (find_here(out, lexer, pos))
			return 1;
	}
	return 0;
}

/* --- data ---------------------------------------------------------------- */

/* What is left of data before a tag with a sign. */
static size_t strip_data(const pv_jinja_lexer *lexer, size_t len,
			 const struct start *start)
{
	const char *text = lexer->source.ptr + lexer->pos;
	size_t blank;

	if (start->sign == '-')
		return trimmed_len(text, len);
	if (start->sign == '+' || !lexer->env->strips_blocks ||
	    start->state == PV_JINJA_L_VARIABLE)
		return len;
	blank = len;
	while (blank > 0 && text[blank - 1] != '\n')
		blank--;
	if (blank == 0 && !is_line_start(lexer->source, lexer->pos))
		return len;
	return trimmed_len(text + blank, len - blank) == 0 ? blank : len;
}

static int set_data(pv_jinja_token *out, pv_jinja_lexer *lexer, size_t len)
{
	pv_str text = { lexer->source.ptr + lexer->pos, len };

	out->type = PV_JINJA_T_DATA;
	out->word = 0;
	out->line = lexer->line;
	out->pos = (uint32_t)lexer->pos;
	return pv_jinja_lex_newlines(&out->text, lexer, text);
}

static void set_mark(pv_jinja_token *out, const pv_jinja_lexer *lexer, int type,
		     size_t end)
{
	out->type = (uint8_t)type;
	out->word = 0;
	out->line = lexer->line;
	out->pos = (uint32_t)lexer->pos;
	out->text.ptr = lexer->source.ptr + lexer->pos;
	out->text.len = end - lexer->pos;
}

static int begin_type(int state)
{
	if (state == PV_JINJA_L_VARIABLE)
		return PV_JINJA_T_VARIABLE_BEGIN;
	if (state == PV_JINJA_L_BLOCK || state == PV_JINJA_L_LINE_STATEMENT)
		return PV_JINJA_T_BLOCK_BEGIN;
	return PV_JINJA_T_EOF; /* raw and comments have no token */
}

/*
 * One step outside of tags: data, and the beginning of a tag for the next
 * call. 1 when there is a token, 0 when the step gave none.
 */
static int lex_root(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	struct start start = { 0 };
	size_t len;
	int rc;

	if (!find_start(&start, lexer)) {
		len = lexer->source.len - lexer->pos;
		rc = set_data(out, lexer, len);
		pv_jinja_lex_take(lexer, lexer->source.len);
		return rc < 0 ? rc : 1;
	}
	len = strip_data(lexer, start.begin - lexer->pos, &start);
	rc = set_data(out, lexer, len);
	if (rc < 0)
		return rc;
	pv_jinja_lex_take(lexer, start.begin);
	set_mark(&lexer->pending, lexer, begin_type(start.state), start.end);
	lexer->has_pending = lexer->pending.type != PV_JINJA_T_EOF;
	pv_jinja_lex_take(lexer, start.end);
	lexer->state = start.state;
	return len > 0;
}

/* --- raw blocks and comments --------------------------------------------- */

/* Behind {% endraw %} at `pos`, or 0. */
static size_t end_of_raw(struct start *out, const pv_jinja_lexer *lexer,
			 size_t pos)
{
	size_t at = pos + lexer->block_start.len;

	if (!starts_with(lexer->source, pos, lexer->block_start))
		return 0;
	out->sign = sign_at(lexer->source, at);
	out->state = PV_JINJA_L_RAW;
	at = skip_word(lexer->source, at + (out->sign != 0), "endraw");
	return at > 0 ? end_of_block(lexer, at, lexer->block_end) : 0;
}

static int lex_raw(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	struct start start = { 0 };
	size_t len;
	int rc;

	for (size_t pos = lexer->pos; pos < lexer->source.len; pos++) {
		size_t end = end_of_raw(&start, lexer, pos);

		if (end == 0)
			continue;
		len = strip_data(lexer, pos - lexer->pos, &start);
		rc = set_data(out, lexer, len);
		if (rc < 0)
			return rc;
		pv_jinja_lex_take(lexer, end);
		lexer->state = PV_JINJA_L_ROOT;
		return len > 0;
	}
	return pv_jinja_lex_fail(lexer, "Missing end of raw directive");
}

static int lex_comment(pv_jinja_lexer *lexer)
{
	pv_str end = lexer->comment_end;

	for (size_t pos = lexer->pos; pos < lexer->source.len; pos++) {
		char c = lexer->source.ptr[pos];
		size_t after = 0;

		if (c == end.ptr[0] || c == '-' || c == '+')
			after = end_of_block(lexer, pos, end);
		if (after == 0)
			continue;
		pv_jinja_lex_take(lexer, after);
		lexer->state = PV_JINJA_L_ROOT;
		return 0;
	}
	return pv_jinja_lex_fail(lexer, "Missing end of comment tag");
}

static int lex_line_comment(pv_jinja_lexer *lexer)
{
	const char *text = lexer->source.ptr + lexer->pos;
	size_t left = lexer->source.len - lexer->pos;
	const char *newline = left > 0 ? memchr(text, '\n', left) : NULL;

	lexer->pos += newline ? (size_t)(newline - text) : left;
	lexer->state = PV_JINJA_L_ROOT;
	return 0;
}

/* --- ends of tags -------------------------------------------------------- */

/* Behind the end of a line statement at `pos`, or -1 when it goes on. */
static int64_t end_of_line(pv_str text, size_t pos)
{
	size_t end = pos + pv_jinja_lex_space(text, pos);

	if (end == text.len)
		return (int64_t)end;
	while (end > pos && text.ptr[end - 1] != '\n')
		end--;
	return end > pos ? (int64_t)end : -1;
}

/* Whether the end of a tag may begin with a byte. */
static int may_end(const pv_jinja_lexer *lexer, char c)
{
	pv_str end = lexer->state == PV_JINJA_L_VARIABLE ? lexer->variable_end
							 : lexer->block_end;

	return c == end.ptr[0] || c == '-' || c == '+';
}

static int64_t end_here(const pv_jinja_lexer *lexer)
{
	size_t end;

	if (lexer->bracket_count > 0)
		return -1;
	if (lexer->state == PV_JINJA_L_LINE_STATEMENT)
		return end_of_line(lexer->source, lexer->pos);
	if (lexer->pos >= lexer->source.len ||
	    !may_end(lexer, lexer->source.ptr[lexer->pos]))
		return -1;
	if (lexer->state == PV_JINJA_L_VARIABLE)
		end = end_of_tag(lexer, lexer->pos, lexer->variable_end);
	else
		end = end_of_block(lexer, lexer->pos, lexer->block_end);
	return end > 0 ? (int64_t)end : -1;
}

/* A blank alone, as between most tokens. */
static int is_one_blank(pv_str text, size_t pos)
{
	unsigned char next;

	if (pos + 1 >= text.len || text.ptr[pos] != ' ')
		return 0;
	next = (unsigned char)text.ptr[pos + 1];
	return next < 0x80 && !pv_jinja_is_ascii_space(next);
}

static int lex_in_tag(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	int64_t end;

	if (is_one_blank(lexer->source, lexer->pos) && !may_end(lexer, ' ') &&
	    lexer->state != PV_JINJA_L_LINE_STATEMENT)
		lexer->pos++;
	end = end_here(lexer);
	if (end < 0)
		return pv_jinja_lex_tag(out, lexer);
	set_mark(out, lexer,
		 lexer->state == PV_JINJA_L_VARIABLE ? PV_JINJA_T_VARIABLE_END
						     : PV_JINJA_T_BLOCK_END,
		 (size_t)end);
	pv_jinja_lex_take(lexer, (size_t)end);
	lexer->state = PV_JINJA_L_ROOT;
	return 1;
}

/* One step; 1 when it gave a token, 0 when it gave none. */
static int step(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	switch ((enum pv_jinja_lexer_state)lexer->state) {
	case PV_JINJA_L_ROOT:
		return lex_root(out, lexer);
	case PV_JINJA_L_RAW:
		return lex_raw(out, lexer);
	case PV_JINJA_L_COMMENT:
		return lex_comment(lexer);
	case PV_JINJA_L_LINE_COMMENT:
		return lex_line_comment(lexer);
	case PV_JINJA_L_BLOCK:
	case PV_JINJA_L_VARIABLE:
	case PV_JINJA_L_LINE_STATEMENT:
		break;
	}
	return lex_in_tag(out, lexer);
}

int pv_jinja_lexer_next(pv_jinja_token *out, pv_jinja_lexer *lexer)
{
	int rc = 0;

	while (rc == 0) {
		if (lexer->has_pending) {
			*out = lexer->pending;
			lexer->has_pending = 0;
			return PV_OK;
		}
		/* At the end only a line statement has something to say, its own end. */
		if (lexer->pos >= lexer->source.len &&
		    (lexer->state != PV_JINJA_L_LINE_STATEMENT ||
		     lexer->bracket_count > 0)) {
			set_mark(out, lexer, PV_JINJA_T_EOF, lexer->pos);
			return PV_OK;
		}
		rc = step(out, lexer);
	}
	return rc < 0 ? rc : PV_OK;
}
