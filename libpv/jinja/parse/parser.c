/* SPDX-License-Identifier: MIT
 *
 * The frame of the parser: tokens, failures, and what stands between tags.
 * Tags and expressions have files of their own.
 */
#include "jinja/parse/parser.h"

#include <stdarg.h>

#include "base/mem.h"
#include "jinja/value/build.h"

/* --- failing ------------------------------------------------------------- */

static void place(pv_jinja_parser *p, int line, uint32_t pos)
{
	p->is_placed = 1;
	p->fail_line = line;
	p->fail_pos = pos;
}

static int fail_with(pv_jinja_parser *p, int error, int line,
		     const char *format, va_list args) PV_PRINTF(4, 0);

static int fail_with(pv_jinja_parser *p, int error, int line,
		     const char *format, va_list args)
{
	if (p->quote_rc < 0)
		return p->quote_rc;
	place(p, line > 0 ? line : p->current.line, p->current.pos);
	return pv_jinja_vraise(p->run, (enum pv_jinja_error)error, format, args);
}

int pv_jinja_parse_fail(pv_jinja_parser *p, int line, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = fail_with(p, PV_JINJA_TEMPLATE_SYNTAX_ERROR, line, format, args);
	va_end(args);
	return rc;
}

int pv_jinja_assertion_fail(pv_jinja_parser *p, int line, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = fail_with(p, PV_JINJA_TEMPLATE_ASSERTION_ERROR, line, format, args);
	va_end(args);
	return rc;
}

int pv_jinja_nest(pv_jinja_parser *p)
{
	if (p->nesting >= PV_JINJA_MAX_NESTING) {
		place(p, p->current.line, p->current.pos);
		return pv_jinja_limit(p->run, PV_JINJA_MAX_NESTING,
				      "levels of nesting");
	}
	p->nesting++;
	return PV_OK;
}

pv_jinja_value pv_jinja_quote(pv_jinja_parser *p, pv_str text)
{
	size_t mark = pv_jinja_begin(p->run);
	pv_jinja_value value = pv_jinja_text("''");
	int rc;

	pv_jinja_put_quoted(&p->run->scratch, text.ptr, text.len);
	rc = pv_jinja_finish(&value, p->run, mark, 0);
	if (rc < 0)
		p->quote_rc = rc;
	return value;
}

pv_jinja_value pv_jinja_describe(pv_jinja_parser *p, const pv_jinja_token *token)
{
	if (token->type == PV_JINJA_T_NAME)
		return pv_jinja_quote(p, token->text);
	return pv_jinja_quote(p, pv_str_of(pv_jinja_token_name(token->type)));
}

/* --- tokens -------------------------------------------------------------- */

/* The token after the current one. At the end it has that one's line. */
static int fetch(pv_jinja_token *out, pv_jinja_parser *p)
{
	int line = p->current.line;
	int rc = pv_jinja_lexer_next(out, &p->lexer);

	if (rc < 0) {
		place(p, p->lexer.fail_line, (uint32_t)p->lexer.fail_pos);
		return rc;
	}
	if (out->type == PV_JINJA_T_EOF)
		out->line = line;
	return PV_OK;
}

int pv_jinja_advance(pv_jinja_parser *p)
{
	if (p->has_pushed) {
		p->current = p->pushed;
		p->has_pushed = 0;
		return PV_OK;
	}
	return fetch(&p->current, p);
}

int pv_jinja_look(pv_jinja_parser *p)
{
	int rc;

	if (p->has_pushed)
		return PV_OK;
	rc = fetch(&p->pushed, p);
	p->has_pushed = rc == PV_OK;
	return rc;
}

static int fail_expected(pv_jinja_parser *p, const char *name)
{
	pv_jinja_value expected = pv_jinja_quote(p, pv_str_of(name));
	pv_jinja_value got;

	if (p->current.type == PV_JINJA_T_EOF)
		return pv_jinja_parse_fail(p, 0,
					   "unexpected end of template, expected %.*s.",
					   (int)expected.len, expected.u.s);
	got = pv_jinja_describe(p, &p->current);
	return pv_jinja_parse_fail(p, 0, "expected token %.*s, got %.*s",
				   (int)expected.len, expected.u.s,
				   (int)got.len, got.u.s);
}

int pv_jinja_want(pv_jinja_parser *p, int type, pv_jinja_token *out)
{
	if (p->current.type != type)
		return fail_expected(p, pv_jinja_token_name(type));
	if (out)
		*out = p->current;
	return pv_jinja_advance(p);
}

int pv_jinja_want_word(pv_jinja_parser *p, int word)
{
	if (!pv_jinja_at_word(p, word))
		return fail_expected(p, pv_jinja_word_text(word));
	return pv_jinja_advance(p);
}

static int skip_if(pv_jinja_parser *p, int is_there)
{
	int rc;

	if (!is_there)
		return 0;
	rc = pv_jinja_advance(p);
	return rc < 0 ? rc : 1;
}

int pv_jinja_skip(pv_jinja_parser *p, int type)
{
	return skip_if(p, p->current.type == type);
}

int pv_jinja_skip_name(pv_jinja_parser *p, int word)
{
	return skip_if(p, pv_jinja_at_word(p, word));
}

/* --- tags that are missing or unknown ------------------------------------ */

static int has_end(const pv_jinja_ends *ends, int word)
{
	for (size_t i = 0; i < PV_JINJA_MAX_ENDS; i++)
		if (ends->words[i] == word && word != PV_JINJA_W_NO_WORD)
			return 1;
	return 0;
}

/* 'endfor' or 'else' */
static void put_ends(pv_buf *out, const pv_jinja_ends *ends)
{
	for (size_t i = 0; i < PV_JINJA_MAX_ENDS; i++)
		if (ends->words[i] != PV_JINJA_W_NO_WORD)
			pv_buf_printf(out, "%s'%s'", i ? " or " : "",
				      pv_jinja_word_text(ends->words[i]));
}

/* What is looked for, and whether an outer body looks for `word`. */
static void put_looking(pv_buf *out, const pv_jinja_parser *p, int word)
{
	const pv_jinja_ends *ends = &p->ends[p->end_count - 1];
	int is_expected = 0;

	for (size_t i = 0; i < p->end_count; i++)
		is_expected |= has_end(&p->ends[i], word);
	if (is_expected)
		pv_buf_puts(out, " You probably made a nesting mistake. Jinja "
				 "is expecting this tag, but currently looking "
				 "for ");
	else
		pv_buf_puts(out, " Jinja was looking for the following tags: ");
	put_ends(out, ends);
	pv_buf_putc(out, '.');
}

/* With the buffer's text, to which the circumstances are added. */
static int fail_tags(pv_jinja_parser *p, pv_buf *message, int word, int line)
{
	pv_str tag;
	pv_jinja_value quoted;
	int rc;

	if (p->end_count > 0)
		put_looking(message, p, word);
	if (p->tag_count > 0) {
		tag = p->tags[p->tag_count - 1];
		quoted = pv_jinja_quote(p, tag);
		pv_buf_puts(message,
			    " The innermost block that needs to be closed is ");
		pv_buf_put(message, quoted.u.s, quoted.len);
		pv_buf_putc(message, '.');
	}
	rc = pv_buf_status(message, p->run->err);
	if (rc == PV_OK)
		rc = pv_jinja_parse_fail(p, line, "%s", pv_buf_text(message));
	pv_buf_dispose(message);
	return rc;
}

int pv_jinja_unknown_tag(pv_jinja_parser *p, const pv_jinja_token *token)
{
	pv_jinja_value quoted = pv_jinja_quote(p, token->text);
	pv_buf message = { 0 };

	pv_buf_puts(&message, "Encountered unknown tag ");
	pv_buf_put(&message, quoted.u.s, quoted.len);
	pv_buf_putc(&message, '.');
	return fail_tags(p, &message, token->word, token->line);
}

static int fail_end(pv_jinja_parser *p, pv_jinja_ends ends)
{
	pv_buf message = { 0 };

	p->ends[p->end_count++] = ends;
	pv_buf_puts(&message, "Unexpected end of template.");
	return fail_tags(p, &message, PV_JINJA_W_NO_WORD, 0);
}

/* --- bodies -------------------------------------------------------------- */

static int add_data(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node = NULL;
	int rc = pv_jinja_text_node(&node, p, &p->current, p->current.text);

	if (rc < 0)
		return rc;
	node->kind = PV_JINJA_N_DATA;
	if (p->current.text.len > 0)
		pv_jinja_nodes_add(out, node);
	return pv_jinja_advance(p);
}

/* {{ tuple }} */
static int parse_variable(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	pv_jinja_node *node;
	pv_jinja_node *expr;
	int rc = pv_jinja_advance(p);

	if (rc == PV_OK)
		rc = pv_jinja_parse_tuple(&expr, p, 0);
	if (rc == PV_OK)
		rc = pv_jinja_node_new(&node, p, PV_JINJA_N_PRINT, &p->current);
	if (rc != PV_OK)
		return rc;
	node->line = expr->line;
	node->pos = expr->pos;
	node->u.expr = expr;
	pv_jinja_nodes_add(out, node);
	return pv_jinja_want(p, PV_JINJA_T_VARIABLE_END, NULL);
}

/* A tag; 1 when it is one that ends the body, which is not taken. */
static int parse_block(pv_jinja_nodes *out, pv_jinja_parser *p,
		       const pv_jinja_ends *ends)
{
	int rc = pv_jinja_advance(p);

	if (rc < 0)
		return rc;
	if (p->current.type == PV_JINJA_T_NAME && has_end(ends, p->current.word))
		return 1;
	rc = pv_jinja_parse_statement(out, p);
	return rc < 0 ? rc : pv_jinja_want(p, PV_JINJA_T_BLOCK_END, NULL);
}

int pv_jinja_parse_body(pv_jinja_nodes *out, pv_jinja_parser *p,
			pv_jinja_ends ends)
{
	int has_ends = ends.words[0] != PV_JINJA_W_NO_WORD;
	int rc = PV_OK;

	if (has_ends)
		p->ends[p->end_count++] = ends;
	while (rc == PV_OK && p->current.type != PV_JINJA_T_EOF) {
		if (p->current.type == PV_JINJA_T_DATA)
			rc = add_data(out, p);
		else if (p->current.type == PV_JINJA_T_VARIABLE_BEGIN)
			rc = parse_variable(out, p);
		else
			rc = parse_block(out, p, &ends);
	}
	if (has_ends)
		p->end_count--;
	return rc < 0 ? rc : PV_OK;
}

int pv_jinja_parse_statements(pv_jinja_nodes *out, pv_jinja_parser *p,
			      pv_jinja_ends ends)
{
	/* A colon may stand before the end of the tag. */
	int rc = pv_jinja_skip(p, PV_JINJA_T_COLON);

	if (rc >= 0)
		rc = pv_jinja_want(p, PV_JINJA_T_BLOCK_END, NULL);
	if (rc == PV_OK)
		rc = pv_jinja_parse_body(out, p, ends);
	if (rc == PV_OK && p->current.type == PV_JINJA_T_EOF)
		rc = fail_end(p, ends);
	return rc;
}

int pv_jinja_parse_until(pv_jinja_nodes *out, pv_jinja_parser *p, int word)
{
	pv_jinja_ends ends = { { (uint8_t)word } };
	int rc = pv_jinja_parse_statements(out, p, ends);

	return rc < 0 ? rc : pv_jinja_advance(p);
}

/* --- statements ---------------------------------------------------------- */

struct tag_row {
	uint8_t word;
	uint8_t extension; /* it needs, or 0 */
	pv_jinja_tag_fn *parse;
};

static const struct tag_row tag_rows[] = {
	{ PV_JINJA_W_FOR, 0, pv_jinja_parse_for },
	{ PV_JINJA_W_IF, 0, pv_jinja_parse_if },
	{ PV_JINJA_W_SET, 0, pv_jinja_parse_set },
	{ PV_JINJA_W_BLOCK, 0, pv_jinja_parse_block },
	{ PV_JINJA_W_EXTENDS, 0, pv_jinja_parse_extends },
	{ PV_JINJA_W_PRINT, 0, pv_jinja_parse_print },
	{ PV_JINJA_W_MACRO, 0, pv_jinja_parse_macro },
	{ PV_JINJA_W_INCLUDE, 0, pv_jinja_parse_include },
	{ PV_JINJA_W_FROM, 0, pv_jinja_parse_from },
	{ PV_JINJA_W_IMPORT, 0, pv_jinja_parse_import },
	{ PV_JINJA_W_WITH, 0, pv_jinja_parse_with },
	{ PV_JINJA_W_AUTOESCAPE, 0, pv_jinja_parse_autoescape },
	{ PV_JINJA_W_CALL, 0, pv_jinja_parse_call_block },
	{ PV_JINJA_W_FILTER, 0, pv_jinja_parse_filter_block },
	{ PV_JINJA_W_DO, PV_JINJA_EXT_DO, pv_jinja_parse_do },
	{ PV_JINJA_W_BREAK, PV_JINJA_EXT_LOOPCONTROLS,
	  pv_jinja_parse_loop_control },
	{ PV_JINJA_W_CONTINUE, PV_JINJA_EXT_LOOPCONTROLS,
	  pv_jinja_parse_loop_control },
	{ PV_JINJA_W_TRANS, PV_JINJA_EXT_I18N, pv_jinja_parse_trans },
	{ PV_JINJA_W_GENERATION, PV_JINJA_EXT_GENERATION,
	  pv_jinja_parse_generation }
};

static const struct tag_row *find_tag(const pv_jinja_parser *p, int word)
{
	for (size_t i = 0; i < pv_array_len(tag_rows); i++)
		if (tag_rows[i].word == word &&
		    (!tag_rows[i].extension ||
		     (p->env->extensions & tag_rows[i].extension)))
			return &tag_rows[i];
	return NULL;
}

int pv_jinja_parse_statement(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	const struct tag_row *row;
	int rc;

	if (p->current.type != PV_JINJA_T_NAME)
		return pv_jinja_parse_fail(p, 0, "tag name expected");
	row = find_tag(p, p->current.word);
	if (!row)
		return pv_jinja_unknown_tag(p, &p->current);
	rc = pv_jinja_nest(p);
	if (rc < 0)
		return rc;
	p->tags[p->tag_count++] = p->current.text;
	rc = row->parse(out, p);
	p->tag_count--;
	p->nesting--;
	return rc;
}

int pv_jinja_parse(pv_jinja_nodes *out, pv_jinja_parser *parser)
{
	pv_jinja_ends none = { { 0 } };
	int rc;

	parser->current.line = 1;
	rc = fetch(&parser->current, parser);
	return rc < 0 ? rc : pv_jinja_parse_body(out, parser, none);
}
