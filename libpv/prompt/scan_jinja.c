/* SPDX-License-Identifier: MIT
 *
 * Jinja templates, from text to the tree of scan_tree.h: finds the tags,
 * skips comments and raw blocks, and leaves what is inside a tag to
 * scan_tags.c and scan_expr.c. After a fault the scan goes on behind the tag,
 * so that the other variables are found all the same.
 */
#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "prompt/scan_tree.h"

/* --- the tree ------------------------------------------------------------- */

int pv_jinja_add_to(pv_op **out, pv_jinja *jinja, pv_op_list *list,
		    enum pv_op_kind kind, pv_scan_name *name)
{
	pv_op *op = pv_arena_calloc(jinja->scan->arena, sizeof(*op));

	*out = op;
	if (!op)
		return pv_fail_nomem(jinja->err);
	op->kind = kind;
	op->name = name;
	op->offset = jinja->lexer.token.offset;
	if (list->last)
		list->last->next = op;
	else
		list->first = op;
	list->last = op;
	return PV_OK;
}

int pv_jinja_add(pv_op **out, pv_jinja *jinja, enum pv_op_kind kind)
{
	pv_scan_name *name;
	int rc = pv_scan_intern(&name, jinja->scan, jinja->lexer.token.text,
				jinja->err);

	if (rc < 0)
		return rc;
	return pv_jinja_add_to(out, jinja, jinja->list, kind, name);
}

void pv_jinja_append(pv_op_list *to, const pv_op_list *from)
{
	if (!from->first)
		return;
	if (to->last)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
}

/* --- faults --------------------------------------------------------------- */

/* A character that starts no token; many of them cannot be seen. */
static void bad_character(pv_jinja *jinja)
{
	const pv_lex_token *token = &jinja->lexer.token;
	size_t len;
	int32_t c = pv_utf8_decode(token->text.ptr, token->text.len, &len);

	if (strchr("\"'", *token->text.ptr))
		pv_scan_fault_at(jinja->scan, token->offset,
				 "a string is not closed");
	else if (c >= 0x80)
		pv_scan_fault_at(jinja->scan, token->offset,
				 "unexpected character \"%.*s\" (U+%04X)",
				 (int)len, token->text.ptr, (unsigned)c);
	else
		pv_scan_fault_at(jinja->scan, token->offset,
				 "unexpected character \"%.1s\"",
				 token->text.ptr);
}

int pv_jinja_expected(pv_jinja *jinja, const char *expected)
{
	const pv_lex_token *token = &jinja->lexer.token;
	int len = token->text.len > 40 ? 40 : (int)token->text.len;

	if (token->kind == PV_LEX_EOF)
		pv_scan_fault_at(jinja->scan, token->offset,
				 "the template ends where %s is expected",
				 expected);
	else if (token->kind == PV_LEX_BAD && len && *token->text.ptr != '!')
		bad_character(jinja);
	else
		pv_scan_fault_at(jinja->scan, token->offset,
				 "unexpected \"%.*s\" where %s is expected",
				 len, token->text.ptr, expected);
	return PV_ESYNTAX;
}

int pv_jinja_too_deep(pv_jinja *jinja)
{
	pv_scan_fault_at(jinja->scan, jinja->lexer.token.offset,
			 "an expression is nested deeper than %d",
			 PV_PROMPT_MAX_NESTING);
	return PV_ESYNTAX;
}

/*
 * {{ name }}, which most tags are: read without going through expressions.
 * Returns 1 when that was all, 0 with the lexer as before, or a failure.
 */
static int scan_lone_name(pv_jinja *jinja)
{
	pv_lexer *lexer = &jinja->lexer;
	const pv_lex_token name = lexer->token;
	size_t at = lexer->at;
	pv_lex_token end;
	pv_op *load;
	int rc;

	if (name.kind != PV_LEX_NAME || pv_jinja_is_word(name.text))
		return 0;
	pv_lex_next(lexer);
	end = lexer->token;
	lexer->token = name;
	if (end.kind != PV_LEX_END) {
		lexer->at = at;
		return 0;
	}
	rc = pv_jinja_add(&load, jinja, PV_OP_LOAD);
	lexer->token = end;
	return rc < 0 ? rc : 1;
}

static int scan_print(pv_jinja *jinja)
{
	int rc = scan_lone_name(jinja);

	if (!rc)
		return pv_jinja_expr(jinja, PV_STOP_NONE);
	return rc < 0 ? rc : PV_OK;
}

static int scan_tag(pv_jinja *jinja, size_t offset)
{
	int rc;

	jinja->scan->place = offset;
	pv_lex_start(&jinja->lexer, offset);
	if (jinja->lexer.closer == '%')
		rc = pv_jinja_statement(jinja);
	else
		rc = scan_print(jinja);
	if (rc == PV_OK && jinja->lexer.token.kind != PV_LEX_END)
		rc = pv_jinja_expected(jinja, "the end of the tag");
	return rc;
}

/* --- text between the tags ------------------------------------------------ */

/* The offset of the two bytes `mark`, or the length. */
static size_t find_mark(pv_str text, size_t at, const char *mark)
{
	while (at < text.len) {
		const char *hit = memchr(text.ptr + at, mark[0], text.len - at);

		if (!hit)
			break;
		at = (size_t)(hit - text.ptr);
		if (at + 1 < text.len && hit[1] == mark[1])
			return at;
		at++;
	}
	return text.len;
}

/* Behind the tag `{% word %}` at `offset`, or 0 when something else is there. */
static size_t match_plain_tag(pv_str text, size_t offset, const char *word)
{
	size_t len = strlen(word);
	size_t at = offset + 2;

	if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
		at++;
	at += pv_lex_blanks(text, at);
	if (text.len - at < len || memcmp(text.ptr + at, word, len) != 0)
		return 0;
	at += len;
	at += pv_lex_blanks(text, at);
	if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
		at++;
	if (text.len - at < 2 || memcmp(text.ptr + at, "%}", 2) != 0)
		return 0;
	return at + 2;
}

/* Behind the {% endraw %} that closes the raw block at `offset`. */
static size_t skip_raw(pv_jinja *jinja, size_t offset, size_t at)
{
	pv_str text = jinja->lexer.text;

	if (at == text.len)
		return at; /* Jinja lets one go that ends the template */
	while (at < text.len) {
		size_t end;

		at = find_mark(text, at, "{%");
		end = at < text.len ? match_plain_tag(text, at, "endraw") : 0;
		if (end)
			return end;
		at++;
	}
	pv_scan_fault_at(jinja->scan, offset, "a raw block is not closed");
	return text.len;
}

size_t pv_jinja_comment(pv_str text, size_t offset)
{
	size_t end = find_mark(text, offset + 2, "#}");

	return end < text.len ? end + 2 : text.len;
}

static size_t skip_comment(pv_jinja *jinja, size_t offset)
{
	pv_str text = jinja->lexer.text;

	if (find_mark(text, offset + 2, "#}") < text.len)
		return pv_jinja_comment(text, offset);
	pv_scan_fault_at(jinja->scan, offset, "a comment is not closed");
	return text.len;
}

/* Handles what starts at the brace at `offset`; `*at_out` is behind it. */
static int scan_brace(pv_jinja *jinja, size_t offset, size_t *at_out)
{
	pv_str text = jinja->lexer.text;
	char next = 0;
	size_t raw;
	int rc;

	if (offset + 1 < text.len)
		next = text.ptr[offset + 1];
	raw = next == '%' ? match_plain_tag(text, offset, "raw") : 0;
	*at_out = offset + 1;
	if (next == '#')
		*at_out = skip_comment(jinja, offset);
	else if (raw)
		*at_out = skip_raw(jinja, offset, raw);
	if (raw || (next != '{' && next != '%'))
		return PV_OK;
	rc = scan_tag(jinja, offset);
	*at_out = jinja->lexer.at;
	if (rc != PV_ESYNTAX)
		return rc;
	*at_out = find_mark(text, jinja->lexer.token.offset,
			    next == '%' ? "%}" : "}}");
	return PV_OK;
}

static void report_open_block(pv_jinja *jinja)
{
	const pv_block *block;

	if (!jinja->block_count)
		return;
	block = &jinja->blocks[jinja->block_count - 1];
	pv_scan_fault_at(jinja->scan, block->offset,
			 "\"%s\" is not closed: \"end%s\" is missing",
			 block->tag, block->tag);
}

int pv_scan_jinja(pv_scan *scan, pv_str text, pv_error *err)
{
	pv_jinja jinja;
	size_t at = 0;
	int rc = PV_OK;

	memset(&jinja, 0, offsetof(pv_jinja, blocks));
	jinja.scan = scan;
	jinja.err = err;
	jinja.lexer.text = text;
	jinja.list = &jinja.root;
	while (rc == PV_OK && at < text.len) {
		const char *brace = memchr(text.ptr + at, '{', text.len - at);

		if (!brace)
			break;
		rc = scan_brace(&jinja, (size_t)(brace - text.ptr), &at);
	}
	if (rc < 0)
		return rc;
	report_open_block(&jinja);
	return pv_jinja_resolve(&jinja);
}
