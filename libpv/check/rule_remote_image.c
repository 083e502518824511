/* SPDX-License-Identifier: MIT
 *
 * remote-image: an image that whoever shows the text as Markdown fetches from
 * another machine, which so learns who reads it, and what the address says.
 */
#include "check/rules.h"
#include "diff/markdown_images.h"
#include "schema/format.h"

struct search {
	pv_check_run *run;
	size_t idx;
};

static int found(size_t offset, size_t len, void *payload)
{
	const struct search *search = payload;

	(void)len;
	return pv_check_text(search->run, search->idx, offset,
			     "link to it instead, or describe it",
			     "the text has an image on another machine");
}

/*
 * The text with tags as words: "![x](https://a/?q={{ data }})" is an image once
 * the value is in its place, but not before. Offsets stay.
 */
static int plug_tags(pv_buf *out, pv_str text, pv_error *err)
{
	int depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		char next = pv_str_at(text, i + 1);

		if (c == '{' && (next == '{' || next == '%') && !depth)
			depth = 1;
		if (depth && c == '}' && next != '}')
			depth = 0;
		if (depth && !pv_is_letter(c))
			c = '_';
		pv_buf_putc(out, c);
	}
	return pv_buf_status(out, err);
}

static int look(struct search *search, pv_str text)
{
	pv_buf plugged = { 0 };
	pv_str whole;
	int rc;

	if (!text.len || !memchr(text.ptr, '{', text.len))
		return pv_markdown_images(text, found, search, search->run->err);
	rc = plug_tags(&plugged, text, search->run->err);
	whole.ptr = pv_buf_text(&plugged);
	whole.len = plugged.len;
	if (rc == PV_OK)
		rc = pv_markdown_images(whole, found, search, search->run->err);
	pv_buf_dispose(&plugged);
	return rc;
}

static int run(pv_check_run *run)
{
	struct search search = { run, 0 };
	int rc = PV_OK;

	for (; search.idx < run->prompt->message_count && rc == PV_OK;
	     search.idx++) {
		const pv_message *message = &run->prompt->messages[search.idx];
		pv_str text = { message->content, message->len };

		rc = look(&search, text);
	}
	return rc;
}

const pv_check_rule pv_rule_remote_image = {
	{ .id = "remote-image",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a Markdown image or an <img> on another machine",
	  .fix = "link to the image instead, or describe it" },
	run
};
