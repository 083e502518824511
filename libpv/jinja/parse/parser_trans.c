/* SPDX-License-Identifier: MIT
 *
 * {% trans %} with null translations: what gettext and ngettext would be
 * given is what is printed, with the variables put in as % formatting does.
 */
#include "jinja/parse/parser.h"

#include "jinja/parse/letters.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

struct trans {
	pv_jinja_node *node;   /* N_TRANSLATE */
	pv_jinja_node *assign; /* _trans = the first variable's call */
	pv_jinja_node *count;  /* what decides on the plural, if one comes */
	pv_jinja_nodes referenced; /* NAMEs printed in the texts */
	int trimmed;               /* -1: not said */
};

static int has_variable(pv_jinja_parser *p, const pv_jinja_name *name)
{
	return pv_jinja_interned_find(p, name)->is_translated;
}

static pv_jinja_node *find_variable(const struct trans *t, pv_jinja_parser *p,
				    const pv_jinja_name *name)
{
	pv_jinja_node *node = t->node->u.translate.variables.first;

	if (!has_variable(p, name))
		return NULL;
	while (node && node->key != name)
		node = node->next;
	return node;
}

static int add_variable(struct trans *t, pv_jinja_parser *p,
			const pv_jinja_token *name, pv_jinja_node *value)
{
	int rc = pv_jinja_intern(&value->key, p, name->text);

	if (rc < 0)
		return rc;
	pv_jinja_interned_find(p, value->key)->is_translated = 1;
	pv_jinja_nodes_add(&t->node->u.translate.variables, value);
	return PV_OK;
}

/* The first variable is the count; a call is made once, before. */
static int choose_count(struct trans *t, pv_jinja_parser *p,
			const pv_jinja_token *name, pv_jinja_node **value)
{
	pv_jinja_token internal = *name;
	pv_jinja_node *target;
	int rc;

	if (t->count)
		return PV_OK;
	t->count = *value;
	if ((*value)->kind != PV_JINJA_N_CALL)
		return PV_OK;
	internal.text = pv_str_of("_trans");
	rc = pv_jinja_node_new(&t->assign, p, PV_JINJA_N_SET, name);
	if (rc == PV_OK)
		rc = pv_jinja_name_node(&target, p, &internal, PV_JINJA_STORE);
	if (rc != PV_OK)
		return rc;
	t->assign->u.set.target = target;
	t->assign->u.set.value = *value;
	rc = pv_jinja_name_node(value, p, &internal, PV_JINJA_LOAD);
	t->count = *value;
	return rc;
}

/* name ["=" expression] | "trimmed" | "notrimmed" */
static int parse_variable(struct trans *t, pv_jinja_parser *p)
{
	pv_jinja_token name;
	pv_jinja_node *value = NULL;
	const pv_jinja_name *key;
	pv_jinja_value quoted;
	int rc = pv_jinja_want(p, PV_JINJA_T_NAME, &name);

	if (rc == PV_OK)
		rc = pv_jinja_intern(&key, p, name.text);
	if (rc != PV_OK)
		return rc;
	if (has_variable(p, key)) {
		quoted = pv_jinja_quote(p, name.text);
		return pv_jinja_assertion_fail(p, name.line,
					       "translatable variable %.*s defined twice.",
					       (int)quoted.len, quoted.u.s);
	}
	rc = pv_jinja_skip(p, PV_JINJA_T_ASSIGN);
	if (rc == 0 && t->trimmed < 0 &&
	    (name.word == PV_JINJA_W_TRIMMED ||
	     name.word == PV_JINJA_W_NOTRIMMED)) {
		t->trimmed = name.word == PV_JINJA_W_TRIMMED;
		return PV_OK;
	}
	if (rc > 0)
		rc = pv_jinja_parse_expression(&value, p);
	else if (rc == 0)
		rc = pv_jinja_name_node(&value, p, &name, PV_JINJA_LOAD);
	if (rc == PV_OK)
		rc = choose_count(t, p, &name, &value);
	return rc < 0 ? rc : add_variable(t, p, &name, value);
}

/* [context] [variable ("," variable)*] [":"] */
static int parse_head(struct trans *t, pv_jinja_parser *p)
{
	pv_str context = p->current.text;
	int rc = pv_jinja_skip(p, PV_JINJA_T_STRING);

	t->node->u.translate.context = pv_jinja_missing();
	if (rc > 0)
		t->node->u.translate.context =
			pv_jinja_str(context.ptr, context.len, 0);
	rc = rc < 0 ? rc : PV_OK;
	while (rc == PV_OK && p->current.type != PV_JINJA_T_BLOCK_END) {
		if (t->node->u.translate.variables.count > 0)
			rc = pv_jinja_want(p, PV_JINJA_T_COMMA, NULL);
		if (rc == PV_OK)
			rc = pv_jinja_skip(p, PV_JINJA_T_COLON);
		if (rc != PV_OK) {
			rc = rc < 0 ? rc : PV_OK;
			break;
		}
		rc = parse_variable(t, p);
	}
	return rc < 0 ? rc : pv_jinja_want(p, PV_JINJA_T_BLOCK_END, NULL);
}

/* {{ name }} in a text. */
static int parse_reference(struct trans *t, pv_jinja_parser *p)
{
	pv_jinja_token name;
	pv_jinja_node *node;
	int rc = pv_jinja_advance(p);

	if (rc == PV_OK)
		rc = pv_jinja_want(p, PV_JINJA_T_NAME, &name);
	if (rc == PV_OK)
		rc = pv_jinja_name_node(&node, p, &name, PV_JINJA_LOAD);
	if (rc != PV_OK)
		return rc;
	pv_jinja_nodes_add(&t->referenced, node);
	pv_buf_puts(&p->run->scratch, "%(");
	pv_buf_put(&p->run->scratch, name.text.ptr, name.text.len);
	pv_buf_puts(&p->run->scratch, ")s");
	return pv_jinja_want(p, PV_JINJA_T_VARIABLE_END, NULL);
}

static int fail_in_text(pv_jinja_parser *p, int may_pluralize)
{
	pv_str name = p->current.type == PV_JINJA_T_NAME ? p->current.text
							 : pv_str_of("None");

	if (pv_jinja_at_word(p, PV_JINJA_W_PLURALIZE) && !may_pluralize)
		return pv_jinja_parse_fail(p, 0,
					   "a translatable section can have "
					   "only one pluralize section");
	if (pv_jinja_at_word(p, PV_JINJA_W_TRANS))
		return pv_jinja_parse_fail(p, 0,
					   "trans blocks can't be nested; did "
					   "you mean `endtrans`?");
	return pv_jinja_parse_fail(p, 0,
				   "control structures in translatable "
				   "sections are not allowed; saw `%.*s`",
				   (int)name.len, name.ptr);
}

static void put_doubled(pv_buf *out, pv_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		pv_buf_putc(out, text.ptr[i]);
		if (text.ptr[i] == '%')
			pv_buf_putc(out, '%');
	}
}

/* A text with its variables as %(name)s, up to the tag that ends it. */
static int parse_text(pv_jinja_value *out, struct trans *t, pv_jinja_parser *p,
		      int may_pluralize)
{
	size_t mark = pv_jinja_begin(p->run);
	int rc = PV_OK;

	while (rc == PV_OK) {
		if (p->current.type == PV_JINJA_T_DATA) {
			put_doubled(&p->run->scratch, p->current.text);
			rc = pv_jinja_advance(p);
			continue;
		}
		if (p->current.type == PV_JINJA_T_VARIABLE_BEGIN) {
			rc = parse_reference(t, p);
			continue;
		}
		if (p->current.type != PV_JINJA_T_BLOCK_BEGIN)
			return pv_jinja_parse_fail(p, 0,
						   "unclosed translation block");
		rc = pv_jinja_advance(p);
		if (rc < 0 || pv_jinja_at_word(p, PV_JINJA_W_ENDTRANS) ||
		    (may_pluralize && pv_jinja_at_word(p, PV_JINJA_W_PLURALIZE)))
			break;
		rc = fail_in_text(p, may_pluralize);
	}
	return rc < 0 ? rc : pv_jinja_finish(out, p->run, mark, 0);
}

/* "pluralize" [name] */
static int parse_pluralize(struct trans *t, pv_jinja_parser *p)
{
	pv_jinja_token name;
	const pv_jinja_name *key;
	pv_jinja_value quoted;
	int rc = pv_jinja_advance(p);

	if (rc < 0)
		return rc;
	if (p->current.type != PV_JINJA_T_BLOCK_END) {
		rc = pv_jinja_want(p, PV_JINJA_T_NAME, &name);
		if (rc == PV_OK)
			rc = pv_jinja_intern(&key, p, name.text);
		if (rc != PV_OK)
			return rc;
		t->count = find_variable(t, p, key);
		quoted = pv_jinja_quote(p, name.text);
		if (!t->count)
			return pv_jinja_assertion_fail(
				p, name.line,
				"unknown variable %.*s for pluralization",
				(int)quoted.len, quoted.u.s);
	}
	rc = pv_jinja_want(p, PV_JINJA_T_BLOCK_END, NULL);
	if (rc < 0)
		return rc;
	return parse_text(&t->node->u.translate.plural, t, p, 0);
}

/* White space around line breaks becomes one blank; none at the ends. */
static int trim(pv_jinja_value *text, pv_jinja_parser *p)
{
	pv_str from = { text->u.s, text->len };
	size_t mark = pv_jinja_begin(p->run);
	size_t at = pv_jinja_lex_space(from, 0);
	size_t len;

	while (at < from.len) {
		size_t blank = pv_jinja_lex_space(from, at);

		if (blank == 0) {
			(void)pv_jinja_decode(from.ptr + at, from.len - at, &len);
			pv_buf_put(&p->run->scratch, from.ptr + at, len);
			at += len;
			continue;
		}
		if (at + blank == from.len)
			break;
		if (memchr(from.ptr + at, '\n', blank))
			pv_buf_putc(&p->run->scratch, ' ');
		else
			pv_buf_put(&p->run->scratch, from.ptr + at, blank);
		at += blank;
	}
	return pv_jinja_finish(text, p->run, mark, 0);
}

/* Without variables no formatting is done, so %% is a sign again. */
static int undouble(pv_jinja_value *text, pv_jinja_parser *p)
{
	size_t mark = pv_jinja_begin(p->run);

	for (size_t i = 0; i < text->len; i++) {
		pv_buf_putc(&p->run->scratch, text->u.s[i]);
		i += text->u.s[i] == '%';
	}
	return pv_jinja_finish(text, p->run, mark, 0);
}

/* Names printed but not given are variables of the template. */
static int add_references(struct trans *t, pv_jinja_parser *p)
{
	pv_jinja_node *node = t->referenced.first;
	int is_used = node != NULL;

	while (node) {
		pv_jinja_node *next = node->next;

		node->next = NULL;
		if (!has_variable(p, node->u.name.name)) {
			node->key = node->u.name.name;
			pv_jinja_interned_find(p, node->key)->is_translated = 1;
			pv_jinja_nodes_add(&t->node->u.translate.variables, node);
		}
		node = next;
	}
	for (node = t->node->u.translate.variables.first; node; node = node->next)
		pv_jinja_interned_find(p, node->key)->is_translated = 0;
	return is_used;
}

static int finish_texts(struct trans *t, pv_jinja_parser *p, int is_used)
{
	pv_jinja_value *texts[] = { &t->node->u.translate.singular,
				    &t->node->u.translate.plural };
	int rc = PV_OK;

	if (t->trimmed < 0)
		t->trimmed = p->env->trims_translations;
	for (size_t i = 0; rc == PV_OK && i < 2; i++) {
		if (pv_jinja_is_missing(*texts[i]))
			continue;
		if (t->trimmed)
			rc = trim(texts[i], p);
		if (rc == PV_OK && !is_used && !t->node->flag)
			rc = undouble(texts[i], p);
	}
	return rc;
}

/* The first name printed decides if nothing else does. */
static int parse_texts(struct trans *t, pv_jinja_parser *p, int line)
{
	int rc = parse_text(&t->node->u.translate.singular, t, p, 1);

	if (rc < 0)
		return rc;
	if (!t->count)
		t->count = t->referenced.first;
	if (!pv_jinja_at_word(p, PV_JINJA_W_PLURALIZE))
		return pv_jinja_advance(p);
	rc = parse_pluralize(t, p);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc == PV_OK && !t->count)
		rc = pv_jinja_parse_fail(p, line, "pluralize without variables");
	t->node->u.translate.count = t->count;
	return rc;
}

/* trans = head text ["pluralize" [name] text] "endtrans" */
int pv_jinja_parse_trans(pv_jinja_nodes *out, pv_jinja_parser *p)
{
	struct trans t = { .trimmed = -1 };
	pv_jinja_node *print;
	pv_jinja_token at = p->current;
	int rc = pv_jinja_node_new(&t.node, p, PV_JINJA_N_TRANSLATE, &at);

	if (rc == PV_OK)
		rc = pv_jinja_node_new(&print, p, PV_JINJA_N_PRINT, &at);
	if (rc == PV_OK)
		rc = pv_jinja_advance(p);
	if (rc == PV_OK) {
		t.node->flag = (p->env->extensions & PV_JINJA_EXT_NEWSTYLE) != 0;
		rc = parse_head(&t, p);
	}
	if (rc == PV_OK)
		rc = parse_texts(&t, p, at.line);
	if (rc == PV_OK)
		rc = finish_texts(&t, p, add_references(&t, p));
	if (rc != PV_OK)
		return rc;
	print->u.expr = t.node;
	if (t.assign)
		pv_jinja_nodes_add(out, t.assign);
	pv_jinja_nodes_add(out, print);
	return PV_OK;
}
