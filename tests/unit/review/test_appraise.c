/* SPDX-License-Identifier: MIT
 *
 * Lines of git-appraise's notes, as it writes them, and as it would not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pv/appraise.h>

#include <string.h>

#define ID "0123456789abcdef0123456789abcdef01234567"

static int read_line(pv_appraise_note *out, enum pv_appraise_kind kind,
		     const char *line)
{
	return pv_appraise_read(out, kind, line, strlen(line), NULL);
}

static void reads_a_request(void **state)
{
	static const char line[] =
		"{\"timestamp\":\"1438624412\",\"reviewRef\":\"refs/heads/t\","
		"\"targetRef\":\"refs/heads/main\",\"requester\":\"ann@x\","
		"\"reviewers\":[\"bob@x\",\"\",\"eve@x\"],"
		"\"description\":\"Why\",\"v\":0,\"baseCommit\":\"" ID "\","
		"\"alias\":\"" ID "\",\"later\":{\"a\":[1]}}";
	pv_appraise_note note;

	(void)state;
	assert_int_equal(read_line(&note, PV_APPRAISE_REQUEST, line), PV_OK);
	assert_int_equal(note.at, 1438624412);
	assert_string_equal(note.by, "ann@x");
	assert_string_equal(note.source, "refs/heads/t");
	assert_string_equal(note.target, "refs/heads/main");
	assert_string_equal(note.text, "Why");
	assert_string_equal(note.base.hex, ID);
	assert_string_equal(note.alias.hex, ID);
	assert_int_equal(note.reviewer_count, 2);
	assert_string_equal(note.reviewers[1], "eve@x");
	pv_appraise_note_dispose(&note);
}

static void knows_an_abandoned_request(void **state)
{
	pv_appraise_note note;

	(void)state;
	assert_int_equal(read_line(&note, PV_APPRAISE_REQUEST,
				   "{\"targetRef\":\"\",\"requester\":null}"),
			 PV_OK);
	assert_null(note.target);
	assert_null(note.by);
	assert_int_equal(note.at, 0);
	pv_appraise_note_dispose(&note);
}

static void reads_a_comment(void **state)
{
	static const char line[] =
		"{\"timestamp\":\"1438624412\",\"author\":\"bob@x\","
		"\"original\":\"\",\"parent\":\"" ID "\",\"location\":{"
		"\"commit\":\"" ID "\",\"path\":\"a/b\",\"range\":{"
		"\"startLine\":7,\"endLine\":9}},\"description\":\"Hm\","
		"\"resolved\":false}";
	pv_appraise_note note;

	(void)state;
	assert_int_equal(read_line(&note, PV_APPRAISE_COMMENT, line), PV_OK);
	assert_string_equal(note.by, "bob@x");
	assert_string_equal(note.original.hex, "");
	assert_string_equal(note.parent.hex, ID);
	assert_string_equal(note.commit.hex, ID);
	assert_string_equal(note.path, "a/b");
	assert_int_equal(note.line, 7);
	assert_int_equal(note.resolved, PV_APPRAISE_UNRESOLVED);
	pv_appraise_note_dispose(&note);
}

static void reads_reports(void **state)
{
	pv_appraise_note note;

	(void)state;
	assert_int_equal(read_line(&note, PV_APPRAISE_CI,
				   "{\"agent\":\"build\",\"status\":\"success\","
				   "\"url\":\"https://x\",\"author\":7}"),
			 PV_OK);
	assert_string_equal(note.by, "build");
	assert_string_equal(note.status, "success");
	assert_string_equal(note.url, "https://x");
	pv_appraise_note_dispose(&note);
}

/* git-appraise calls a line by what `sha1sum` says of it. */
static void calls_a_line_by_its_sha1(void **state)
{
	pv_appraise_note note;

	(void)state;
	assert_int_equal(read_line(&note, PV_APPRAISE_COMMENT, "{}"), PV_OK);
	assert_string_equal(note.key.hex,
			    "bf21a9e8fbc5a3846fb05b4fa0859e0917b2202f");
	pv_appraise_note_dispose(&note);
}

static void refuses_what_git_appraise_would_not_read(void **state)
{
	static const struct {
		enum pv_appraise_kind kind;
		const char *line;
		int rc;
		const char *message;
	} rows[] = {
		{ PV_APPRAISE_COMMENT, "", PV_EINVALID, "this is no JSON" },
		{ PV_APPRAISE_COMMENT, "{} {}", PV_EINVALID, "this is no JSON" },
		{ PV_APPRAISE_COMMENT, "[]", PV_EINVALID,
		  "this is no JSON object" },
		{ PV_APPRAISE_COMMENT, "{\"v\":1}", PV_EUNSUPPORTED,
		  "this is of another version of the schema" },
		{ PV_APPRAISE_COMMENT, "{\"author\":1}", PV_EINVALID,
		  "\"author\" is no text" },
		{ PV_APPRAISE_COMMENT, "{\"description\":\"a\\u0000b\"}",
		  PV_EINVALID, "\"description\" is no text" },
		{ PV_APPRAISE_COMMENT, "{\"timestamp\":1438624412}",
		  PV_EINVALID, "\"timestamp\" is no text of seconds" },
		{ PV_APPRAISE_COMMENT, "{\"timestamp\":\"-1\"}", PV_EINVALID,
		  "\"timestamp\" is no text of seconds" },
		{ PV_APPRAISE_COMMENT, "{\"timestamp\":\"9999999999999\"}",
		  PV_EINVALID, "\"timestamp\" is no text of seconds" },
		{ PV_APPRAISE_COMMENT, "{\"parent\":\"abc\"}", PV_EINVALID,
		  "\"parent\" is no object id" },
		{ PV_APPRAISE_COMMENT, "{\"resolved\":\"yes\"}", PV_EINVALID,
		  "\"resolved\" is no boolean" },
		{ PV_APPRAISE_COMMENT, "{\"location\":[]}", PV_EINVALID,
		  "\"location\" is no object" },
		{ PV_APPRAISE_COMMENT, "{\"location\":{\"range\":1}}",
		  PV_EINVALID, "\"range\" is no object" },
		{ PV_APPRAISE_COMMENT,
		  "{\"location\":{\"range\":{\"startLine\":-1}}}", PV_EINVALID,
		  "\"startLine\" is no line" },
		{ PV_APPRAISE_COMMENT,
		  "{\"location\":{\"range\":{\"startLine\":1.5}}}", PV_EINVALID,
		  "\"startLine\" is no line" },
		{ PV_APPRAISE_REQUEST, "{\"reviewers\":\"bob\"}", PV_EINVALID,
		  "\"reviewers\" is no list" },
		{ PV_APPRAISE_REQUEST, "{\"reviewers\":[1]}", PV_EINVALID,
		  "\"reviewers\" is no list of texts" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		pv_error err = { 0 };
		pv_appraise_note note;
		int rc = pv_appraise_read(&note, rows[i].kind, rows[i].line,
					  strlen(rows[i].line), &err);

		assert_int_equal(rc, rows[i].rc);
		assert_string_equal(err.message, rows[i].message);
		assert_null(note.memory);
	}
}

static void refuses_a_line_without_end(void **state)
{
	static char line[(1 << 20) + 1];
	pv_appraise_note note;

	(void)state;
	memset(line, ' ', sizeof(line));
	assert_int_equal(pv_appraise_read(&note, PV_APPRAISE_CI, line,
					  sizeof(line), NULL),
			 PV_ELIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request),
		cmocka_unit_test(knows_an_abandoned_request),
		cmocka_unit_test(reads_a_comment),
		cmocka_unit_test(reads_reports),
		cmocka_unit_test(calls_a_line_by_its_sha1),
		cmocka_unit_test(refuses_what_git_appraise_would_not_read),
		cmocka_unit_test(refuses_a_line_without_end),
	};

	return cmocka_run_group_tests_name("review_appraise", tests, NULL, NULL);
}
