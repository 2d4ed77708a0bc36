/*
 * digests.h - digests of what is certified, as the database's meta and files keep them.
 */
#ifndef GRID_TOOLS_DIGESTS_H
#define GRID_TOOLS_DIGESTS_H

#include <grid/cover.h>
#include <jansson.h>

/** Key of the database's meta: {"<level>": {"<code of parent>": "<32 hexadecimal digits>"}}. */
#define TOOL_DIGESTS_KEY "certificates"

json_t *tool_digest_json(grid_digest digest);

#endif
