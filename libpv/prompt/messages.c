/* SPDX-License-Identifier: MIT
 *
 * The texts of a prompt: `prompt`, which is one, or `messages`, a list of
 * them with roles; and the scan of the templates in them.
 */
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "prompt/model.h"

static const char *const roles[] = {
	"assistant", "developer", "system", "tool", "user", NULL,
};

static const char all_roles[] =
	"roles are system, developer, user, assistant and tool";

static const char *role_at(size_t idx, const void *list)
{
	(void)list;
	return roles[idx];
}

static int alloc_messages(pv_loader *loader, size_t count)
{
	pv_prompt *prompt = loader->prompt;

	prompt->messages = pv_arena_calloc(&prompt->arena,
					   count * sizeof(*prompt->messages));
	loader->contents =
		pv_arena_calloc(&prompt->arena, count * sizeof(pv_yaml_node *));
	if (!prompt->messages || !loader->contents)
		return pv_fail_nomem(loader->err);
	prompt->message_count = count;
	for (size_t i = 0; i < count; i++) {
		prompt->messages[i].role = "";
		prompt->messages[i].id = "";
		prompt->messages[i].content = "";
		prompt->messages[i].name = "";
		prompt->messages[i].tool_call_id = "";
	}
	return PV_OK;
}

static int is_block(const pv_yaml_node *node)
{
	return node->style == PV_YAML_LITERAL || node->style == PV_YAML_FOLDED;
}

/*
 * Lines that a merge tool leaves around a conflict. A prompt may well talk
 * about such lines, so they are doubtful rather than wrong.
 */
static int check_conflict(pv_loader *loader, const pv_yaml_node *node,
			  const char *text)
{
	const char *ours = strchr(text, '<');
	const char *base;

	while (ours && strncmp(ours, "<<<<<<< ", 8) != 0)
		ours = strchr(ours + 1, '<');
	base = ours ? strstr(ours, "\n=======\n") : NULL;
	if (!base || !strstr(base, "\n>>>>>>> "))
		return PV_OK;
	return pv_load_note(loader, PV_SEVERITY_WARNING, "conflict-markers",
			    node, "see \"git pv conflicts\"",
			    "the text contains conflict markers");
}

/* Takes the template of message `idx` from its node. */
static int load_content(pv_loader *loader, size_t idx, const pv_yaml_node *node,
			const char *what)
{
	pv_message *message = &loader->prompt->messages[idx];
	const pv_yaml_node *value = pv_yaml_follow(node);
	int rc = pv_load_text(&message->content, loader, node, what);

	if (rc < 0 || !pv_node_is_text(value))
		return rc;
	if (*message->content)
		message->len = value->len;
	message->line = value->line + is_block(value);
	loader->contents[idx] = value;
	if (message->len)
		return check_conflict(loader, node, message->content);
	return pv_load_note(loader, PV_SEVERITY_WARNING, "empty-text", node,
			    NULL, "\"%s\" is empty", what);
}

/* Null where the other key has the text: exporters write every column. */
static int is_spare(const pv_yaml_node *value, const char *other)
{
	const pv_yaml_node *node;

	if (!pv_node_is_null(value) || !value->parent)
		return 0;
	node = pv_yaml_get(value->parent, other);
	return node && !pv_node_is_null(node);
}

static int note_spare(pv_loader *loader, const pv_yaml_node *value,
		      const char *name)
{
	return pv_load_note(loader, PV_SEVERITY_WARNING, "null-text", value,
			    "remove the key", "\"%s\" is null, as if absent",
			    name);
}

int pv_load_prompt_text(pv_loader *loader, const pv_key *key,
			const pv_yaml_node *value)
{
	int rc;

	(void)key;
	if (is_spare(value, "messages"))
		return note_spare(loader, value, "prompt");
	loader->prompt_node = value;
	if (pv_node_is_null(value))
		return pv_load_fault(loader, "type", value, NULL,
				     "\"prompt\" must be text, not nothing");
	if (loader->messages_node)
		return PV_OK; /* reported when all keys are known */
	rc = alloc_messages(loader, 1);
	loader->prompt->is_text = 1;
	return rc < 0 ? rc : load_content(loader, 0, value, "prompt");
}

/* --- messages ------------------------------------------------------------- */

static int load_role(pv_loader *loader, const pv_key *key,
		     const pv_yaml_node *value)
{
	pv_message *message = loader->message;
	int rc = pv_load_text(&message->role, loader, value, key->name);
	char hint[PV_HINT_SIZE];

	loader->role = value;
	if (rc < 0 || !pv_node_is_text(value))
		return rc;
	for (size_t i = 0; roles[i]; i++)
		if (!strcmp(message->role, roles[i]))
			return PV_OK;
	return pv_load_fault(loader, "role", value,
			     pv_suggest(hint, pv_str_of(message->role), role_at,
					NULL, all_roles),
			     "unknown role \"%.40s\"", message->role);
}

static int load_message_text(pv_loader *loader, const pv_key *key,
			     const pv_yaml_node *value)
{
	size_t idx = (size_t)(loader->message - loader->prompt->messages);

	loader->content = value;
	if (pv_node_is_null(value))
		return PV_OK; /* as if it were not there */
	return load_content(loader, idx, value, key->name);
}

static int load_message_id(pv_loader *loader, const pv_key *key,
			   const pv_yaml_node *value)
{
	return pv_load_text(&loader->message->id, loader, value, key->name);
}

static int load_message_name(pv_loader *loader, const pv_key *key,
			     const pv_yaml_node *value)
{
	return pv_load_text(&loader->message->name, loader, value, key->name);
}

static int load_tool_call_id(pv_loader *loader, const pv_key *key,
			     const pv_yaml_node *value)
{
	return pv_load_text(&loader->message->tool_call_id, loader, value,
			    key->name);
}

static int load_tool_calls(pv_loader *loader, const pv_key *key,
			   const pv_yaml_node *value)
{
	int is_list;
	int rc = pv_load_list(&is_list, loader, value, key->name);

	if (rc < 0 || !is_list || pv_node_is_null(value))
		return rc;
	return pv_load_json(&loader->message->tool_calls_json, loader, value);
}

/* Sorted by name. */
static const pv_key message_keys[] = {
	{ "content", load_message_text, 0 },
	{ "id", load_message_id, 0 },
	{ "name", load_message_name, 0 },
	{ "role", load_role, 0 },
	{ "tool_call_id", load_tool_call_id, 0 },
	{ "tool_calls", load_tool_calls, 0 },
};

static const pv_keys keys = { message_keys, pv_array_len(message_keys),
			      "messages", 0 };

/* What must be there, once all keys of a message are read. */
static int check_message(pv_loader *loader, const pv_yaml_node *node)
{
	const pv_message *message = loader->message;

	if (!loader->role || pv_node_is_null(loader->role))
		return pv_load_fault(loader, "role", node, all_roles,
				     "a message has no role");
	if ((!loader->content || pv_node_is_null(loader->content)) &&
	    !(message->tool_calls_json && !strcmp(message->role, "assistant")))
		return pv_load_fault(loader, "content", node, NULL,
				     "a message has no content");
	return PV_OK;
}

static int check_message_id(pv_loader *loader, pv_map *ids,
			    const pv_yaml_node *node)
{
	const char *id = loader->message->id;
	void *old;
	int rc;

	if (!*id)
		return PV_OK;
	rc = pv_map_set(ids, pv_str_of(id), ids, &old, loader->err);
	if (rc < 0 || !old)
		return rc;
	return pv_load_fault(loader, "duplicate-id", pv_yaml_get(node, "id"),
			     "messages are told apart by their ids",
			     "two messages have the id \"%.60s\"", id);
}

static int load_message(pv_loader *loader, pv_map *ids, const pv_yaml_node *node)
{
	int is_ok;
	int rc;

	if (pv_node_is_null(node))
		return pv_load_fault(loader, "type", node, NULL,
				     "a message is empty");
	rc = pv_load_mapping(&is_ok, loader, node, "messages[]");
	if (rc < 0 || !is_ok)
		return rc;
	loader->role = NULL;
	loader->content = NULL;
	rc = pv_load_keys(loader, node, &keys);
	if (rc == PV_OK)
		rc = check_message(loader, node);
	if (rc == PV_OK)
		rc = check_message_id(loader, ids, node);
	return rc;
}

int pv_load_messages(pv_loader *loader, const pv_key *key,
		     const pv_yaml_node *value)
{
	const pv_yaml_node *list = pv_yaml_follow(value);
	const pv_yaml_node *child = list->first;
	pv_map ids = { 0 };
	int is_ok;
	int rc;

	if (is_spare(value, "prompt"))
		return note_spare(loader, value, "messages");
	loader->messages_node = value;
	if (loader->prompt_node)
		return PV_OK; /* reported when all keys are known */
	rc = pv_load_list(&is_ok, loader, value, key->name);
	if (rc == PV_OK && (pv_node_is_null(value) || (is_ok && !child)))
		return pv_load_fault(loader, "messages", value, NULL,
				     "\"messages\" is empty");
	if (rc < 0 || !is_ok)
		return rc;
	rc = alloc_messages(loader, list->count);
	for (size_t i = 0; rc == PV_OK && child; i++, child = child->next) {
		loader->message = &loader->prompt->messages[i];
		rc = load_message(loader, &ids, child);
	}
	pv_map_dispose(&ids);
	return rc;
}

/* --- templates ------------------------------------------------------------ */

static int report_fault(pv_loader *loader, size_t idx)
{
	const pv_scan_fault *fault = &loader->scan.fault;
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "template-syntax",
			       .message = fault->message,
			       .hint = "" };

	if (!fault->message[0])
		return PV_OK;
	loader->has_fault |= !fault->is_unknown;
	loader->prompt->has_fault = loader->has_fault;
	if (!loader->report)
		return PV_OK;
	/* Another renderer may have it. */
	if (fault->is_unknown) {
		finding.severity = PV_SEVERITY_WARNING;
		finding.rule = "unknown-filter";
	}
	pv_load_place(loader, idx, fault->offset, &finding.line, &finding.column);
	return pv_load_note_at(loader, &finding);
}

/* Says what in template `idx` was one too many. */
static void place_limit(pv_loader *loader, size_t idx)
{
	int line;
	int column;

	pv_load_place(loader, idx, loader->scan.place, &line, &column);
	(void)pv_error_at(loader->err, PV_ELIMIT, "", line, column);
}

int pv_load_templates(pv_loader *loader)
{
	const pv_prompt *prompt = loader->prompt;
	int rc = PV_OK;

	for (size_t i = 0; i < prompt->message_count && rc == PV_OK; i++) {
		const pv_message *message = &prompt->messages[i];
		pv_str text = { message->content, message->len };

		rc = pv_scan_template(&loader->scan, prompt->syntax, text,
				      (int)i, loader->err);
		if (rc == PV_OK)
			rc = report_fault(loader, i);
		else if (rc == PV_ELIMIT)
			place_limit(loader, i);
	}
	return rc;
}

int pv_load_include(pv_loader *loader, const pv_scan_include *include)
{
	pv_prompt *prompt = loader->prompt;
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "include-id" };
	pv_error why = { 0 };
	char *id = pv_arena_dup(&prompt->arena, include->id.ptr, include->id.len);

	if (!id)
		return pv_fail_nomem(loader->err);
	for (size_t i = 0; i < prompt->include_count; i++)
		if (!strcmp(prompt->includes[i], id))
			return PV_OK;
	if (strlen(id) == include->id.len && pv_id_check(id, &why) == PV_OK) {
		prompt->includes[prompt->include_count++] = id;
		return PV_OK;
	}
	pv_load_place(loader, (size_t)include->message, include->offset,
		      &finding.line, &finding.column);
	finding.message = why.message;
	finding.hint = "includes name prompts by their id";
	return pv_load_note_at(loader, &finding);
}
