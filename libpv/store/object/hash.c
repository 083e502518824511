/* SPDX-License-Identifier: MIT
 *
 * The object id of bytes that are not in any repository.
 */
#include "store/handle.h"

int pv_store_hash(pv_oid *out, const char *data, size_t len, pv_error *err)
{
	git_oid oid;
	int rc;

	out->hex[0] = '\0';
	rc = pv_libgit2_start(err);
	if (rc < 0)
		return rc;
	rc = git_odb_hash(&oid, data ? data : "", len, GIT_OBJECT_BLOB);
	if (rc < 0)
		return pv_fail_git(err, rc, "hash", NULL);
	pv_oid_from_git(out, &oid);
	return PV_OK;
}
