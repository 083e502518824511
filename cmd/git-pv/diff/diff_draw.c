/* SPDX-License-Identifier: MIT
 *
 * What `git pv diff` shows of one prompt: made on any thread, so that it asks
 * nothing but the diff, and printed in order.
 */
#include "diff/diff_run.h"

static const char *text_or_null(const pv_buf *buf)
{
	return buf->len ? buf->ptr : NULL;
}

enum pv_diff_report_format diff_report_format(const diff_run *run)
{
	return run->opts->format == DIFF_HTML ? PV_DIFF_HTML : PV_DIFF_MARKDOWN;
}

static int draw_text(diff_compared *item, const diff_run *run,
		     const pv_diff *diff, pv_error *err)
{
	pv_diff_print_options opts = { 0 };

	opts.color = run->cli->color;
	opts.context = run->opts->context;
	opts.stat = run->opts->stat;
	opts.word = run->opts->word;
	opts.side_by_side = run->opts->side_by_side;
	opts.width = run->width;
	opts.id_width = run->id_width;
	opts.from = text_or_null(&item->from);
	opts.to = text_or_null(&item->to);
	return pv_diff_print_text(&item->out, diff, diff_pair_id(item->pair),
				  &opts, err);
}

static int draw_part(diff_compared *item, const diff_run *run,
		     const pv_diff *diff, pv_error *err)
{
	size_t number = 1 + (size_t)(item->pair - run->pairs.ptr);
	int rc = pv_diff_report_new(&item->part, diff_report_format(run), NULL,
				    NULL, err);

	if (rc < 0)
		return rc;
	pv_diff_report_number(item->part, number);
	return pv_diff_report_add(item->part, diff, diff_pair_id(item->pair),
				  text_or_null(&item->from),
				  text_or_null(&item->to), err);
}

int diff_draw(diff_compared *item, const diff_run *run, const pv_diff *diff,
	      pv_error *err)
{
	if (run->opts->name_only)
		return PV_OK;
	if (run->report)
		return draw_part(item, run, diff, err);
	if (run->cli->json)
		return pv_diff_print_json(&item->out, diff,
					  diff_pair_id(item->pair), err);
	return draw_text(item, run, diff, err);
}

static void print_name(diff_run *run, const char *id)
{
	run->shown++;
	cli_line(run->cli, id);
	cli_puts(run->cli, "\n");
}

int diff_print(diff_run *run, const diff_compared *item)
{
	pv_cli *cli = run->cli;

	if (run->opts->name_only) {
		print_name(run, diff_pair_id(item->pair));
		return PV_OK;
	}
	run->shown++;
	if (run->report) {
		int rc = pv_diff_report_join(run->report, item->part, &cli->err);

		return rc < 0 ? rc
			      : diff_tell(run, DIFF_OF_ONE,
					  diff_pair_id(item->pair));
	}
	/* Between elements the writer puts the comma. */
	if (cli->json) {
		pv_jsonw_raw(&run->w, item->out.ptr, item->out.len);
		return PV_OK;
	}
	if (run->shown > 1 && !run->opts->stat)
		cli_puts(cli, "\n");
	pv_buf_put(&cli->out, item->out.ptr, item->out.len);
	return cli->is_tty ? cli_flush(cli) : PV_OK;
}
