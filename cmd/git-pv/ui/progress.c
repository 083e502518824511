/* SPDX-License-Identifier: MIT
 *
 * See progress.h.
 */
#include "ui/progress.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	FIRST_AFTER = 1000000, /* microseconds */
	AGAIN_AFTER = 200000
};

static void say(const pv_buf *text)
{
	/* Progress that cannot be shown is no failure. */
	ssize_t ignored = write(STDERR_FILENO, pv_buf_text(text), text->len);

	(void)ignored;
}

void progress_start(progress *out, const pv_cli *cli, const char *title,
		    size_t total)
{
	memset(out, 0, sizeof(*out));
	out->title = title;
	out->total = total;
	if (!cli->quiet && isatty(STDERR_FILENO))
		out->next = pv_clock_now(NULL) + FIRST_AFTER;
}

void progress_step(progress *bar, size_t done)
{
	pv_buf text = { 0 };
	int64_t now;

	bar->done = done;
	if (!bar->next)
		return;
	now = pv_clock_now(NULL);
	if (now < bar->next)
		return;
	bar->next = now + AGAIN_AFTER;
	bar->is_shown = 1;
	if (bar->total)
		pv_buf_printf(&text, "\r%s: %3zu%% (%zu/%zu)", bar->title,
			      done * 100 / bar->total, done, bar->total);
	else
		pv_buf_printf(&text, "\r%s: %zu", bar->title, done);
	say(&text);
	pv_buf_dispose(&text);
}

void progress_end(progress *bar)
{
	pv_buf text = { 0 };

	if (bar->is_shown) {
		pv_buf_printf(&text, "\r%s: ", bar->title);
		if (bar->total)
			pv_buf_printf(&text, "100%% (%zu/%zu), done.\n",
				      bar->total, bar->total);
		else
			pv_buf_printf(&text, "%zu, done.\n", bar->done);
		say(&text);
	}
	bar->next = 0;
	bar->is_shown = 0;
	pv_buf_dispose(&text);
}
