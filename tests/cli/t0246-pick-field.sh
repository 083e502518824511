#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv cherry-pick --field: one field of a commit, nothing else'

# prompt NAME TEMPERATURE SYSTEM USER
prompt() {
	write prompts/p.yaml <<-FILE
		name: $1
		model:
		  name: m # the model
		  temperature: $2
		messages:
		  - role: system
		    content: |
		      You answer questions.
		      $3
		  - role: user
		    content: $4
	FILE
}

# fresh NAME: a commit of topic changes all but the model's name.
fresh() {
	new_repo "$1"
	cd "$1" || exit 1
	prompt one 0.1 "Be brief." "Question"
	text_prompt prompts/q.yaml
	git pv commit -q -m first >/dev/null
	git switch -q -c topic
	prompt two 0.2 "Be polite." "Request"
	GIT_AUTHOR_NAME="Ada Author" GIT_AUTHOR_DATE="2026-02-03T04:05:06+0100" \
		git commit -qam "Polite requests

Because of complaints."
	git switch -q main
	printf "goal: none\n" >>prompts/p.yaml
	git pv commit -q -m goal >/dev/null
}

it 'takes one field with author, date and message' '
	fresh r1
	git pv cherry-pick --field "messages[0].content" topic --json >../out
	json ../out "[.result, .commit, .picked, .id, .fields, [.released[].id], .conflicts]" \
		"[\"picked\",\"$(git rev-parse HEAD)\",[\"$(git rev-parse topic)\"],\"p\",[\"messages[0].content\"],[\"p\"],[]]"
	same "Ada Author ada@example.com 2026-02-03T04:05:06+01:00" \
		"$(git log -1 --format="%an %ae %aI")"
	same "Polite requests

Because of complaints.

(field messages[0].content cherry picked from commit $(git rev-parse topic))" \
		"$(git log -1 --format=%B)"
	git diff HEAD~1 HEAD >../diff
	same 2 "$(grep -c "^[-+] " ../diff)"
	has prompts/p.yaml "Be polite."
	has prompts/p.yaml "name: one"
	has prompts/p.yaml "goal: none"
	is_clean
'

it 'takes several fields' '
	fresh r2
	git pv cherry-pick --field name --field model.temperature topic >../out
	has ../out "p 1."
	same "(fields name, model.temperature cherry picked from commit $(git rev-parse topic))" \
		"$(git log -1 --format=%b | grep "(field")"
	has prompts/p.yaml "name: two"
	has prompts/p.yaml "temperature: 0.2"
	has prompts/p.yaml "Be brief."
	is_clean
'

it 'only edits with -n, what is there uncommitted included' '
	fresh r3
	printf "owner: me\n" >>prompts/p.yaml
	head=$(git rev-parse HEAD)
	expect_failure 1 git pv cherry-pick --field name topic 2>../err
	is_error ../err "changes that are not committed"
	git pv cherry-pick -n --field name topic --json >../out 2>../err
	has ../err "not staged"
	json ../out "[.result, .commit]" "[\"applied\",\"$head\"]"
	has prompts/p.yaml "name: two"
	has prompts/p.yaml "owner: me"
	lacks prompts/p.yaml "Be polite."
	same " M prompts/p.yaml" "$(git status --porcelain)"
'

it 'stages what it picks with -n where nothing else is changed' '
	fresh r30
	git pv cherry-pick -n --field name topic 2>../err
	empty ../err
	same "M  prompts/p.yaml" "$(git status --porcelain)"
	git pv cherry-pick -n --field model.temperature topic
	same "M  prompts/p.yaml" "$(git status --porcelain)"
	git commit -qm both
	has prompts/p.yaml "name: two"
	has prompts/p.yaml "0.2"
	lacks prompts/p.yaml "Be polite."
	is_clean
'

it 'merges into what changed here since' '
	fresh r4
	sed -i "s/You answer/You always answer/" prompts/p.yaml
	git commit -qam always
	git pv cherry-pick --field "messages[0]" topic >../out
	has prompts/p.yaml "You always answer"
	has prompts/p.yaml "Be polite."
	is_clean
'

# stopped NAME: the temperature is in conflict.
stopped() {
	fresh "$1"
	sed -i "s/0\.1/0.5/" prompts/p.yaml
	git commit -qam half
	expect_failure 1 git pv cherry-pick --field model.temperature topic \
		>../out 2>../err
	has ../out "conflict: p model.temperature"
	has ../err "git pv cherry-pick --continue"
}

it 'stops at a conflict like any pick' '
	stopped r5
	git pv conflicts --json >../out
	json ../out "[.[] | [.id, .field, .base, .ours, .theirs]]" \
		"[[\"p\",\"model.temperature\",0.1,0.5,0.2]]"
	git pv status --json >../out
	json ../out .state cherry-pick
	has prompts/p.yaml "<<<<<<< ours"
	has prompts/p.yaml "name: one"
	git pv resolve p --theirs --json >../out
	json ../out .next "git pv cherry-pick --continue"
	git pv cherry-pick --continue --json >../out
	json ../out "[.result, [.released[].id]]" "[\"picked\",[\"p\"]]"
	same "Ada Author" "$(git log -1 --format=%an)"
	same "(field model.temperature cherry picked from commit $(git rev-parse topic))" \
		"$(git log -1 --format=%b | grep "(field")"
	has prompts/p.yaml "temperature: 0.2"
	has prompts/p.yaml "Be brief."
	is_clean
'

it 'is dropped or finished by git, and comes back with checkout -m' '
	stopped r6
	git pv cherry-pick --abort >../out
	is_clean
	cd ..
	stopped r7
	git cherry-pick --abort
	is_clean
	cd ..
	stopped r8
	git config merge.pv.driver "git-pv merge-driver %O %A %B %L %P"
	echo "prompts/**/*.yaml merge=pv" >.git/info/attributes
	cp prompts/p.yaml ../want
	echo broken >prompts/p.yaml
	git checkout -q -m -- prompts/p.yaml
	cmp_files ../want prompts/p.yaml
	git pv resolve p --ours 2>../err
	sed -i "s/0\.5/0.3/" prompts/p.yaml
	git add prompts
	git commit -q --no-edit
	same "Ada Author" "$(git log -1 --format=%an)"
	is_clean
'

it 'leaves a conflict without a commit under way with -n' '
	fresh r9
	sed -i "s/0\.1/0.5/" prompts/p.yaml
	expect_failure 1 git pv cherry-pick -n --field model.temperature topic \
		--json >../out
	json ../out "[.result, .conflicts[0].field, .conflicts[0].ours]" \
		"[\"conflict\",\"model.temperature\",0.5]"
	git pv status --json >../out
	json ../out .state none
	git pv resolve p --theirs 2>../err
	git pv commit -q -m settled >/dev/null
	has prompts/p.yaml "0.2"
	is_clean
'

it 'names a field once that was replaced' '
	fresh r90
	git switch -q topic
	printf "tags: [a, b]\n" >prompts/tagged.yaml
	git add prompts
	git commit -qm tags
	printf "tags: [a, c]\n" >prompts/tagged.yaml
	git commit -qam other
	expect_failure 128 git pv cherry-pick --field model topic 2>../err
	has ../err "hint: changed: tags[1]"
	lacks ../err "tags[1], tags[1]"
'

it 'names what changed where the field did not' '
	fresh r10
	snapshot . >../before
	expect_failure 128 git pv cherry-pick --field model.name topic --json >../out
	json ../out ".error.message" \
		"the field \"model.name\" has not changed"
	json ../out ".error.hint" \
		"changed: name, model.temperature, messages[0].content, messages[1].content"
	expect_failure 128 git pv cherry-pick --field name topic q 2>../err
	is_error ../err "does not change \"q\""
	has ../err "p"
	expect_failure 128 git pv cherry-pick --field "name[" topic --json >../out
	is_json_error ../out invalid
	expect_failure 128 git pv cherry-pick --field name HEAD~1 2>../err
	is_error ../err
	expect_failure 129 git pv cherry-pick --field name 2>../err
	expect_failure 129 git pv cherry-pick --field name topic p q 2>../err
	expect_failure 129 git pv cherry-pick --field name --continue 2>../err
	snapshot . >../after
	cmp_files ../before ../after
	git pv cherry-pick --field name topic >../out
	expect_failure 128 git pv cherry-pick --field name topic --json >../out
	json ../out ".error.message" "nothing to pick"
	is_clean
'

it 'wants to know which prompt where several changed' '
	fresh r11
	git switch -q topic
	text_prompt prompts/q.yaml "Other."
	printf "owner: q\n" >>prompts/q.yaml
	printf "owner: p\n" >>prompts/p.yaml
	git commit -qam "both"
	git switch -q main
	expect_failure 128 git pv cherry-pick --field owner topic --json >../out
	is_json_error ../out ambiguous
	json ../out ".error.message" "several prompts changed there: p, q"
	expect_failure 128 git pv cherry-pick --field goal topic 2>../err
	is_error ../err "changes that field in no prompt"
	has ../err "it changes: p, q"
	git pv cherry-pick --field owner topic p >../out
	has prompts/p.yaml "owner: p"
	lacks prompts/q.yaml "owner: q"
	git pv cherry-pick --field prompt topic >../out
	has prompts/q.yaml "Other."
	lacks prompts/q.yaml "owner: q"
	is_clean
'

it 'follows a prompt that was renamed here or there' '
	fresh r12
	git pv mv p sub/moved >/dev/null
	git pv cherry-pick --field name topic --json >../out
	json ../out .id sub/moved
	has prompts/sub/moved.yaml "name: two"
	git pv cherry-pick --field "messages[1].content" topic sub/moved >../out
	has prompts/sub/moved.yaml "Request"
	is_clean
	cd ..
	fresh r13
	git switch -q topic
	git pv mv p other >/dev/null
	sed -i "s/0\.2/0.9/" prompts/other.yaml
	git commit -qam warm
	git switch -q main
	git pv cherry-pick --field name topic~2 >../out
	expect_failure 1 git pv cherry-pick --field model.temperature topic \
		--json >../out
	json ../out "[.id, .conflicts[0].base, .conflicts[0].theirs]" \
		"[\"p\",0.2,0.9]"
	git pv cherry-pick --abort >../out
	is_clean
'

it 'puts the file back where a hook says no' '
	fresh r14
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit 2>/dev/null || {
		mkdir .git/hooks
		printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit
	}
	chmod +x .git/hooks/pre-commit
	snapshot . >../before
	expect_failure 1 git pv cherry-pick --field name topic --json >../out
	is_json_error ../out policy
	snapshot . >../after
	cmp_files ../before ../after
	is_clean
'

it 'takes no field that leaves a prompt broken' '
	fresh r15
	git switch -q topic
	git show HEAD:prompts/p.yaml | sed "s/^messages:/prompts:/" >../x
	sed "/^messages:/,\$d" ../x >prompts/p.yaml
	printf "prompt: Hi.\n" >>prompts/p.yaml
	git commit -qam "text"
	git switch -q main
	expect_failure 1 git pv cherry-pick --field prompt topic --json >../out
	is_json_error ../out validation
	is_clean
'

it 'picks of a merge what it changed against a parent' '
	fresh r16
	git reset -q --hard HEAD~1
	text_prompt prompts/q.yaml "Other."
	git commit -qam other
	git merge -q --no-edit topic
	merged=$(git rev-parse HEAD)
	git switch -q -c again HEAD^1
	expect_failure 128 git pv cherry-pick --field name "$merged" 2>../err
	is_error ../err "merge"
	has ../err "--mainline"
	git pv cherry-pick -m 1 --field name "$merged" >../out
	has prompts/p.yaml "name: two"
	lacks prompts/p.yaml "polite"
'

# chat MESSAGE...: a prompt of these messages in turn.
chat() {
	write prompts/p.yaml <<-FILE
		messages:
	FILE
	for text; do
		write ../message <<-FILE
			  - role: user
			    content: $text
		FILE
		cat ../message >>prompts/p.yaml
	done
}

it 'moves a message that the commit has moved, once' '
	new_repo r17
	cd r17
	chat "Be kind to them." "What of {{ q }}?" "Blue and green." "Thanks a lot."
	git pv commit -q -m first >/dev/null
	git switch -q -c topic
	chat "Be kind to them." "Blue and green." "Thanks a lot." "What of {{ q }}?"
	git commit -qam move
	cp prompts/p.yaml ../want
	git pv diff HEAD~1 HEAD >../out
	has ../out "moved: messages[1]"
	for field in 1 3; do
		git switch -q -c "pick$field" main
		git pv cherry-pick --field "messages[$field]" topic >../out
		cmp_files ../want prompts/p.yaml
	done
	git switch -q main
	expect_failure 128 git pv cherry-pick --field "messages[2]" topic \
		2>../err
	is_error ../err "has not changed"
	sed -i "s/Be kind to/Be very kind to/" prompts/p.yaml
	git commit -qam kind
	git pv cherry-pick --field "messages[3]" topic >../out
	sed "s/Be kind to/Be very kind to/" ../want >../kind
	cmp_files ../kind prompts/p.yaml
'

finish
