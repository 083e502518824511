/* SPDX-License-Identifier: MIT
 *
 * The least a program on libgit2 does: opens the repository at PATH and, when
 * a tag and a path are given, reads that blob.
 *
 *     empty_open PATH [TAG FILE]
 */
#include <stdio.h>

#include <git2.h>

static int read_blob(git_repository *repo, const char *tag, const char *file)
{
	char spec[4096];
	git_object *blob = NULL;
	int rc;

	snprintf(spec, sizeof(spec), "refs/tags/%s^{commit}:%s", tag, file);
	rc = git_revparse_single(&blob, repo, spec);
	if (rc == 0) {
		const git_blob *content = (const git_blob *)blob;

		fwrite(git_blob_rawcontent(content), 1,
		       (size_t)git_blob_rawsize(content), stdout);
	}
	git_object_free(blob);
	return rc;
}

int main(int argc, char **argv)
{
	git_repository *repo = NULL;
	int rc;

	if (argc < 2)
		return 129;
	git_libgit2_init();
	rc = git_repository_open(&repo, argv[1]);
	if (rc == 0 && argc == 4)
		rc = read_blob(repo, argv[2], argv[3]);
	git_repository_free(repo);
	git_libgit2_shutdown();
	return rc ? 1 : 0;
}
