/* SPDX-License-Identifier: MIT
 *
 * The verbs of `git pv review`. The table is in cmd_review.c, which sets usage
 * and needs before it calls: a verb begins with cli_start, as a command does,
 * and argv[0] is its name then.
 */
#ifndef PV_CMD_REVIEW_VERBS_H
#define PV_CMD_REVIEW_VERBS_H

#include "cli.h"

extern const cli_usage review_approve_usage;
extern const cli_usage review_close_usage;
extern const cli_usage review_comment_usage;
extern const cli_usage review_diff_usage;
extern const cli_usage review_export_usage;
extern const cli_usage review_import_usage;
extern const cli_usage review_list_usage;
extern const cli_usage review_merge_usage;
extern const cli_usage review_open_usage;
extern const cli_usage review_reject_usage;
extern const cli_usage review_resolve_usage;
extern const cli_usage review_revise_usage;
extern const cli_usage review_show_usage;
extern const cli_usage review_withdraw_usage;

int review_approve(pv_cli *cli, int argc, char **argv);
int review_close(pv_cli *cli, int argc, char **argv);
int review_comment(pv_cli *cli, int argc, char **argv);
int review_diff(pv_cli *cli, int argc, char **argv);
int review_export(pv_cli *cli, int argc, char **argv);
int review_import(pv_cli *cli, int argc, char **argv);
int review_list(pv_cli *cli, int argc, char **argv);
int review_merge(pv_cli *cli, int argc, char **argv);
int review_open(pv_cli *cli, int argc, char **argv);
int review_reject(pv_cli *cli, int argc, char **argv);
int review_resolve(pv_cli *cli, int argc, char **argv);
int review_revise(pv_cli *cli, int argc, char **argv);
int review_show(pv_cli *cli, int argc, char **argv);
int review_withdraw(pv_cli *cli, int argc, char **argv);

#endif
