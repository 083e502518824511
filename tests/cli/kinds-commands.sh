# SPDX-License-Identifier: MIT
#
# The table of kinds.sh: what is run of each command, and what must have come
# of it.

# Commands by what they do. Those in `nowhere` need no repository, those in
# `files` a working tree; a word behind a colon tells two calls apart.
nowhere='snapshot:verify help version completion merge-driver mergetool schema stats textconv experiment:power experiment:replay'
reads='blame branch:list changelog check check-output config conflicts resolve diff doctor export list list:head'
reads="$reads log log:a render show show:1.0 status vars versions diff:files"
reads="$reads search search:versions completion:ids release:dry merge:dry history:list experiment:list performance compare bisect trends cost top index:info alert:list env:list env:show env:diff env:history review:list hook policy:show audit verify"
writes='init install uninstall new edit activate deactivate commit commit:staged branch branch:delete switch'
writes="$writes record index:migrate index:vacuum index:copy reindex merge merge:into mv cp revert cherry-pick cherry-pick:field rollback deploy promote env:create review:open review:import sync release import experiment:create experiment:life experiment:conclude"
files='init new edit activate deactivate commit commit:staged switch mv cp revert cherry-pick'
files="$files cherry-pick:field rollback"
files="$files import status conflicts resolve diff:files"

g() {
	git -C "$top" -c safe.directory=* "$@"
}

# What runs git-pv: by itself, which is quick, or as a kind says.
pv() {
	$as git-pv "$@"
}

# --- the table: what is run, and what must have come of it ------------------

# out TEXT: standard output contains it.
out() {
	has "$OUT" "$1"
}

do_help() { pv help; }
came_help() { out 'rollback'; }

do_version() { pv version; }
came_version() { out 'git-pv version'; }

do_completion() { pv completion bash; }
came_completion() { out '_git_pv'; }

do_completion_ids() { pv completion --list operands show; }
came_completion_ids() { same 'a support/b' "$(paste -sd' ' "$OUT")"; }

do_merge_driver() {
	cp "$SCRATCH/ours" "$SCRATCH/merged"
	pv merge-driver "$SCRATCH/base" "$SCRATCH/merged" "$SCRATCH/theirs" \
		7 prompts/a.yaml
}
came_merge_driver() { cmp_files "$SCRATCH/both" "$SCRATCH/merged"; }

do_mergetool() {
	cp "$SCRATCH/ours" "$SCRATCH/merged"
	pv mergetool "$SCRATCH/base" "$SCRATCH/ours" "$SCRATCH/theirs" \
		"$SCRATCH/merged"
}
came_mergetool() { cmp_files "$SCRATCH/ours" "$SCRATCH/merged"; }

do_schema() {
	echo '{"enum": [1]}' >"$SCRATCH/schema.json"
	echo 1 | pv schema validate --schema "$SCRATCH/schema.json" --json
}
came_schema() { out '"valid":true'; }

do_stats() {
	echo '{"weights": [1, 1], "observed": [50, 50]}' | pv stats srm --json
}
came_stats() { out '"chi2":0' && out '"mismatch":false'; }

do_experiment_power() {
	pv experiment power --sd 1 --mde 0.5 --json
}
came_experiment_power() { out '"method":"fixed","n":64,'; }

do_experiment_replay() {
	printf 'prompt: a\nvariants: {x: main, y: side}\nmetrics: {primary: %s}\n' \
		quality >"$SCRATCH/tone.yaml"
	echo '{"variant": "x", "quality": 7}' >"$SCRATCH/replayed"
	pv experiment replay "$SCRATCH/tone.yaml" "$SCRATCH/replayed" --json ||
		[ $? -eq 1 ]
}
came_experiment_replay() { out '"state":"not-yet"'; }
do_experiment_create() {
	pv experiment create tone --prompt a --variant control=main \
		--variant other=HEAD ${no_verify:-}
}
came_experiment_create() {
	moved && left &&
		g cat-file -e HEAD:experiments/tone.yaml
}

# begin_experiment: what goes before a step. What its hooks said is forgotten.
begin_experiment() {
	pv experiment create tone --prompt a ${no_verify:-} \
		--variant control=main --variant other=HEAD &&
		pv experiment start tone ${no_verify:-} &&
		: >"$SCRATCH/hooks.ran"
}

# All that is done with one while it lives; the last step is a commit.
do_experiment_life() {
	begin_experiment &&
		pv experiment route tone --unit u1 --json &&
		pv experiment ramp tone --coverage 50 ${no_verify:-} &&
		pv experiment reweight tone --split 10,90 ${no_verify:-} &&
		pv experiment pause tone ${no_verify:-} &&
		pv experiment resume tone ${no_verify:-} || return
	pv experiment results tone --json || [ $? -eq 1 ] || return
	: >"$SCRATCH/hooks.ran"
	pv experiment stop tone ${no_verify:-}
}
came_experiment_life() {
	out '"assigned":true' && out '"state":"empty"' && left &&
		same "$head" "$(g rev-parse HEAD~7)" &&
		g show HEAD:experiments/tone.yaml >"$SCRATCH/tone" &&
		has "$SCRATCH/tone" 'status: stopped' &&
		has "$SCRATCH/tone" 'reason: reweight' &&
		g cat-file -e HEAD:experiments/tone.results.json
}

do_experiment_conclude() {
	begin_experiment &&
		pv experiment conclude tone --winner other ${no_verify:-}
}
came_experiment_conclude() {
	left && same "$head" "$(g rev-parse HEAD~3)" &&
		g log -1 --format=%B >"$SCRATCH/message" &&
		has "$SCRATCH/message" 'Pv-Winner: other'
}

do_experiment_list() { pv experiment list --json; }
came_experiment_list() { same '[]' "$(cat "$OUT")"; }

do_textconv() { pv textconv "$SCRATCH/ours"; }
came_textconv() { cmp_files "$SCRATCH/ours" "$OUT"; }

do_branch_list() { pv branch --json; }
came_branch_list() { out '"name":"main"' && out '"name":"side"'; }

do_blame() { pv blame a@HEAD --json; }
came_blame() { out 'Two {{ x }}.' && out "\"commit\":\"$(g log -1 \
	--format=%H -- prompts/a.yaml)\""; }

do_check() { pv check --json; }
came_check() { out '{"ok":true,'; }

do_config() { pv config default_branch; }
came_config() { same main "$(cat "$OUT")"; }

do_conflicts() { pv conflicts --json; }
came_conflicts() { same '[]' "$(cat "$OUT")"; }

# Nothing is in conflict anywhere here, and it says so.
do_resolve() {
	resolved=0
	pv resolve a --ours || resolved=$?
	grep -q '"a" is not in conflict' "$ERR" || return $resolved
}
came_resolve() { has "$ERR" 'nothing is: see "git status"'; }

do_diff() { pv diff HEAD~1 HEAD --json; }
came_diff() { out '"id":"a","renamed_from":null,"status":"modified","bump":"minor"'; }

do_diff_files() { pv diff --json; }
came_diff_files() { out '"prompts":[]'; }

# Warnings and errors are an answer, too; it must not break off.
do_doctor() {
	doctor_status=0
	pv doctor --json || doctor_status=$?
	[ "$doctor_status" -le 1 ] || return "$doctor_status"
}
came_doctor() { out '"name":"repository","status":"ok"' && out ']}'; }

do_history_list() { pv history list --json; }
came_history_list() { same '[]' "$(cat "$OUT")"; }

do_performance() { pv performance a --json; }
came_performance() { out '"executions":0'; }

do_cost() { pv cost --json; }
came_cost() { out '"unknown":0'; }

do_top() { pv top --json; }
came_top() { same '[]' "$(cat "$OUT")"; }

do_compare() { pv compare a --json; }
came_compare() { out '"choice":null'; }

# Without executions no commit did it.
do_bisect() {
	bisect_status=0
	pv bisect a --metric quality --drop 1 --json || bisect_status=$?
	[ "$bisect_status" -le 1 ] || return "$bisect_status"
}
came_bisect() { out '"direction":"drop"'; }

do_trends() { pv trends a --json; }
came_trends() { out '"not-enough-data"'; }

do_hook() {
	printf '%s %s refs/tags/free\n' \
		1111111111111111111111111111111111111111 \
		0000000000000000000000000000000000000000 | pv hook pre-receive
}
came_hook() { same '' "$(cat "$OUT")"; }

do_snapshot_verify() {
	printf '{"format":"git-pv-snapshot","format_version":1,\n%s\n' \
		'"environment":"e","deployment":"'"$(printf %040d 0)"'",' \
		>"$SCRATCH/snapshot"
	sum=$(sha256sum <"$SCRATCH/snapshot")
	printf '"hash":"sha256:%s"}\n' "${sum%% *}" >>"$SCRATCH/snapshot"
	pv snapshot verify "$SCRATCH/snapshot"
}
came_snapshot_verify() { out '0 prompts of e'; }

do_audit() { pv audit --env production --json; }
came_audit() { same '[]' "$(cat "$OUT")"; }

do_verify() { pv verify deployments --json; }
came_verify() { out '"objects":[]}'; }

do_policy_show() { pv policy show --json; }
came_policy_show() { out '"protected_branches":["main"]'; }

do_alert_list() { pv alert list --json; }
came_alert_list() { same '[]' "$(cat "$OUT")"; }

do_index_info() { pv index info --json; }
came_index_info() { out '"exists":'; }

do_reindex() { pv reindex --json; }
came_reindex() { out '"commits":'; }

# They are about an index that is there.
do_index_migrate() { do_record && pv index migrate --json >"$OUT"; }
came_index_migrate() { out '"up_to_date":true'; }

do_index_vacuum() { do_record && pv index vacuum --json >"$OUT"; }
came_index_vacuum() { out '"bytes_before":'; }

# There is no other index to copy it to here.
do_index_copy() {
	do_record || return
	pv index copy --to sqlite && return 1
	grep -qF 'copied to itself' "$ERR"
}
came_index_copy() { has "$ERR" '--to names another one'; }

do_record() { pv record --prompt a --output yes --json; }
came_record() { out '{"id":"'; }

do_export() { pv export jsonl; }
came_export() { out '{"id":"a",' && out '{"id":"support/b",'; }

do_search() { pv search a OR b --json; }
came_search() { out '[{"id":"a",' && out '"id":"support/b",'; }

do_search_versions() { pv search --all-versions a OR b --json; }
came_search_versions() { out '[{"id":"a","version":"1.1.0",'; }

do_list() { pv list --json; }
came_list() { out '[{"id":"a",' && out '"id":"support/b",'; }

do_list_head() { pv list --at HEAD --json; }
came_list_head() {
	came_list && out "\"blob\":\"$(g rev-parse HEAD:prompts/a.yaml)\""
}

do_log() { pv log --json; }
came_log() {
	g log --format='"commit":"%H"' -- prompts >"$SCRATCH/log" &&
		tr , '\n' <"$OUT" | tr -d '[{' | grep '^"commit"' | uniq \
			>"$SCRATCH/ours.log"
	cmp_files "$SCRATCH/log" "$SCRATCH/ours.log"
}

do_log_a() { pv log a --json; }
came_log_a() {
	same "$(g log --format=%H -- prompts/a.yaml | wc -l)" \
		"$(grep -o '"commit"' "$OUT" | wc -l)"
}

do_render() { pv render a --var x=1 --json; }
came_render() { out '{"id":"a",' && out 'Two 1.'; }

do_check_output() {
	echo '{"enum": [3]}' >"$SCRATCH/schema.json"
	echo 3 | pv check-output a - --schema "$SCRATCH/schema.json" --json
}
came_check_output() { out '"valid":true,"id":"a"'; }

do_show() { pv show a --raw; }
came_show() { out 'Two {{ x }}.'; }

do_show_1_0() { pv show a@1.0.0 --raw; }
came_show_1_0() { out 'One {{ x }}.'; }

do_status() { pv status --json; }
came_status() { out '"state":"none","changes":[],"conflicts":[]'; }

do_vars() { pv vars a --json; }
came_vars() { out '[{"name":"x",'; }

do_versions() { pv versions a --json; }
came_versions() { out '[{"version":"1.1.0",' && out '"version":"1.0.0",'; }

do_changelog() { pv changelog a --json; }
came_changelog() { out '"versions":[{"version":"1.1.0","previous":"1.0.0"'; }

do_release_dry() { pv release -n --json; }
came_release_dry() { out '"id":"support/b"'; }

do_init() { pv init --yes --no-example; }
came_init() {
	left '?? .gitattributes' '?? pv.yaml' '?? schemas/prompt.schema.json' \
		'?? schemas/pv.schema.json'
}

do_install() { pv install; }
came_install() { g config merge.pv.driver >"$OUT" && out merge-driver && left; }

do_uninstall() { pv install && pv uninstall; }
came_uninstall() {
	! g config merge.pv.driver >"$OUT" && empty "$OUT" && left
}

do_new() { pv new extra/c --text 'Hi {{ you }}.'; }
came_new() { left '?? prompts/extra/c.yaml'; }

do_edit() { pv edit a --set model.temperature=0.5; }
came_edit() { has "$top/prompts/a.yaml" 'temperature: 0.5' && edited; }
edited() { left ' M prompts/a.yaml'; }

# change_a, stage_a: what a person does to the prompt before a commit.
change_a() {
	printf 'description: three\n' >>"$top/prompts/a.yaml"
}

# moved: HEAD is a new commit on top of the old one.
moved() {
	same "$head" "$(g log -1 --format=%P)"
}

# holds_a: the commit has the bytes that git makes of the file.
holds_a() {
	same "$(g hash-object --path=prompts/a.yaml "$top/prompts/a.yaml")" \
		"$(g rev-parse HEAD:prompts/a.yaml)"
}

stage_a() {
	g add -- prompts/a.yaml
}

# note_side: git-appraise asks for a review, by whomever.
note_side() (
	export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com \
		GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com
	g notes --ref=refs/notes/devtools/reviews add -m \
		'{"timestamp":"1438624412","targetRef":"refs/heads/main"}' \
		refs/heads/side 2>&3 || :
)

# prepare COMMAND: what goes before it.
prepare() {
	[ "$1" != review:import ] || note_side
	[ -z "$is_bare" ] || return 0
	case $1 in
	commit) change_a ;;
	commit:staged) change_a && stage_a ;;
	*) return 0 ;;
	esac
	[ -n "$is_done" ] || dirt=changed
}

do_commit() { pv commit -m Three; }
came_commit() { moved && holds_a && left && released a/v1.1.1; }

# released TAG: on the default branch a commit is a version.
released() {
	[ "$branch" != main ] ||
		same "$(g rev-parse HEAD)" "$(g rev-parse "refs/tags/$1^{}")"
}

do_commit_staged() { pv commit --staged -m Three; }
came_commit_staged() { came_commit; }

do_branch() { pv branch topic; }
came_branch() { same "$head" "$(g rev-parse refs/heads/topic)" && left; }

# with_branch NAME COMMAND...: with a branch more, which a failure takes back.
with_branch() {
	made=$1
	shift
	g update-ref "refs/heads/$made" HEAD 2>/dev/null || :
	"$@" && return
	with_branch_status=$?
	g update-ref -d "refs/heads/$made"
	return $with_branch_status
}

do_branch_delete() { with_branch doomed pv branch -D doomed; }
came_branch_delete() {
	! g rev-parse -q --verify refs/heads/doomed && left
}

do_switch() { pv switch side; }
came_switch() { same refs/heads/side "$(g symbolic-ref HEAD)" && left; }

do_merge() { pv merge side; }
came_merge() {
	same "$head $(g rev-parse refs/heads/side)" "$(g log -1 --format=%P)" &&
		same "$(g rev-parse refs/heads/side:prompts/support/b.yaml \
			"$head:prompts/a.yaml")" \
			"$(g rev-parse HEAD:prompts/support/b.yaml \
				HEAD:prompts/a.yaml)" && left
}

do_merge_dry() { pv merge --dry-run side; }
came_merge_dry() { out merged && left; }

do_merge_into() { with_branch target pv merge --into target side; }
came_merge_into() {
	same "$head $(g rev-parse refs/heads/side)" \
		"$(g log -1 --format=%P refs/heads/target)" &&
		same "$(g rev-parse refs/heads/side:prompts/support/b.yaml \
			"$head:prompts/a.yaml")" \
			"$(g rev-parse target:prompts/support/b.yaml \
				target:prompts/a.yaml)" && left
}

do_mv() { pv mv a moved/a; }
came_mv() {
	moved && left && same "$(g rev-parse "$head:prompts/a.yaml")" \
		"$(g rev-parse HEAD:prompts/moved/a.yaml)"
}

do_cp() { pv cp a copied/a; }
came_cp() {
	moved && left && same "$(g rev-parse "$head:prompts/a.yaml")" \
		"$(g rev-parse HEAD:prompts/copied/a.yaml)"
}

# Nothing here is inactive, so it is made so first.
do_activate() { pv deactivate a && pv activate a; }
came_activate() { ! grep -q active "$top/prompts/a.yaml" && left; }

do_deactivate() { pv deactivate a; }
came_deactivate() { has "$top/prompts/a.yaml" 'active: false' && edited; }

do_revert() { pv revert HEAD; }
came_revert() {
	moved && same "$(g rev-parse HEAD~2^{tree})" \
		"$(g rev-parse HEAD^{tree})" && left
}

do_cherry_pick() { pv cherry-pick side; }
came_cherry_pick() {
	moved && left &&
		same "$(g rev-parse refs/heads/side:prompts/support/b.yaml \
			"$head:prompts/a.yaml")" \
			"$(g rev-parse HEAD:prompts/support/b.yaml \
				HEAD:prompts/a.yaml)"
}

do_cherry_pick_field() { pv cherry-pick --field description side; }
came_cherry_pick_field() { came_cherry_pick; }

do_rollback() { pv rollback a --to 1.0.0; }
came_rollback() {
	moved && holds_a && left &&
		same "$(g rev-parse refs/tags/a/v1.0.0:prompts/a.yaml)" \
			"$(g rev-parse HEAD:prompts/a.yaml)"
}

do_env_list() { pv env list --json; }
came_env_list() { same '[]' "$(cat "$OUT")"; }

do_env_show() { pv env show staging --json; }
came_env_show() { out '"deployment_id":null,"prompts":[]'; }

do_env_diff() { pv env diff staging production --json; }
came_env_diff() { out '"prompts":[]'; }

do_env_history() { pv env history staging --json; }
came_env_history() { same '[]' "$(cat "$OUT")"; }

do_env_create() { pv env create qa --json; }
came_env_create() {
	out "\"deployment_id\":\"$(g rev-parse refs/heads/pv/deployments)\"" &&
		same qa.yaml "$(g ls-tree --name-only \
			refs/heads/pv/deployments)"
}

do_promote() {
	pv deploy a@1.0.0 --env staging >"$SCRATCH/deployed" &&
		pv promote --from staging --to production --json
}
came_promote() {
	out "\"deployment_id\":\"$(g rev-parse refs/heads/pv/deployments)\"" &&
		g show refs/heads/pv/deployments:production.yaml \
			>"$SCRATCH/production" &&
		has "$SCRATCH/production" 'version: 1.0.0' &&
		same "$head" "$(g rev-parse HEAD)" && left
}
do_deploy() { pv deploy a@1.0.0 --env staging --json; }
came_deploy() {
	out "\"deployment_id\":\"$(g rev-parse refs/heads/pv/deployments)\"" &&
		g show refs/heads/pv/deployments:staging.yaml >"$SCRATCH/staging" &&
		has "$SCRATCH/staging" 'version: 1.0.0' &&
		same "$head" "$(g rev-parse HEAD)" && left
}

do_review_list() { pv review list --json; }
came_review_list() { same '[]' "$(cat "$OUT")"; }

do_review_open() { pv review open side --into main --json; }
came_review_open() {
	out "\"head\":\"$(g rev-parse refs/heads/side)\"" &&
		same "$(g for-each-ref --format="%(objectname)" refs/pv/reviews)" \
			"$(sed 's/^{"id":"\([0-9a-f]*\)".*/\1/' "$OUT")" &&
		same "$head" "$(g rev-parse HEAD)" && left
}

do_review_import() { pv review import git-appraise --json; }
came_review_import() {
	out "\"commit\":\"$(g rev-parse refs/heads/side)\"" &&
		out '"new":true,"events":1' &&
		g cat-file -e "$(g for-each-ref --format="%(objectname)" \
			refs/pv/reviews):event.json" &&
		same "$head" "$(g rev-parse HEAD)" && left
}

# The remote is nowhere in the repository: that is not to change.
do_sync() {
	rm -rf "$SCRATCH/there.git"
	env -u GIT_DIR -u GIT_WORK_TREE git init -q --bare "$SCRATCH/there.git"
	chmod -R a+rwX "$SCRATCH/there.git"
	git config --global remote.there.url "$SCRATCH/there.git"
	pv sync --remote there --json
}
came_sync() {
	out '"pushed":{"reviews":0,"tags":2,"deployments":0}' &&
		same "$(g rev-parse refs/tags/a/v1.0.0)" \
			"$(git --git-dir="$SCRATCH/there.git" rev-parse \
				a/v1.0.0)" &&
		same "$head" "$(g rev-parse HEAD)" && left
}

do_release() { pv release; }
came_release() {
	same tag "$(g cat-file -t refs/tags/support/b/v1.0.0)" && left
}

do_import() { pv import jsonl "$SCRATCH/one.jsonl" --commit; }
came_import() {
	moved && left && g cat-file -e HEAD:prompts/i/one.yaml
}
