/* SPDX-License-Identifier: MIT
 *
 * Finding objects in packs, see packs.h. An index of version 2 is a header,
 * a table that counts ids by their first byte, the ids, checksums, offsets,
 * and longer offsets for a pack beyond 2 GiB. Everything taken from a file is
 * checked against its length before it is followed.
 */
#include "store/object/packs.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/object/big_endian.h"

enum {
	INDEX_HEADER = 8,
	FANOUT = 256 * 4,
	PACK_HEADER = 12,
	ROW = GIT_OID_RAWSZ + 4 + 4, /* id, checksum, offset */
	TRAILER = GIT_OID_RAWSZ,
	TRAILERS = TRAILER * 2, /* of the index */
	FIXED_LEN = INDEX_HEADER + FANOUT + TRAILERS
};

struct pv_packs {
	pv_pack *first; /* the one that had the last object */
	pv_unpacker *unpacker;
};

/* --- files --------------------------------------------------------------- */

static const unsigned char *map_file(size_t *len_out, const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = MAP_FAILED;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &info) == 0 && info.st_size > PACK_HEADER + TRAILER)
		map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE,
			   fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return NULL;
	*len_out = (size_t)info.st_size;
	return map;
}

static void unmap(const unsigned char *map, size_t len)
{
	if (map)
		munmap((void *)(uintptr_t)map, len);
}

static void close_pack(pv_pack *pack)
{
	unmap(pack->index, pack->index_len);
	unmap(pack->data, pack->len);
	pv_free(pack);
}

/* Takes an index of version 2 whose tables fit into the file. */
static int check_index(pv_pack *pack)
{
	size_t tables;

	if (pack->index_len < FIXED_LEN ||
	    memcmp(pack->index, "\377tOc\0\0\0\2", INDEX_HEADER) != 0)
		return 0;
	pack->count = pv_read32(pack->index + (INDEX_HEADER + FANOUT - 4));
	tables = pack->index_len - FIXED_LEN;
	return pack->count <= tables / ROW;
}

/* The two files name each other by the pack's checksum. */
static int check_pack(const pv_pack *pack)
{
	uint32_t version = pv_read32(pack->data + 4);

	return memcmp(pack->data, "PACK", 4) == 0 &&
	       (version == 2 || version == 3) &&
	       pv_read32(pack->data + 8) == pack->count &&
	       memcmp(pack->data + (pack->len - TRAILER),
		      pack->index + (pack->index_len - TRAILERS), TRAILER) == 0;
}

/* `path` names the index; what cannot be used is passed over. */
static int open_pack(pv_pack **list, pv_buf *path, pv_error *err)
{
	pv_pack *pack = pv_calloc(1, sizeof(*pack));
	int rc;

	if (!pack)
		return pv_fail_nomem(err);
	pack->index = map_file(&pack->index_len, path->ptr);
	pv_buf_truncate(path, path->len - strlen("idx"));
	pv_buf_puts(path, "pack");
	rc = pv_buf_status(path, err);
	if (rc == PV_OK && pack->index && check_index(pack))
		pack->data = map_file(&pack->len, path->ptr);
	if (!pack->data || !check_pack(pack)) {
		close_pack(pack);
		return rc;
	}
	pack->next = *list;
	*list = pack;
	return PV_OK;
}

int pv_pack_open_all(pv_pack **out, const char *folder, pv_error *err)
{
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	pv_buf path = { 0 };
	int rc = PV_OK;

	*out = NULL;
	if (!dir)
		return PV_OK;
	while (rc == PV_OK) {
		/* NOLINTNEXTLINE(concurrency-mt-unsafe) a DIR of our own */
		entry = readdir(dir);
		if (!entry)
			break;
		if (!pv_str_has_suffix(entry->d_name, ".idx"))
			continue;
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/%s", folder, entry->d_name);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK)
			rc = open_pack(out, &path, err);
	}
	closedir(dir);
	pv_buf_dispose(&path);
	return rc;
}

void pv_pack_free_all(pv_pack *packs)
{
	while (packs) {
		pv_pack *next = packs->next;

		close_pack(packs);
		packs = next;
	}
}

/* --- look-up ------------------------------------------------------------- */

/* The offset of the object in row `row`; 0 when it makes no sense. */
static uint64_t offset_at(const pv_pack *pack, uint32_t row)
{
	const unsigned char *offsets = pack->index + INDEX_HEADER + FANOUT +
				       (size_t)pack->count * (ROW - 4);
	const unsigned char *large = offsets + (size_t)pack->count * 4;
	size_t large_count =
		(size_t)(pack->index + pack->index_len - TRAILERS - large) / 8;
	uint64_t offset = pv_read32(offsets + (size_t)row * 4);

	if (offset & 0x80000000) {
		size_t at = offset & 0x7fffffff;

		offset = at < large_count ? pv_read64(large + at * 8) : 0;
	}
	return offset < pack->len - TRAILER ? offset : 0;
}

int pv_pack_find(uint64_t *offset_out, const pv_pack *pack, const git_oid *id)
{
	const unsigned char *fanout = pack->index + INDEX_HEADER;
	const unsigned char *ids = fanout + FANOUT;
	uint32_t high = pv_read32(fanout + (size_t)id->id[0] * 4);
	uint32_t low = 0;

	if (id->id[0])
		low = pv_read32(fanout + (size_t)id->id[0] * 4 - 4);
	if (high > pack->count)
		return 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = memcmp(ids + (size_t)middle * GIT_OID_RAWSZ, id->id,
				   GIT_OID_RAWSZ);

		if (!order) {
			*offset_out = offset_at(pack, middle);
			return *offset_out != 0;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

/* Finds the pack and makes it the first to look into. */
static int find(uint64_t *offset_out, struct pv_packs *packs, const git_oid *id)
{
	pv_pack **link = &packs->first;

	for (pv_pack *pack = *link; pack; pack = *link) {
		if (pv_pack_find(offset_out, pack, id)) {
			*link = pack->next;
			pack->next = packs->first;
			packs->first = pack;
			return 1;
		}
		link = &pack->next;
	}
	return 0;
}

/* --- of a store ---------------------------------------------------------- */

static int open_packs(struct pv_packs *packs, pv_store *store, pv_error *err)
{
	pv_buf folder = { 0 };
	int rc = pv_unpacker_new(&packs->unpacker, err);

	/* Objects put elsewhere for a push are few: libgit2 reads them. */
	if (rc < 0 || pv_store_env(store, "GIT_OBJECT_DIRECTORY"))
		return rc;
	pv_buf_printf(&folder, "%s/objects/pack", store->common_dir);
	rc = pv_buf_status(&folder, err);
	if (rc == PV_OK)
		rc = pv_pack_open_all(&packs->first, folder.ptr, err);
	pv_buf_dispose(&folder);
	return rc;
}

static int get_packs(pv_store *store, pv_error *err)
{
	struct pv_packs *packs;
	int rc;

	if (store->packs)
		return PV_OK;
	packs = pv_calloc(1, sizeof(*packs));
	if (!packs)
		return pv_fail_nomem(err);
	rc = open_packs(packs, store, err);
	if (rc < 0)
		pv_packs_free(packs);
	else
		store->packs = packs;
	return rc;
}

int pv_packs_read(pv_packed_object *out, pv_store *store, const git_oid *id,
		  pv_error *err)
{
	uint64_t offset;
	int rc = get_packs(store, err);

	if (rc < 0)
		return rc;
	if (!find(&offset, store->packs, id))
		return 0;
	return pv_unpack(out, store->packs->unpacker, store->packs->first,
			 offset, err);
}

void pv_packs_free(struct pv_packs *packs)
{
	if (!packs)
		return;
	pv_pack_free_all(packs->first);
	pv_unpacker_free(packs->unpacker);
	pv_free(packs);
}
