/* SPDX-License-Identifier: MIT
 *
 * Reading commit-graph files, see commit_graph.h. A chain of files is a list
 * of layers; positions count through all of them, the oldest first. Every
 * offset is checked against the mapped length before it is followed.
 */
#include "store/history/commit_graph.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/object/big_endian.h"

enum {
	HEADER = 8,
	CHUNK_ROW = 12,
	FANOUT = 256 * 4,
	DATA_ROW = GIT_OID_RAWSZ + 16,
	FILTER_HEADER = 12,
	LAYERS_MAX = 64
};

static const uint32_t no_parent = 0x70000000;
static const uint32_t high_bit = 0x80000000;

/* One mapped file. */
struct layer {
	const unsigned char *map;
	size_t len;
	uint32_t count; /* commits in it */
	uint32_t base;  /* commits in the layers before */
	const unsigned char *fanout;
	const unsigned char *ids;
	const unsigned char *data;
	const unsigned char *edges; /* NULL without octopus merges */
	size_t edge_count;
	const unsigned char *filter_ends; /* NULL without filters of paths */
	const unsigned char *filters;
	size_t filters_len;
};

struct pv_commit_graph {
	struct layer layers[LAYERS_MAX];
	unsigned count;
	int has_filters; /* and they are to be used */
};

/* --- files --------------------------------------------------------------- */

static int map_file(struct layer *layer, const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = MAP_FAILED;

	if (fd < 0)
		return 0;
	if (fstat(fd, &info) == 0 && info.st_size > HEADER)
		map = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE,
			   fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return 0;
	layer->map = map;
	layer->len = (size_t)info.st_size;
	return 1;
}

/* The chunk `id` and its length; NULL when there is none within the file. */
static const unsigned char *find_chunk(size_t *len_out,
				       const struct layer *layer, const char *id)
{
	size_t count = layer->map[6];

	if (layer->len < HEADER + (count + 1) * CHUNK_ROW)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const unsigned char *row = layer->map + (HEADER + i * CHUNK_ROW);
		uint64_t start = pv_read64(row + 4);
		uint64_t end = pv_read64(row + CHUNK_ROW + 4);

		if (memcmp(row, id, 4) != 0)
			continue;
		if (start > end || end > layer->len)
			return NULL;
		*len_out = (size_t)(end - start);
		return layer->map + start;
	}
	return NULL;
}

/* Where a filter ends for each commit, and a header before the filters. */
static void parse_filters(struct layer *layer)
{
	size_t ends, filters;
	const unsigned char *at = find_chunk(&ends, layer, "BIDX");

	layer->filters = find_chunk(&filters, layer, "BDAT");
	if (!at || !layer->filters || ends != (size_t)layer->count * 4 ||
	    filters < FILTER_HEADER)
		return;
	layer->filter_ends = at;
	layer->filters_len = filters - FILTER_HEADER;
}

/* Checks the header and the sizes of the chunks that are needed. */
static int parse_layer(struct layer *layer, unsigned below)
{
	size_t fanout, ids, data, edges;

	if (memcmp(layer->map, "CGPH\1\1", 6) != 0 || layer->map[7] != below)
		return 0;
	layer->fanout = find_chunk(&fanout, layer, "OIDF");
	layer->ids = find_chunk(&ids, layer, "OIDL");
	layer->data = find_chunk(&data, layer, "CDAT");
	layer->edges = find_chunk(&edges, layer, "EDGE");
	if (!layer->fanout || !layer->ids || !layer->data || fanout != FANOUT)
		return 0;
	layer->edge_count = layer->edges ? edges / 4 : 0;
	layer->count = pv_read32(layer->fanout + (FANOUT - 4));
	parse_filters(layer);
	return ids == (size_t)layer->count * GIT_OID_RAWSZ &&
	       data == (size_t)layer->count * DATA_ROW;
}

/* Adds the file as the next layer; 0 when it is of no use. */
static int add_layer(pv_commit_graph *graph, const char *path)
{
	struct layer *layer = &graph->layers[graph->count];
	uint32_t base = 0;

	if (graph->count == LAYERS_MAX || !map_file(layer, path))
		return 0;
	graph->count++;
	if (graph->count > 1)
		base = layer[-1].base + layer[-1].count;
	layer->base = base;
	return parse_layer(layer, graph->count - 1) &&
	       base + layer->count < no_parent;
}

static int is_graph_name(const char *line, size_t len)
{
	return len == GIT_OID_HEXSZ && strspn(line, "0123456789abcdef") == len;
}

/* The layers a chain file lists; 0 when one of them cannot be used. */
static int add_chain(pv_commit_graph *graph, const char *folder)
{
	pv_buf path = { 0 };
	pv_buf list = { 0 };
	const char *line;
	int ok;

	pv_buf_printf(&path, "%s/commit-graphs/commit-graph-chain", folder);
	ok = path.status == PV_OK && pv_file_read(&list, path.ptr, NULL) == 0;
	line = pv_buf_text(&list);
	while (ok && *line) {
		size_t len = strcspn(line, "\n");

		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/commit-graphs/graph-%.*s.graph",
			      folder, (int)len, line);
		ok = is_graph_name(line, len) && path.status == PV_OK &&
		     add_layer(graph, path.ptr);
		line += len + (line[len] == '\n');
	}
	pv_buf_dispose(&path);
	pv_buf_dispose(&list);
	return ok;
}

static void drop_layers(pv_commit_graph *graph)
{
	for (unsigned i = 0; i < graph->count; i++)
		munmap((void *)(uintptr_t)graph->layers[i].map,
		       graph->layers[i].len);
	memset(graph, 0, sizeof(*graph));
}

static int add_layers(pv_commit_graph *graph, const pv_store *store, pv_error *err)
{
	pv_buf folder = { 0 };
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&folder, "%s/objects/info", store->common_dir);
	pv_buf_printf(&path, "%s/commit-graph", pv_buf_text(&folder));
	rc = pv_buf_status(&folder, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&path, err);
	if (rc == PV_OK && !add_layer(graph, path.ptr)) {
		drop_layers(graph);
		if (!add_chain(graph, folder.ptr))
			drop_layers(graph);
	}
	pv_buf_dispose(&folder);
	pv_buf_dispose(&path);
	return rc;
}

/* Where parents are not those of the objects, git does without as well. */
static int is_allowed(pv_store *store)
{
	return !pv_store_env(store, "GIT_OBJECT_DIRECTORY") &&
	       pv_store_config_bool(store, "core.commitGraph", 1);
}

/* The second is what recent versions of git ask; 0 is for none. */
static int are_filters_wanted(const pv_commit_graph *graph, pv_store *store)
{
	int are_there = 0;

	for (unsigned i = 0; i < graph->count; i++)
		are_there |= graph->layers[i].filter_ends != NULL;
	return are_there &&
	       pv_store_config_bool(store, "commitGraph.readChangedPaths", 1) &&
	       pv_store_config_bool(store, "commitGraph.changedPathsVersion", 1);
}

int pv_commit_graph_open(pv_commit_graph **out, pv_store *store, pv_error *err)
{
	pv_commit_graph *graph;
	int rc;

	*out = NULL;
	if (!is_allowed(store))
		return PV_OK;
	graph = pv_calloc(1, sizeof(*graph));
	if (!graph)
		return pv_fail_nomem(err);
	rc = add_layers(graph, store, err);
	if (rc < 0 || !graph->count) {
		pv_commit_graph_free(graph);
		return rc;
	}
	graph->has_filters = are_filters_wanted(graph, store);
	*out = graph;
	return PV_OK;
}

void pv_commit_graph_free(pv_commit_graph *graph)
{
	if (!graph)
		return;
	drop_layers(graph);
	pv_free(graph);
}

/* --- look-up ------------------------------------------------------------- */

uint32_t pv_graph_count(const pv_commit_graph *graph)
{
	const struct layer *last = &graph->layers[graph->count - 1];

	return last->base + last->count;
}

/* The position of an id within a layer; 0 when it is not there. */
static int find_in_layer(uint32_t *out, const struct layer *layer,
			 const git_oid *id)
{
	const unsigned char *fanout = layer->fanout + (size_t)id->id[0] * 4;
	uint32_t low = id->id[0] ? pv_read32(fanout - 4) : 0;
	uint32_t high = pv_read32(fanout);

	if (high > layer->count)
		return 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = memcmp(layer->ids + (size_t)middle * GIT_OID_RAWSZ,
				   id->id, GIT_OID_RAWSZ);

		if (!order) {
			*out = middle;
			return 1;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static void fill_row(pv_graph_row *out, const struct layer *layer,
		     uint32_t position)
{
	const unsigned char *data = layer->data + (size_t)position * DATA_ROW;

	memcpy(out->tree.id, data, GIT_OID_RAWSZ);
	data += GIT_OID_RAWSZ;
	out->parents[0] = pv_read32(data);
	out->parents[1] = pv_read32(data + 4);
	/* 30 bits of generation, then 34 of the date. */
	out->date = (int64_t)(pv_read64(data + 8) & 0x3ffffffffULL);
	out->level = pv_read32(data + 8) >> 2;
	out->position = layer->base + position;
}

int pv_graph_find(pv_graph_row *out, const pv_commit_graph *graph,
		  const git_oid *id)
{
	for (unsigned i = graph->count; i-- > 0;) {
		uint32_t position;

		if (!find_in_layer(&position, &graph->layers[i], id))
			continue;
		memset(out, 0, sizeof(*out));
		fill_row(out, &graph->layers[i], position);
		out->layer = i;
		return 1;
	}
	return 0;
}

/* The layer of a position, which becomes one within it; NULL for none. */
static const struct layer *layer_of(const pv_commit_graph *graph,
				    uint32_t *position)
{
	for (unsigned i = graph->count; i-- > 0;) {
		const struct layer *layer = &graph->layers[i];

		if (*position < layer->base)
			continue;
		*position -= layer->base;
		return *position < layer->count ? layer : NULL;
	}
	return NULL;
}

int pv_graph_at(pv_graph_row *out, const pv_commit_graph *graph, uint32_t position)
{
	const struct layer *layer = layer_of(graph, &position);

	if (!layer)
		return 0;
	memset(out, 0, sizeof(*out));
	fill_row(out, layer, position);
	out->layer = (unsigned)(layer - graph->layers);
	return 1;
}

uint32_t pv_graph_level(const pv_commit_graph *graph, uint32_t position)
{
	const struct layer *layer = layer_of(graph, &position);
	const unsigned char *row;

	if (!layer)
		return 0;
	row = layer->data + (size_t)position * DATA_ROW + GIT_OID_RAWSZ;
	return pv_read32(row + 8) >> 2;
}

int pv_graph_only_parent(uint32_t *out, const pv_commit_graph *graph,
			 uint32_t position)
{
	const struct layer *layer = layer_of(graph, &position);
	const unsigned char *row;

	if (!layer)
		return 0;
	row = layer->data + (size_t)position * DATA_ROW + GIT_OID_RAWSZ;
	*out = pv_read32(row);
	return *out < pv_graph_count(graph) && pv_read32(row + 4) == no_parent;
}

const unsigned char *pv_graph_id(const pv_commit_graph *graph, uint32_t position)
{
	const struct layer *layer = layer_of(graph, &position);

	return layer ? layer->ids + (size_t)position * GIT_OID_RAWSZ : NULL;
}

static int link_at(pv_graph_link *out, const pv_commit_graph *graph,
		   uint32_t position)
{
	const struct layer *layer;

	out->position = position;
	layer = layer_of(graph, &position);
	if (!layer)
		return -1;
	memcpy(out->id.id, layer->ids + (size_t)position * GIT_OID_RAWSZ,
	       GIT_OID_RAWSZ);
	return 1;
}

/* A third parent and those after it, and the second too, are in a list. */
static int edge_at(pv_graph_link *out, const pv_commit_graph *graph,
		   const pv_graph_row *row, size_t idx)
{
	const struct layer *layer = &graph->layers[row->layer];
	size_t first = row->parents[1] & ~high_bit;
	uint32_t edge = 0;

	for (size_t i = 0; i < idx; i++) {
		if (edge & high_bit)
			return 0;
		if (first + i >= layer->edge_count)
			return -1;
		edge = pv_read32(layer->edges + (first + i) * 4);
	}
	return link_at(out, graph, edge & ~high_bit);
}

int pv_graph_parent(pv_graph_link *out, const pv_commit_graph *graph,
		    const pv_graph_row *row, size_t idx)
{
	if (idx && row->parents[1] & high_bit)
		return edge_at(out, graph, row, idx);
	if (idx > 1 || row->parents[idx] == no_parent)
		return 0;
	return link_at(out, graph, row->parents[idx]);
}

int pv_graph_filter_at(pv_graph_filter *out, const pv_commit_graph *graph,
		       uint32_t position)
{
	const struct layer *layer;
	uint32_t start, end;

	layer = graph->has_filters ? layer_of(graph, &position) : NULL;
	if (!layer || !layer->filter_ends)
		return 0;
	end = pv_read32(layer->filter_ends + (size_t)position * 4);
	start = position ? pv_read32(layer->filter_ends + (size_t)position * 4 - 4)
			 : 0;
	if (start >= end || end > layer->filters_len)
		return 0;
	out->bits = layer->filters + FILTER_HEADER + start;
	out->len = end - start;
	out->version = pv_read32(layer->filters);
	out->hash_count = pv_read32(layer->filters + 4);
	return 1;
}
