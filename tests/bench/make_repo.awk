# SPDX-License-Identifier: MIT
#
# A repository of prompts for benchmarks, as a git fast-import stream:
#
#	awk -v prompts=2000 -v commits=20000 -v merges=200 -f make_repo.awk
#
# The first commit adds all prompts; each later one edits a line of one
# prompt; every merge joins a branch of ten commits with the first parent.
# The same numbers always give the same bytes.

function path(idx) {
	return sprintf("prompts/group-%02d/prompt-%04d.yaml", idx % 40, idx)
}

# About 1,250 bytes, as real prompt files are.
function text(idx, edit,    body, step) {
	body = sprintf("name: Support %d\n" \
		"description: Sorts a ticket into one of %d queues.\n" \
		"goal: Route 95%% of all tickets without a human.\n" \
		"category: classification\n" \
		"tags: [support, production, \"ticket-%d\"]\n" \
		"owner: support-team\n" \
		"active: true\n" \
		"model: {provider: ollama, name: \"llama3.1:8b\", " \
		"temperature: 0.%d, max_tokens: %d}\n" \
		"messages:\n" \
		"  - role: system\n" \
		"    content: |\n" \
		"      You sort tickets for {{ product }}, edit %d.\n",
		idx, idx % 9 + 2, idx, idx % 10, 200 + idx, edit)
	for (step = 1; step <= 9; step++)
		body = body sprintf("      Rule %d of %d: read the text twice " \
			"before you decide, then answer.\n", step, idx)
	return body "  - role: user\n    content: \"{{ ticket }}\"\n"
}

function blob(idx, edit,    body) {
	body = text(idx, edit)
	printf "blob\nmark :%d\ndata %d\n%s\n", ++mark, length(body), body
	return mark
}

# Opens a commit; its file lines follow.
function commit(ref, subject) {
	now += 60
	printf "commit %s\nmark :%d\ncommitter Ben Ch <ben@example.com> %d +0000\n" \
		"data %d\n%s\n", ref, ++mark, now, length(subject), subject
	return mark
}

# A commit on `ref` after `parent` that edits prompt `idx`.
function edit_one(ref, parent, idx, edit,    new, done) {
	new = blob(idx, edit)
	done = commit(ref, sprintf("Edit prompt %d for the %dth time", idx, edit))
	printf "from :%d\nM 100644 :%d %s\n\n", parent, new, path(idx)
	last[idx] = new
	return done
}

function first_commit(    idx) {
	for (idx = 0; idx < prompts; idx++)
		last[idx] = blob(idx, 0)
	main_tip = commit("refs/heads/main", "Add all prompts")
	for (idx = 0; idx < prompts; idx++)
		printf "M 100644 :%d %s\n", last[idx], path(idx)
	print ""
}

function merge_side(from, n,    tip, step, idx, side) {
	tip = main_tip
	for (step = 0; step < 10; step++) {
		idx = (from * 13 + step * 7) % prompts
		tip = edit_one("refs/heads/side", tip, idx, from + step)
		side[idx] = last[idx]
	}
	main_tip = edit_one("refs/heads/main", main_tip, (from + 1) % prompts, n)
	step = main_tip
	main_tip = commit("refs/heads/main", sprintf("Merge branch side-%d", n))
	printf "from :%d\nmerge :%d\n", step, tip
	for (idx in side)
		printf "M 100644 :%d %s\n", side[idx], path(idx)
	print ""
}

BEGIN {
	now = 1700000000
	every = merges ? int(commits / merges) : commits + 1
	first_commit()
	for (n = 1; n < commits; n++) {
		if (n % every == every - 1) {
			merge_side(n, n / every)
			n += 11
		} else {
			main_tip = edit_one("refs/heads/main", main_tip,
					    (n * 17) % prompts, n)
		}
	}
	print "reset refs/heads/side\nfrom 0000000000000000000000000000000000000000\n"
	print "done"
}
