/* SPDX-License-Identifier: MIT
 *
 * remote-image: an image that whoever shows the text as Markdown fetches from
 * another machine, which so learns who reads it, and what the address says.
 */
#include "check/rules.h"
#include "diff/markdown_images.h"

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

static int run(pv_check_run *run)
{
	struct search search = { run, 0 };
	int rc = PV_OK;

	for (; search.idx < run->prompt->message_count && rc == PV_OK;
	     search.idx++) {
		const pv_message *message = &run->prompt->messages[search.idx];
		pv_str text = { message->content, message->len };

		rc = pv_markdown_images(text, found, &search, run->err);
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
