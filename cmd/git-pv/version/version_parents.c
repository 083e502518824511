/* SPDX-License-Identifier: MIT
 *
 * See version_parents.h. Versions are looked at from the lowest up; git is
 * asked only about those that are not before a parent already found. In a
 * history without forks that is once for each version.
 */
#include "version/version_parents.h"

#include "base/fail.h"
#include "base/mem.h"

static int has(const version_parents *all, const unsigned char *bits,
	       size_t row, size_t at)
{
	return bits[row * all->width + at / 8] >> at % 8 & 1;
}

static void add(const version_parents *all, unsigned char *bits, size_t row,
		size_t at)
{
	bits[row * all->width + at / 8] |= (unsigned char)(1U << at % 8);
}

static void add_parent(version_parents *all, size_t row, size_t parent)
{
	add(all, all->parents, row, parent);
	add(all, all->ancestors, row, parent);
	for (size_t i = 0; i < all->width; i++)
		all->ancestors[row * all->width + i] |=
			all->ancestors[parent * all->width + i];
}

static int find_of(version_parents *out, pv_cli *cli, const version_names *all,
		   size_t row)
{
	int rc = PV_OK;

	for (size_t at = row + 1; rc >= 0 && at < all->count; at++) {
		if (has(out, out->ancestors, row, at))
			continue;
		rc = pv_store_is_ancestor(cli->store, &all->rows[at].info->commit,
					  &all->rows[row].info->commit,
					  &cli->err);
		if (rc > 0)
			add_parent(out, row, at);
	}
	return rc < 0 ? rc : PV_OK;
}

int version_parents_find(version_parents *out, pv_cli *cli,
			 const version_names *all)
{
	int rc = PV_OK;

	out->count = all->count;
	out->width = all->count / 8 + 1;
	out->ancestors = pv_calloc(all->count + 1, out->width);
	out->parents = pv_calloc(all->count + 1, out->width);
	if (!out->ancestors || !out->parents)
		return pv_fail_nomem(&cli->err);
	for (size_t row = all->count; rc == PV_OK && row-- > 0;)
		rc = find_of(out, cli, all, row);
	return rc;
}

int version_parents_has(const version_parents *all, size_t row, size_t parent)
{
	return has(all, all->parents, row, parent);
}

void version_parents_dispose(version_parents *all)
{
	pv_free(all->ancestors);
	pv_free(all->parents);
}
