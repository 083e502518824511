/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the functions that take texts and give texts made to
 * fail: reports, YAML, prompts, diff, merge, exchange.
 */
#include "alloc/walk.h"
#include "base/json.h"

static const char yaml_text[] = "a: &x\n  - b # c\n  - |\n    d\nf: *x\n"
				"g: !!str 1\nh: {i: j, k: []}\n";

static const char prompt_text[] =
	"name: Triage\nmodel: {name: m, temperature: 0.2}\ntags: [a, b]\n"
	"messages:\n- {role: system, content: 'Be {{ tone }}.'}\n"
	"- {role: user, id: t, content: \"{% include 'x' %}{{ a }}\\nx\\n\"}\n"
	"variables: {a: {type: string, enum: [p, q]}}\n"
	"output: {schema: {properties: {q: {$ref: 'schemas/x.json#/a'}}}}\n"
	"nam: 1\nmetadata: {any: [thing, 1]}\n";

static const char other_text[] =
	"# s\nname: Sort # n\nmodel: {name: m, temperature: 0.3}\ntags: [b, c]\n"
	"messages:\n- {role: user, id: t, content: \"{{ a }}{{ b }}\\nz\\n\"}\n"
	"- {role: system, content: 'Be very {{ tone }}.'}\n"
	"variables: {a: {type: string, enum: [p]}}\n"
	"output: {schema: {properties: {}}}\n";

static const char third_text[] =
	"name: Triage 2\nmodel: {name: n, temperature: 0.4}\ntags: [a]\n"
	"messages:\n- {role: system, content: 'Be {{ tone }}!'}\n"
	"- {role: user, id: t, content: \"{{ a }}\\ny\\n\"}\n";

/* What exists before the faults begin. */
struct scene {
	pv_yaml *yaml;
	pv_prompt *before;
	pv_prompt *after;
	pv_diff *diff;
	pv_report *report;
	pv_buf out;
};

static void begin(void *payload)
{
	struct scene *it = payload;

	memset(it, 0, sizeof(*it));
	if (pv_yaml_parse(&it->yaml, yaml_text, sizeof(yaml_text) - 1, NULL,
			  NULL) < 0 ||
	    pv_prompt_parse(&it->before, prompt_text, sizeof(prompt_text) - 1,
			    NULL, NULL, NULL) < 0 ||
	    pv_prompt_parse(&it->after, other_text, sizeof(other_text) - 1,
			    NULL, NULL, NULL) < 0 ||
	    pv_diff_texts(&it->diff, prompt_text, sizeof(prompt_text) - 1,
			  other_text, sizeof(other_text) - 1, NULL) < 0 ||
	    pv_report_new(&it->report, NULL) < 0)
		fail_msg("nothing to begin with");
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	/* Edits do all or nothing. */
	if (rc != PV_OK)
		assert_string_equal(pv_yaml_text(it->yaml, NULL), yaml_text);
	pv_yaml_free(it->yaml);
	pv_prompt_free(it->before);
	pv_prompt_free(it->after);
	pv_diff_free(it->diff);
	pv_report_free(it->report);
	pv_buf_dispose(&it->out);
}

static int say_out(struct scene *it, int rc)
{
	if (rc == PV_OK)
		walk_say("%s", pv_buf_text(&it->out));
	return rc;
}

/* --- reports ----------------------------------------------------------- */

static int new_report(void *payload, pv_error *err)
{
	pv_report *report;
	int rc = pv_report_new(&report, err);

	(void)payload;
	pv_report_free(report);
	return rc;
}

static int add_finding(void *payload, pv_error *err)
{
	const pv_finding finding = {
		.rule = "r", .file = "f", .message = "m", .hint = "h"
	};
	struct scene *it = payload;
	int rc = PV_OK;

	for (int i = 0; i < 20 && rc == PV_OK; i++)
		rc = pv_report_add(it->report, &finding, err);
	if (rc == PV_OK)
		walk_say("%s", pv_report_at(it->report, 19)->message);
	return rc;
}

/* --- YAML ---------------------------------------------------------------- */

static int parse_yaml(void *payload, pv_error *err)
{
	pv_yaml *doc;
	int rc = pv_yaml_parse(&doc, yaml_text, sizeof(yaml_text) - 1, NULL, err);

	(void)payload;
	if (rc == PV_OK)
		walk_say("%s", pv_yaml_text(doc, NULL));
	pv_yaml_free(doc);
	return rc;
}

static int parse_bad_yaml(void *payload, pv_error *err)
{
	static const char text[] = "a: 1\nb: [c, {{ d }}\ne: \"f\n";
	pv_yaml *doc;
	int rc = pv_yaml_parse(&doc, text, sizeof(text) - 1, NULL, err);

	(void)payload;
	pv_yaml_free(doc);
	return rc;
}

static int find(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_yaml_node *node;
	int rc = pv_yaml_find(&node, it->yaml, "\"h\".k", err);

	if (rc == PV_OK)
		walk_say("%d", node->line);
	return rc;
}

static int path_of(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_yaml_node *node =
		pv_yaml_at(pv_yaml_get(pv_yaml_root(it->yaml), "a"), 1);

	return say_out(it, pv_yaml_path(&it->out, node, err));
}

static int say_yaml(struct scene *it, int rc)
{
	if (rc == PV_OK)
		walk_say("%s", pv_yaml_text(it->yaml, NULL));
	return rc;
}

static int set(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_yaml(it, pv_yaml_set(it->yaml, "h.i",
					"{\"x\":[\"y\\nz\",1.5,{}]}", err));
}

static int set_new(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_yaml(it, pv_yaml_set(it->yaml, "new.path", "[1]", err));
}

static int set_bad(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_yaml_set(it->yaml, "h.i", "{\"x\":[", err);
}

static int set_text(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_yaml(it, pv_yaml_set_text(it->yaml, "g", "x\ny\n", 4, err));
}

static int insert(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_yaml(it, pv_yaml_insert(it->yaml, "a", 1, "\"x\"", err));
}

static int append(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_yaml(it, pv_yaml_append(it->yaml, "h.k", "{}", err));
}

static int remove_key(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_yaml(it, pv_yaml_delete(it->yaml, "\"h\".k", err));
}

static int to_json(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it,
		       pv_yaml_to_json(&it->out, pv_yaml_root(it->yaml), err));
}

static int from_json(void *payload, pv_error *err)
{
	static const char json[] =
		"{\"a\":[\"b\\nc\",{}],\"d\":1,\"e\":\"f: # g\",\"h\":-1.5e3}";
	struct scene *it = payload;

	return say_out(it,
		       pv_yaml_from_json(&it->out, json, sizeof(json) - 1, err));
}

/* --- prompts ------------------------------------------------------------- */

static int parse_prompt(void *payload, pv_error *err)
{
	static const char *const texts[] = {
		prompt_text,
		"prompt: \"{{ a b }}{% include '../x' %}\"\nnam: 1\nname: 2\n",
		"prompt: {{ a }}\n",
	};
	const pv_prompt_options opts = { "x.yaml" };
	struct scene *it = payload;
	int rc = PV_OK;

	for (size_t i = 0; i < 3 && rc != PV_ENOMEM; i++) {
		pv_prompt *prompt;

		rc = pv_prompt_parse(&prompt, texts[i], strlen(texts[i]), &opts,
				     it->report, err);
		if (rc == PV_OK)
			walk_say("%zu ", pv_prompt_variable_count(prompt));
		pv_prompt_free(prompt);
	}
	for (size_t i = 0; i < pv_report_count(it->report); i++)
		walk_say("%s, ", pv_report_at(it->report, i)->message);
	return rc;
}

static int prompt_json(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it, pv_prompt_json(&it->out, it->before, err));
}

static int field_json(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it, pv_prompt_field_json(&it->out, it->before,
						"metadata", err));
}

static int impact(void *payload, pv_error *err)
{
	struct scene *it = payload;
	enum pv_bump bump;
	int rc = pv_prompt_impact(&bump, it->before, it->after, it->report, err);

	if (rc == PV_OK)
		walk_say("%s %zu", pv_bump_name(bump),
			 pv_report_count(it->report));
	return rc;
}

/* --- diff, merge, exchange ----------------------------------------------- */

static int diff_texts(void *payload, pv_error *err)
{
	pv_diff *diff;
	int rc = pv_diff_texts(&diff, prompt_text, sizeof(prompt_text) - 1,
			       other_text, sizeof(other_text) - 1, err);

	(void)payload;
	for (size_t i = 0; rc == PV_OK && i < pv_diff_count(diff); i++)
		walk_say("%s %zu, ", pv_diff_at(diff, i)->path,
			 pv_diff_at(diff, i)->run_count);
	if (rc == PV_OK)
		walk_say("%zu", pv_report_count(pv_diff_breaking(diff)));
	pv_diff_free(diff);
	return rc;
}

static int diff_moved(void *payload, pv_error *err)
{
	const pv_closure_change file = { "x", PV_CHANGE_ADDED };
	const pv_diff_input input = { .before = prompt_text,
				      .before_len = sizeof(prompt_text) - 1,
				      .after = other_text,
				      .after_len = sizeof(other_text) - 1,
				      .former = "former",
				      .closure = &file,
				      .closure_count = 1 };
	pv_diff *diff;
	int rc = pv_diff_new(&diff, &input, err);

	(void)payload;
	if (rc == PV_OK)
		walk_say("%s %zu %zu", pv_diff_former(diff), pv_diff_count(diff),
			 pv_report_count(pv_diff_breaking(diff)));
	pv_diff_free(diff);
	return rc;
}

static int diff_plain_texts(void *payload, pv_error *err)
{
	static const char before[] = "a: [\nb\nc\n";
	static const char after[] = "a: [\nb d\nc\n";
	pv_diff *diff;
	int rc = pv_diff_texts(&diff, before, sizeof(before) - 1, after,
			       sizeof(after) - 1, err);

	(void)payload;
	if (rc == PV_OK)
		walk_say("%zu %s", pv_diff_at(diff, 0)->run_count,
			 pv_diff_at(diff, 0)->new_json);
	pv_diff_free(diff);
	return rc;
}

static int print_text(void *payload, pv_error *err)
{
	const pv_diff_print_options opts = { .color = 1, .from = "f", .to = "t" };
	struct scene *it = payload;

	return say_out(it,
		       pv_diff_print_text(&it->out, it->diff, "x", &opts, err));
}

static int print_words(void *payload, pv_error *err)
{
	const pv_diff_print_options opts = {
		.word = 1, .color = 1, .from = "f", .to = "t"
	};
	struct scene *it = payload;

	return say_out(it,
		       pv_diff_print_text(&it->out, it->diff, "x", &opts, err));
}

static int report(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_diff_report *report;
	int rc = pv_diff_report_new(&report, PV_DIFF_MARKDOWN, "a", "b", err);

	if (rc == PV_OK)
		rc = pv_diff_report_add(report, it->diff, "x", "f", "t", err);
	if (rc == PV_OK)
		rc = pv_diff_report_print(&it->out, report, err);
	pv_diff_report_free(report);
	return say_out(it, rc);
}

static int report_of_parts(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_diff_report *whole = NULL;
	pv_diff_report *part = NULL;
	int rc = pv_diff_report_new(&whole, PV_DIFF_MARKDOWN, "a", "b", err);

	if (rc == PV_OK)
		rc = pv_diff_report_new(&part, PV_DIFF_MARKDOWN, NULL, NULL, err);
	if (rc == PV_OK)
		rc = pv_diff_report_add(part, it->diff, "x", "f", "t", err);
	if (rc == PV_OK)
		rc = pv_diff_report_join(whole, part, err);
	if (rc == PV_OK)
		rc = pv_diff_report_print(&it->out, whole, err);
	pv_diff_report_free(whole);
	pv_diff_report_free(part);
	return say_out(it, rc);
}

static int say_remarks(void *payload, pv_error *err,
		       enum pv_diff_report_format format)
{
	const pv_diff_remark remarks[] = {
		{ .what = "commented", .by = "A <a@b>", .quote = "x", .text = "y" },
		{ .what = "answered", .by = "B <b@b>", .now = "z", .depth = 1 },
	};
	struct scene *it = payload;
	pv_diff_report *report = NULL;
	int rc = pv_diff_report_new(&report, format, "a", "b", err);

	if (rc == PV_OK)
		rc = pv_diff_report_say(report, "All", remarks, 2, err);
	if (rc == PV_OK)
		rc = pv_diff_report_add(report, it->diff, "x", "f", "t", err);
	if (rc == PV_OK)
		rc = pv_diff_report_say(report, "One", remarks, 2, err);
	/* A page is too long for an answer. */
	if (rc == PV_OK && format == PV_DIFF_MARKDOWN)
		rc = pv_diff_report_print(&it->out, report, err);
	pv_diff_report_free(report);
	return say_out(it, rc);
}

static int say_markdown(void *payload, pv_error *err)
{
	return say_remarks(payload, err, PV_DIFF_MARKDOWN);
}

static int say_html(void *payload, pv_error *err)
{
	return say_remarks(payload, err, PV_DIFF_HTML);
}

static int print_sides(void *payload, pv_error *err)
{
	const pv_diff_print_options opts = {
		.side_by_side = 1, .color = 1, .from = "f", .to = "t"
	};
	struct scene *it = payload;

	return say_out(it,
		       pv_diff_print_text(&it->out, it->diff, "x", &opts, err));
}

static int print_json(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it, pv_diff_print_json(&it->out, it->diff, "x", err));
}

static int flatten(void *payload, pv_error *err)
{
	static const char text[] = "<<<<<<< a\n1 #\n=======\n2\n>>>>>>> b\n";

	return say_out(payload, pv_diff_flatten(&((struct scene *)payload)->out,
						text, sizeof(text) - 1, err));
}

static int show_markdown(void *payload, pv_error *err)
{
	static const char text[] = "# A\n\n- *b* `c`\n\n> [d](e)\n\n    f\n";

	return say_out(payload,
		       pv_markdown_show(&((struct scene *)payload)->out, text,
					sizeof(text) - 1, NULL, err));
}

static const pv_merge_input sides = {
	.base = { prompt_text, sizeof(prompt_text) - 1, NULL },
	.ours = { other_text, sizeof(other_text) - 1, NULL },
	.theirs = { third_text, sizeof(third_text) - 1, NULL },
	.style = PV_MERGE_STYLE_ZDIFF3,
	.path = "prompts/x.yaml"
};

static int merge(void *payload, pv_error *err)
{
	struct scene *it = payload;
	size_t conflicts = 0;
	int rc = pv_merge_file(&it->out, &conflicts, &sides, err);

	walk_say("%zu ", conflicts);
	return say_out(it, rc);
}

/* Where one side changed nothing libgit2 takes another way. */
static int merge_one_side(struct scene *it, int is_ours, pv_error *err)
{
	pv_merge_input input = sides;
	size_t conflicts = 0;
	int rc;

	if (is_ours)
		input.theirs = input.base;
	else
		input.ours = input.base;
	rc = pv_merge_file(&it->out, &conflicts, &input, err);
	return say_out(it, rc);
}

static int merge_ours(void *payload, pv_error *err)
{
	return merge_one_side(payload, 1, err);
}

static int merge_theirs(void *payload, pv_error *err)
{
	return merge_one_side(payload, 0, err);
}

static int new_merge(void *payload, pv_error *err)
{
	pv_merge *merge;
	int rc = pv_merge_new(&merge, &sides, err);

	(void)payload;
	if (rc != PV_OK)
		return rc;
	walk_say("%s %zu", pv_merge_text(merge, NULL), pv_merge_markers(merge));
	pv_merge_free(merge);
	return PV_OK;
}

static int find_conflicts(void *payload, pv_error *err)
{
	pv_merge_conflicts *found;
	int rc = pv_merge_conflicts_find(&found, &sides, err);

	(void)payload;
	for (size_t i = 0; rc == PV_OK && i < pv_merge_conflicts_count(found); i++)
		walk_say("%s, ", pv_merge_conflicts_at(found, i)->path);
	pv_merge_conflicts_free(found);
	return rc;
}

static const char base_lines[] = "n: 1\nt: [a]\np: |\n  One.\n  Two.\n";
static const char our_lines[] = "n: 2\nt: [a, x]\np: |\n  One.\n  Zwei.\n";
static const char their_lines[] = "n: 3\nt: [y]\np: |\n  One.\n  Deux.\n";

static const char marked_lines[] =
	"<<<<<<< a\nn: 2\nt: [a, x]\n=======\nn: 3\nt: [y]\n>>>>>>> b\n"
	"p: |\n  One.\n<<<<<<< a\n  Zwei.\n=======\n  Deux.\n>>>>>>> b\n";

static int settle_with(pv_unmerged *file, enum pv_settle_how how,
		       const char *field, const char *value, pv_error *err)
{
	pv_settle call = { how, field, value, value ? strlen(value) : 0 };

	return pv_unmerged_settle(file, &call, err);
}

static int settle(void *payload, pv_error *err)
{
	pv_merge_input input = {
		.base = { base_lines, sizeof(base_lines) - 1, NULL },
		.ours = { our_lines, sizeof(our_lines) - 1, NULL },
		.theirs = { their_lines, sizeof(their_lines) - 1, NULL },
		.path = "a.yaml",
	};
	struct scene *it = payload;
	pv_unmerged *file;
	int rc = pv_unmerged_new(&file, &input, marked_lines,
				 sizeof(marked_lines) - 1, err);

	if (rc == PV_OK)
		rc = settle_with(file, PV_SETTLE_VALUE, "n", "4", err);
	if (rc == PV_OK)
		rc = settle_with(file, PV_SETTLE_UNION, "t", NULL, err);
	if (rc == PV_OK)
		rc = pv_unmerged_lines(&it->out, file, "p", err);
	if (rc == PV_OK)
		rc = settle_with(file, PV_SETTLE_LINES, "p", "  Drei.\n", err);
	if (rc == PV_OK)
		walk_say("%s%s", pv_buf_text(&it->out),
			 pv_unmerged_text(file, NULL));
	pv_unmerged_free(file);
	return rc;
}

static int say_item(const pv_import_item *item, void *payload)
{
	(void)payload;
	walk_say("%s: %s, ", item->id, item->yaml);
	return 0;
}

static int import(void *payload, pv_error *err)
{
	static const char lines[] =
		"{\"id\":\"a\",\"prompt\":\"x\\ny {{ b }}\",\"c\":[1,null]}\n"
		"{\"id\":\"A b\",\"prompt\":\"x\"}\n{\"id\":\n"
		"{\"id\":\"a\",\"prompt\":\"again\"}\n";
	struct scene *it = payload;
	const pv_import_options opts = { .id_prefix = "p/", .report = it->report };
	int rc = pv_import_jsonl(lines, sizeof(lines) - 1, &opts, say_item,
				 NULL, err);

	for (size_t i = 0; i < pv_report_count(it->report); i++)
		walk_say("%s, ", pv_report_at(it->report, i)->message);
	return rc;
}

static int export(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return say_out(it, pv_export_jsonl(&it->out, "x", it->before, err));
}

/* JSON, whose values jansson keeps. */
static const char json_text[] =
	"{\"a\":[1,2.5,\"\\u00e9\",null],\"b\":{},\"c\":0,\"d\":0,\"e\":0,"
	"\"a key of more than 16 bytes\":\"and such a text, \\u00e9\"}";

static int parse_json(void *payload, pv_error *err)
{
	pv_json_doc *doc;
	int rc = pv_json_parse(&doc, json_text, sizeof(json_text) - 1, err);

	(void)payload;
	if (rc == PV_OK) {
		walk_say("%zu", pv_json_count(pv_json_root(doc)));
		pv_json_free(doc);
	}
	return rc;
}

static int dump_json(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_json_doc *doc;
	int rc = pv_json_parse(&doc, json_text, sizeof(json_text) - 1, err);

	if (rc < 0)
		return rc;
	rc = pv_json_dump(&it->out, pv_json_root(doc), err);
	pv_json_free(doc);
	return say_out(it, rc);
}

static const struct walk_row rows[] = {
	{ WALK(pv_report_new, new_report) },
	{ WALK(pv_report_add, add_finding) },
	{ WALK(pv_yaml_parse, parse_yaml) },
	{ WALK(pv_yaml_parse, parse_bad_yaml) },
	{ WALK(pv_yaml_find, find) },
	{ WALK(pv_yaml_path, path_of) },
	{ WALK(pv_yaml_set, set) },
	{ WALK(pv_yaml_set, set_new) },
	{ WALK(pv_yaml_set, set_bad) },
	{ WALK(pv_yaml_set_text, set_text) },
	{ WALK(pv_yaml_insert, insert) },
	{ WALK(pv_yaml_append, append) },
	{ WALK(pv_yaml_delete, remove_key) },
	{ WALK(pv_yaml_to_json, to_json) },
	{ WALK(pv_yaml_from_json, from_json) },
	{ WALK(pv_prompt_parse, parse_prompt) },
	{ WALK(pv_prompt_json, prompt_json) },
	{ WALK(pv_prompt_field_json, field_json) },
	{ WALK(pv_prompt_impact, impact) },
	{ WALK(pv_diff_texts, diff_texts) },
	{ WALK(pv_diff_texts, diff_plain_texts) },
	{ WALK(pv_diff_new, diff_moved) },
	{ WALK(pv_diff_print_text, print_text) },
	{ WALK(pv_diff_print_text, print_words) },
	{ WALK(pv_diff_print_text, print_sides) },
	{ WALK(pv_diff_report_new, report) },
	{ WALK(pv_diff_report_add, report) },
	{ WALK(pv_diff_report_print, report) },
	{ WALK(pv_diff_report_join, report_of_parts) },
	{ WALK(pv_diff_report_say, say_markdown) },
	{ WALK(pv_diff_report_say, say_html) },
	{ WALK(pv_diff_print_json, print_json) },
	{ WALK(pv_diff_flatten, flatten) },
	{ WALK(pv_markdown_show, show_markdown) },
	{ WALK(pv_merge_file, merge) },
	{ WALK(pv_merge_file, merge_ours) },
	{ WALK(pv_merge_file, merge_theirs) },
	{ WALK(pv_merge_new, new_merge) },
	{ WALK(pv_merge_conflicts_find, find_conflicts) },
	{ WALK(pv_unmerged_new, settle) },
	{ WALK(pv_unmerged_settle, settle) },
	{ WALK(pv_unmerged_lines, settle) },
	{ WALK(pv_import_jsonl, import) },
	{ WALK(pv_export_jsonl, export) },
	{ WALK(pv_json_parse, parse_json) },
	{ WALK(pv_json_dump, dump_json) },
};

static void test_alloc_texts__fail_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_texts__fail_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_texts", tests, NULL, NULL);
}
