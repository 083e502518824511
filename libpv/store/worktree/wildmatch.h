/* SPDX-License-Identifier: MIT
 *
 * Patterns for paths as git has them in its attributes and ignore files.
 */
#ifndef PV_STORE_WILDMATCH_H
#define PV_STORE_WILDMATCH_H

/*
 * 1 when the whole of `path` matches: "*", "?" and "[...]" stop at a slash, a
 * backslash takes the next byte as it is, and a component "**" stands for any
 * number of folders, or at the end for all that is below. The cost is at most
 * the product of both lengths.
 */
int pv_wildmatch(const char *pattern, const char *path);

#endif
