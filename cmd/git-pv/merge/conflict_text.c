/* SPDX-License-Identifier: MIT
 *
 * The three values of a field in conflict, for people.
 */
#include <string.h>

#include "merge/conflict.h"

/* Values are shown on one line; more than this says little more. */
enum {
	VALUE_WIDTH = 68,
	AROUND = 24 /* bytes of unchanged text shown next to a change */
};

static void value(pv_cli *cli, const char *side, const char *json)
{
	pv_buf text = { 0 };
	size_t len = json ? strlen(json) : 0;

	cli_printf(cli, "    %s%-7s%s ", cli_color(cli, CLI_COLOR_DIM), side,
		   cli_color(cli, CLI_COLOR_RESET));
	if (len > VALUE_WIDTH) {
		len = VALUE_WIDTH;
		while (((unsigned char)json[len] & 0xc0) == 0x80)
			len--;
	}
	pv_buf_put(&text, json, len);
	if (json && json[len])
		pv_buf_puts(&text, "…");
	cli_line(cli, json ? pv_buf_text(&text) : "(none)");
	cli_puts(cli, "\n");
	pv_buf_dispose(&text);
}

/* Line breaks as \n: a value takes one line. */
static void put_text(pv_cli *cli, const char *text, size_t len)
{
	pv_buf line = { 0 };

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			pv_buf_puts(&line, "\\n");
		else
			pv_buf_putc(&line, text[i]);
	}
	cli_line(cli, pv_buf_text(&line));
	pv_buf_dispose(&line);
}

/* What both have in common, its middle left out when it is long. */
static void put_kept(pv_cli *cli, const pv_diff_run *run, int is_first,
		     int is_last)
{
	size_t head = is_first ? 0 : AROUND;
	size_t tail = is_last ? 0 : AROUND;

	if (run->len <= head + tail + AROUND) {
		put_text(cli, run->text, run->len);
		return;
	}
	while (head > 0 && ((unsigned char)run->text[head] & 0xc0) == 0x80)
		head--;
	while (tail > 0 &&
	       ((unsigned char)run->text[run->len - tail] & 0xc0) == 0x80)
		tail--;
	put_text(cli, run->text, head);
	cli_puts(cli, "…");
	put_text(cli, run->text + run->len - tail, tail);
}

/* As git diff --word-diff: marks where there are no colours. */
static void put_changed(pv_cli *cli, const pv_diff_run *run)
{
	int is_old = run->op == '-';

	cli_puts(cli, cli_color(cli, is_old ? CLI_COLOR_OLD : CLI_COLOR_NEW));
	if (!cli->color)
		cli_puts(cli, is_old ? "[-" : "{+");
	put_text(cli, run->text, run->len);
	if (!cli->color)
		cli_puts(cli, is_old ? "-]" : "+}");
	cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
}

static int is_prose(const pv_diff_run *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].op == '=')
			return 1;
	return 0;
}

/* A side by its words against base where they have some in common. */
static void side(pv_cli *cli, const char *name, const char *json,
		 const pv_diff_run *words, size_t count)
{
	if (!is_prose(words, count)) {
		value(cli, name, json);
		return;
	}
	cli_printf(cli, "    %s%-7s%s ", cli_color(cli, CLI_COLOR_DIM), name,
		   cli_color(cli, CLI_COLOR_RESET));
	for (size_t i = 0; i < count; i++) {
		if (words[i].op == '=')
			put_kept(cli, &words[i], i == 0, i + 1 == count);
		else
			put_changed(cli, &words[i]);
	}
	cli_puts(cli, "\n");
}

void conflict_values_text(pv_cli *cli, const pv_merge_conflict *values)
{
	value(cli, "base", values->base_json);
	side(cli, "ours", values->ours_json, values->our_words,
	     values->our_word_count);
	side(cli, "theirs", values->theirs_json, values->their_words,
	     values->their_word_count);
}
