/* SPDX-License-Identifier: MIT
 *
 * Lines are "<id> <name>", each followed by "^<id>" when it is a tag that has
 * been peeled; a header line says whether names are in byte order. Git
 * replaces the file by renaming, so the mapping never changes underneath, and
 * is good until the name leads to another file.
 */
#include "store/ref/packed_refs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	ID_AND_BLANK = GIT_OID_HEXSZ + 1
};

static const char header[] = "# pack-refs with:";

static void read_header(pv_packed_refs *packed)
{
	pv_str line = { packed->data, packed->len };
	const char *end = memchr(packed->data, '\n', packed->len);

	if (packed->data[0] != '#')
		return;
	if (end)
		line.len = (size_t)(end - line.ptr);
	packed->body = line.len + (end != NULL);
	if (line.len < sizeof(header) - 1 ||
	    memcmp(line.ptr, header, sizeof(header) - 1) != 0)
		return;
	for (size_t i = sizeof(header) - 1; i + 7 <= line.len; i++)
		if (memcmp(line.ptr + i, " sorted", 7) == 0 &&
		    (i + 7 == line.len || line.ptr[i + 7] == ' '))
			packed->is_sorted = 1;
}

static int map(pv_packed_refs *out, int fd, const char *path, pv_error *err)
{
	void *data;

	if (fstat(fd, &out->stamp) < 0)
		return pv_fail_errno(err, errno, "read", path);
	if (!out->stamp.st_size)
		return PV_OK;
	data = mmap(NULL, (size_t)out->stamp.st_size, PROT_READ, MAP_PRIVATE,
		    fd, 0);
	if (data == MAP_FAILED)
		return pv_fail_errno(err, errno, "read", path);
	out->data = data;
	out->len = (size_t)out->stamp.st_size;
	read_header(out);
	return PV_OK;
}

static void unmap(pv_packed_refs *packed)
{
	void *data;

	if (!packed->data)
		return;
	memcpy(&data, &packed->data, sizeof(data));
	munmap(data, packed->len);
}

void pv_packed_refs_forget(pv_store *store)
{
	if (!store->packed_refs)
		return;
	unmap(store->packed_refs);
	pv_free(store->packed_refs);
	store->packed_refs = NULL;
}

/* The file that is mapped stays while it is, so no other has its number. */
static int is_current(const pv_packed_refs *packed, const struct stat *now)
{
	const struct stat *then = &packed->stamp;

	return now->st_dev == then->st_dev && now->st_ino == then->st_ino &&
	       now->st_size == then->st_size &&
	       now->st_mtim.tv_sec == then->st_mtim.tv_sec &&
	       now->st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

static int open_file(pv_store *store, const char *path, pv_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0 && errno == ENOENT)
		return PV_OK;
	if (fd < 0)
		return pv_fail_errno(err, errno, "open", path);
	store->packed_refs = pv_calloc(1, sizeof(*store->packed_refs));
	rc = store->packed_refs ? map(store->packed_refs, fd, path, err)
				: pv_fail_nomem(err);
	close(fd);
	if (rc < 0)
		pv_packed_refs_forget(store);
	return rc;
}

int pv_packed_refs_get(const pv_packed_refs **out, pv_store *store, pv_error *err)
{
	static const char name[] = "packed-refs";
	static const pv_packed_refs none;
	char path[PATH_MAX];
	struct stat now;
	int rc = PV_OK;

	*out = &none;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", store->common_dir,
			     name) >= sizeof(path))
		return pv_fail_errno(err, ENAMETOOLONG, "open", name);
	if (!store->packed_refs || stat(path, &now) < 0 ||
	    !is_current(store->packed_refs, &now)) {
		pv_packed_refs_forget(store);
		rc = open_file(store, path, err);
	}
	if (store->packed_refs)
		*out = store->packed_refs;
	return rc;
}

/* The start of the ref line that `at` lies in or whose peeled id it is. */
static size_t line_start(const pv_packed_refs *packed, size_t at)
{
	for (;;) {
		while (at > packed->body && packed->data[at - 1] != '\n')
			at--;
		if (at == packed->body || packed->data[at] != '^')
			return at;
		at--;
	}
}

static size_t line_end(const pv_packed_refs *packed, size_t at)
{
	const char *end = memchr(packed->data + at, '\n', packed->len - at);

	return end ? (size_t)(end - packed->data) + 1 : packed->len;
}

/* The name in the line at `at`; empty for one that is malformed. */
static pv_str name_at(const pv_packed_refs *packed, size_t at)
{
	size_t end = line_end(packed, at);
	pv_str name = { "", 0 };

	if (end - at <= ID_AND_BLANK || packed->data[at + GIT_OID_HEXSZ] != ' ')
		return name;
	name.ptr = packed->data + at + ID_AND_BLANK;
	name.len = end - at - ID_AND_BLANK;
	if (name.ptr[name.len - 1] == '\n')
		name.len--;
	return name;
}

size_t pv_packed_refs_seek(const pv_packed_refs *packed, const char *prefix)
{
	pv_str wanted = pv_str_of(prefix);
	size_t low = packed->body, high = packed->len;

	if (!packed->is_sorted)
		return packed->body;
	while (low < high) {
		size_t middle = line_start(packed, low + (high - low) / 2);

		if (pv_str_cmp(name_at(packed, middle), wanted) < 0) {
			low = line_end(packed, middle);
			while (low < packed->len && packed->data[low] == '^')
				low = line_end(packed, low);
		} else {
			high = middle;
		}
	}
	return low;
}

int pv_packed_refs_next(pv_packed_ref *out, size_t *at,
			const pv_packed_refs *packed, const char *prefix)
{
	size_t len = strlen(prefix);

	while (*at < packed->len) {
		pv_str name = name_at(packed, *at);
		size_t start = *at;

		*at = line_end(packed, start);
		if (!name.len)
			continue;
		if (name.len >= len && memcmp(name.ptr, prefix, len) == 0) {
			out->name = name;
			out->hex.ptr = packed->data + start;
			out->hex.len = GIT_OID_HEXSZ;
			return 1;
		}
		if (packed->is_sorted)
			return 0;
	}
	return 0;
}

int pv_packed_refs_find(git_oid *out, const pv_packed_refs *packed,
			const char *refname)
{
	size_t at = pv_packed_refs_seek(packed, refname);
	pv_packed_ref ref;

	while (pv_packed_refs_next(&ref, &at, packed, refname)) {
		if (pv_str_is(ref.name, refname))
			return git_oid_fromstrn(out, ref.hex.ptr, ref.hex.len) ==
			       0;
		/* It would come before all that only begin like it. */
		if (packed->is_sorted)
			break;
	}
	return 0;
}
