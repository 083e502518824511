/* SPDX-License-Identifier: MIT
 *
 * Any bytes as an index file: its reader stays within them, and what it
 * accepts is in order, so that each row is found by its path.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/index/cache_tree.h"
#include "store/index/index_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_rows(const pv_index_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		size_t at = pv_index_map_find(map, map->rows[i].path);

		if (at > i || strcmp(map->rows[at].path, map->rows[i].path) != 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_index_map map = { 0 };
	pv_cache_tree trees = { 0 };

	pv_buf_put(&map.file, (const char *)data, size);
	if (map.file.status == PV_OK && pv_index_map_parse(&map, NULL) > 0) {
		check_rows(&map);
		if (pv_cache_tree_load(&trees, &map, NULL) == PV_OK)
			pv_cache_tree_find(&trees, "a/");
		pv_cache_tree_dispose(&trees);
	}
	pv_index_map_dispose(&map);
	return 0;
}
