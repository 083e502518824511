/* SPDX-License-Identifier: MIT
 *
 * libgit2 carries the same xdiff as git but tells only whether a merge was
 * clean. The number of conflicts is that of the markers; where a line of a
 * text looks like one, they are counted in a second run, whose label for our
 * side occurs in none of the texts.
 */
#include "store/join/linemerge.h"

#include <string.h>

#include "base/fail.h"
#include "store/handle.h"

enum {
	DEFAULT_MARKER = 7,
	LABEL_SIZE = 32,
	MAX_SIZE = 1023 << 20
};

/* Larger texts libgit2 takes for binary ones, and gives nothing. */
static int check_size(const pv_linemerge_input *input, pv_error *err)
{
	if (input->base.len > MAX_SIZE || input->ours.len > MAX_SIZE ||
	    input->theirs.len > MAX_SIZE)
		return pv_fail(err, PV_ELIMIT,
			       "cannot merge texts of more than %d MiB",
			       MAX_SIZE >> 20);
	return PV_OK;
}

static int fill_side(git_merge_file_input *side, pv_str text)
{
	int rc = git_merge_file_input_init(side, GIT_MERGE_FILE_INPUT_VERSION);

	side->ptr = text.ptr ? text.ptr : "";
	side->size = text.len;
	return rc;
}

static uint32_t flags_of(const pv_linemerge_input *input)
{
	/* Conflicts with no letter or digit between them become one. */
	uint32_t flags = input->is_apart ? 0 : GIT_MERGE_FILE_SIMPLIFY_ALNUM;

	switch (input->style) {
	case PV_LINEMERGE_MERGE:
		break;
	case PV_LINEMERGE_DIFF3:
		return flags | GIT_MERGE_FILE_STYLE_DIFF3;
	case PV_LINEMERGE_ZDIFF3:
		return flags | GIT_MERGE_FILE_STYLE_ZDIFF3;
	}
	return flags;
}

static int run(git_merge_file_result *result, const pv_linemerge_input *input,
	       const char *our_label)
{
	git_merge_file_options opts;
	git_merge_file_input base;
	git_merge_file_input ours;
	git_merge_file_input theirs;
	int rc = git_merge_file_options_init(&opts,
					     GIT_MERGE_FILE_OPTIONS_VERSION);

	rc |= fill_side(&base, input->base);
	rc |= fill_side(&ours, input->ours);
	rc |= fill_side(&theirs, input->theirs);
	if (rc < 0)
		return rc;
	opts.ancestor_label = input->base_label;
	opts.our_label = our_label;
	opts.their_label = input->their_label;
	opts.marker_size = (unsigned short)input->marker_size;
	opts.flags = flags_of(input);
	if (input->is_union)
		opts.favor = GIT_MERGE_FILE_FAVOR_UNION;
	return git_merge_file(result, &base, &ours, &theirs, &opts);
}

static int contains(pv_str text, const char *needle)
{
	size_t len = strlen(needle);
	const char *at = text.ptr;
	const char *end = text.ptr + text.len;

	while (at && (size_t)(end - at) >= len) {
		at = memchr(at, *needle, (size_t)(end - at));
		if (!at || (size_t)(end - at) < len)
			return 0;
		if (memcmp(at, needle, len) == 0)
			return 1;
		at++;
	}
	return 0;
}

/* Texts hold finitely many numbers, so this ends. */
static int choose_label(char label[LABEL_SIZE], const pv_linemerge_input *input,
			pv_error *err)
{
	pv_buf text = { 0 };
	int is_taken = 1;
	int rc = PV_OK;

	for (unsigned n = 0; is_taken && rc == PV_OK; n++) {
		pv_buf_clear(&text);
		pv_buf_printf(&text, "side-%u", n);
		rc = pv_buf_status(&text, err);
		is_taken = rc == PV_OK && (contains(input->base, text.ptr) ||
					   contains(input->ours, text.ptr) ||
					   contains(input->theirs, text.ptr));
	}
	if (rc == PV_OK)
		memcpy(label, text.ptr, text.len + 1);
	pv_buf_dispose(&text);
	return rc;
}

/* The lines that begin as the marker of our side does, with that label. */
static size_t count_marked(pv_str text, const char *label,
			   const pv_linemerge_input *input)
{
	size_t label_len = strlen(label);
	size_t head = (size_t)(input->marker_size ? input->marker_size
						  : DEFAULT_MARKER) +
		      1;
	const char *at = text.ptr;
	const char *end = at ? at + text.len : NULL;
	size_t count = 0;

	while (at && at < end) {
		if ((size_t)(end - at) >= head + label_len && *at == '<' &&
		    at[head - 1] == ' ' &&
		    memcmp(at + head, label, label_len) == 0)
			count++;
		at = memchr(at, '\n', (size_t)(end - at));
		if (at)
			at++;
	}
	return count;
}

/* xdiff fails for want of memory only, of which libgit2 says nothing. */
static int fail_merge(pv_error *err)
{
	git_error_clear();
	return pv_fail_nomem(err);
}

/* Whether a text has what looks like a marker. */
static int shows_markers(const pv_linemerge_input *input)
{
	return count_marked(input->base, input->our_label, input) ||
	       count_marked(input->ours, input->our_label, input) ||
	       count_marked(input->theirs, input->our_label, input);
}

static int count_again(size_t *out, const pv_linemerge_input *input, pv_error *err)
{
	git_merge_file_result result = { 0 };
	char label[LABEL_SIZE];
	int rc = choose_label(label, input, err);

	if (rc < 0)
		return rc;
	rc = run(&result, input, label);
	if (rc < 0)
		return fail_merge(err);
	*out = count_marked((pv_str){ result.ptr, result.len }, label, input);
	git_merge_file_result_free(&result);
	return PV_OK;
}

/*
 * Where one side changed nothing the other is the merge. libgit2 thinks so,
 * too, but copies it to memory that it does not check it was given.
 */
static const pv_str *find_only_change(const pv_linemerge_input *input)
{
	if (pv_str_eq(input->base, input->ours))
		return &input->theirs;
	if (pv_str_eq(input->base, input->theirs))
		return &input->ours;
	return NULL;
}

int pv_linemerge(pv_buf *out, size_t *conflicts_out,
		 const pv_linemerge_input *input, pv_error *err)
{
	const pv_str *change = find_only_change(input);
	git_merge_file_result result = { 0 };
	int rc;

	*conflicts_out = 0;
	rc = check_size(input, err);
	if (rc < 0)
		return rc;
	if (change) {
		pv_buf_put(out, change->ptr, change->len);
		return pv_buf_status(out, err);
	}
	rc = pv_libgit2_start(err);
	if (rc < 0)
		return rc;
	rc = run(&result, input, input->our_label);
	if (rc < 0)
		return fail_merge(err);
	pv_buf_put(out, result.ptr, result.len);
	rc = pv_buf_status(out, err);
	if (rc == PV_OK && !result.automergeable && shows_markers(input))
		rc = count_again(conflicts_out, input, err);
	else if (!result.automergeable)
		*conflicts_out = count_marked((pv_str){ result.ptr, result.len },
					      input->our_label, input);
	git_merge_file_result_free(&result);
	return rc;
}
