# SPDX-License-Identifier: MIT
#
# git pv diff: which sides are compared, what is shown, and how it fails.

. "$(dirname "$0")/lib.sh"
begin 'diff'

# triage TEMPERATURE GOAL: the prompt most bodies change.
triage() {
	write prompts/support/triage.yaml <<-EOF
		name: Support triage
		goal: $2
		model: {provider: ollama, name: "llama3.1:8b", temperature: $1}
		prompt: |
		  Sort the ticket.
		  Be brief.
		  {{ ticket }}
	EOF
}

new_repo repo
cd repo || exit 1
triage 0.2 'Route tickets'
text_prompt prompts/other.yaml
printf '%s\n' 'out*' err want tmp >.git/info/exclude
git add .
git commit -qm first
git branch first

it 'is silent when nothing differs' '
	git pv diff >out 2>err
	empty out
	empty err
	expect_success git pv diff --exit-code
	git pv diff --json >out
	json out .prompts "[]"
'

it 'compares HEAD with the files, new ones included' '
	triage 0.1 "Route tickets"
	text_prompt prompts/new.yaml
	rm prompts/other.yaml
	git pv diff >out
	has out "support/triage"
	has out "  model.temperature: 0.2 → 0.1"
	git pv diff --name-only >out
	printf "%s\n" new other support/triage >want
	cmp_files want out
	expect_failure 1 git pv diff --exit-code >/dev/null
'

it 'compares HEAD with the index' '
	git add prompts/support
	triage 0.9 "Route tickets"
	git pv diff --staged >out
	has out "0.2 → 0.1"
	git pv diff --cached --name-only >out
	same support/triage "$(cat out)"
	git pv diff >out
	has out "0.2 → 0.9"
	git pv diff --staged first -- support/triage --json >/dev/null || :
	git reset -q --hard
	rm -f prompts/new.yaml
'

it 'compares commits, ranges and merge bases' '
	git switch -q -c topic
	triage 0.5 "Route tickets"
	git commit -qam topic
	git switch -q main
	triage 0.2 "Route all tickets"
	git commit -qam main
	git pv diff first main >out
	has out "goal: Route tickets → Route all tickets"
	git pv diff first..main >out2
	cmp_files out out2
	git pv diff first.. >out2
	cmp_files out out2
	git pv diff main topic >out
	has out "0.2 → 0.5"
	has out "Route all tickets → Route tickets"
	git pv diff main...topic >out
	has out "0.2 → 0.5"
	lacks out "Route all"
	git pv diff topic >out
	has out "0.5 → 0.2"
'

it 'compares versions of one prompt' '
	git pv release >/dev/null 2>&1
	triage 0.3 "Route all tickets"
	git commit -qam warmer
	git pv release >/dev/null 2>&1
	git pv diff support/triage@1.0 support/triage@1.1 >out
	has out "support/triage  1.0.0 → 1.1.0  minor"
	has out "0.2 → 0.3"
	git pv diff support/triage@1.0..1.1 >out2
	cmp_files out out2
	git pv diff 1.0 1.1 -- support/triage >out2
	cmp_files out out2
	git pv diff support/triage@1.0 >out2
	cmp_files out out2
	git pv diff other@HEAD support/triage@HEAD --name-only >out
	same support/triage "$(cat out)"
'

it 'takes ids, folders and file names' '
	git pv diff first main -- support >out
	has out "support/triage"
	git pv diff first main -- prompts/support/triage.yaml >out2
	cmp_files out out2
	git pv diff first main -- other >out
	empty out
	git pv diff first main support/triage >out
	cmp_files out out2
	(cd prompts/support && git pv diff first -- triage.yaml) >out
	cmp_files out out2
'

it 'shows hunks of texts and the counts' '
	sed "s/Be brief/Be very brief/" prompts/support/triage.yaml >tmp
	mv tmp prompts/support/triage.yaml
	git pv diff >out
	has out "  @@ -1,3 +1,3 @@"
	has out "  -Be brief."
	has out "  +Be very brief."
	git pv diff -U0 >/dev/null
	git pv diff --stat >out
	has out " support/triage |   1 field,  +1 -1, minor"
	git pv diff --color=always >out
	has out "$(printf "\033[31m-Be brief.\033[m")"
	git checkout -q .
'

it 'tells what breaks' '
	sed "s/{{ ticket }}/{{ ticket }} {{ queue }}/" \
		prompts/support/triage.yaml >tmp
	mv tmp prompts/support/triage.yaml
	git pv diff >out
	has out "major"
	has out "breaking: "
	git pv diff --json >out
	json out ".prompts[0].bump" major
	json out ".prompts[0].breaking | length > 0" true
	git checkout -q .
'

it 'calls a prompt broken that no longer loads' '
	echo "more: [" >>prompts/support/triage.yaml
	git pv diff >out
	head -1 out >out1
	has out1 "2.0.0"
	has out1 "major"
	has out "breaking: the prompt no longer loads"
	git commit -qam broken
	git checkout -q HEAD~ -- prompts
	git pv diff >out
	head -1 out >out1
	has out1 "minor"
	lacks out "breaking: "
	git reset -q --hard HEAD~
'

it 'takes two revisions at most' '
	expect_failure 129 git pv diff HEAD HEAD HEAD 2>err
	is_error err "\"HEAD\" is one revision too many"
	expect_failure 128 git pv diff HEAD HEAD nowhere 2>err
	is_error err "\"nowhere\" is neither a revision nor a prompt"
'

it 'calls a change of comments and quotes formatting' '
	echo "# note" >>prompts/support/triage.yaml
	git pv diff >out
	has out "comments changed, patch"
	has out "  +  # note"
	git pv diff --json >out
	json out ".prompts[0] | [.formatting, .bump, .changes]" \
		"[true,\"patch\",[]]"
	git checkout -q .
'

it 'marks words' '
	git pv diff --word first main >out
	has out "goal: Route {+all +}tickets"
	git pv diff --word --color=always first main >out
	has out "goal: Route $(printf "\033[32mall \033[m")tickets"
'

it 'puts texts side by side' '
	sed "s/Be brief/Be very brief/" prompts/support/triage.yaml >tmp
	mv tmp prompts/support/triage.yaml
	COLUMNS=41 git pv diff --side-by-side >out
	has out "  Be brief.          | Be very brief."
	expect_failure 129 git pv diff --side-by-side --word 2>err
	git checkout -q .
'

it 'writes a comment for a pull request' '
	git pv diff --format markdown first main >out
	has out "| <code>support/triage</code> | minor | 2 | "
	has out "| <code>goal</code> | modified | "
	git pv diff --format=json first main >out
	json out "[.prompts[].id]" "[\"support/triage\"]"
	git pv diff --format text first main >out
	has out "0.2 → 0.3"
	expect_failure 129 git pv diff --format markdown --json 2>err
	expect_failure 129 git pv diff --format tables 2>err
	expect_failure 128 git pv diff --format json nowhere >out 2>err
	is_json_error out version-not-found
'

it 'ignores formatting on request' '
	sed "s/Sort the ticket./Sort the\n  ticket./" \
		prompts/support/triage.yaml >tmp
	mv tmp prompts/support/triage.yaml
	echo "# note" >>prompts/other.yaml
	git pv diff >out
	has out "  prompt: formatting only"
	has out "formatting only, minor"
	git pv diff --json >out
	json out "[.prompts[] | .formatting]" "[true,true]"
	json out "[.prompts[1].changes[0].words[] | select(.[0] == \"=\")[1]]" \
		"[\"Sort the\",\"ticket.\\nBe brief.\\n{{ ticket }}\\n\"]"
	git pv diff --ignore-formatting >out
	empty out
	expect_failure 1 git pv diff --exit-code >/dev/null
	expect_success git pv diff --ignore-formatting --exit-code
	git checkout -q .
'

it 'writes the documented JSON' '
	git pv diff --json first main >out
	json out "[.from, .to]" \
		"[\"$(git rev-parse first)\",\"$(git rev-parse main)\"]"
	json out "[.prompts[].changes[] | [.path, .kind, .old, .new]]" \
		"[[\"goal\",\"modified\",\"Route tickets\",\"Route all tickets\"],[\"model.temperature\",\"modified\",0.2,0.3]]"
	json out ".prompts[0].changes[0].words" \
		"[[\"=\",\"Route \"],[\"+\",\"all \"],[\"=\",\"tickets\"]]"
	git pv diff --json >out
	json out "[.to, .prompts]" "[\":worktree\",[]]"
	git pv diff --json --staged >out
	json out .to :index
'

it 'disarms what a prompt holds' '
	printf "name: x\nprompt: \"a\\\\e[31mb\"\n" >prompts/evil.yaml
	printf "\377\033]0;t\007" >prompts/bad.yaml
	git pv diff --color=always -- evil bad >out
	has out "\\x1b[31mb"
	has out "\\xff\\x1b]0;t\\x07"
	git pv diff --json -- bad >out
	json out ".prompts[0].changes[0].path" ""
	rm prompts/evil.yaml prompts/bad.yaml
'

it 'works before the first commit' '
	new_repo ../unborn
	cd ../unborn
	text_prompt prompts/a.yaml
	git pv diff >out
	has out "a  "
	has out "added"
	git pv diff --json >out
	json out "[.from, .to, .prompts[0].status]" \
		"[null,\":worktree\",\"added\"]"
	git pv diff --staged >out
	empty out
'

it 'works in a bare repository with two revisions' '
	git clone -q --bare . ../bare.git
	cd ../bare.git
	git pv diff first main >out
	has out "goal: Route tickets → Route all tickets"
	expect_failure 128 git pv diff 2>err
	is_error err bare
	expect_failure 128 git pv diff main --json >out 2>err
	is_json_error out unsupported
'

it 'refuses what is neither revision nor prompt' '
	expect_failure 128 git pv diff nowhere 2>err
	is_error err nowhere
	expect_failure 128 git pv diff -- nowhere 2>err
	is_error err nowhere
	expect_failure 128 git pv diff --json -- nowhere >out 2>err
	is_json_error out prompt-not-found
	expect_failure 128 git pv diff nowhere main -- other 2>err
	is_error err nowhere
	expect_failure 128 git pv diff support/triage@9.9 2>err
	is_error err 9.9
	expect_failure 129 git pv diff a b c -- other 2>err
	expect_failure 129 git pv diff --staged first main 2>err
	expect_failure 129 git pv diff --stat --name-only 2>err
	expect_failure 129 git pv diff first...:worktree 2>err
	is_clean
'

it 'shows what was moved with its changes' '
	new_repo ../moved
	cd ../moved
	printf "%s\n" out err want >.git/info/exclude
	triage 0.2 "Route tickets"
	text_prompt prompts/other.yaml
	git add .
	git commit -qm first
	git branch first
	git pv mv support/triage help/sort >/dev/null
	git pv mv help/sort help/route >/dev/null
	sed -i "s/0\.2/0.1/" prompts/help/route.yaml
	git commit -qam cooler
	git pv diff first main >out
	grep -q "^support/triage → help/route  .*  moved, major$" out
	has out "breaking: the prompt is no longer called \"support/triage\""
	has out "  model.temperature: 0.2 → 0.1"
	grep -q removed out && exit 1
	git pv diff --stat first main >out
	same 1 "$(wc -l <out)"
	has out " support/triage → help/route |   1 field,  +0 -0, moved, major"
	git pv diff --name-only first main >out
	printf "%s\n" help/route support/triage >want
	cmp_files want out
	git pv diff --json first main >out
	json out "[.prompts[] | [.id, .renamed_from, .status, .bump]]" \
		"[[\"help/route\",\"support/triage\",\"moved\",\"major\"]]"
	json out "[.prompts[0].changes[].path]" "[\"model.temperature\"]"
	git pv diff --format markdown first main >out
	has out "| <code>support/triage</code> → <code>help/route</code> | moved, major | 1 |"
	has out "1 prompt differs: 1 moved."
	git pv diff --format html first main >out
	has out "support/triage</bdi></code> → <code><bdi>help/route"
'

it 'shows a move backwards, and across branches' '
	cd ../moved
	git pv diff main first >out
	grep -q "^help/route → support/triage  .*moved" out
	git switch -q -c fork first
	git pv mv support/triage help/fork >/dev/null
	git pv diff main fork >out
	grep -q "^help/route → help/fork  .*moved" out
	git switch -q main
'

it 'shows a move whichever of its ids is asked for' '
	cd ../moved
	for id in help support/triage prompts/help/route.yaml; do
		git pv diff first main -- "$id" >out
		grep -q "^support/triage → help/route " out
	done
	git pv diff first main -- other >out
	empty out
'

it 'finds what git finds renamed, trailer or not' '
	cd ../moved
	git switch -q -c byhand main
	mkdir prompts/hand
	git mv prompts/help/route.yaml prompts/hand/route.yaml
	sed -i "s/be brief/be short/I" prompts/hand/route.yaml
	git pv diff >out
	grep -q "^help/route → hand/route  .*moved" out
	git pv diff --staged >out
	grep -q "^help/route → hand/route  .*moved" out
	git commit -qam "by hand"
	git pv diff main byhand >out
	grep -q "^help/route → hand/route  .*moved" out
	git reset -q --hard
	git switch -q main
'

it 'calls two prompts with little in common two prompts' '
	cd ../moved
	git switch -q -c apart main
	git rm -q prompts/other.yaml
	printf "name: Long\nprompt: |\n  Quite another text.\n  And more of it.\n" \
		>prompts/apart.yaml
	git add .
	git commit -qm apart
	git pv diff main apart >out
	has out "apart  "
	has out "added"
	has out "removed, major"
	git switch -q main
'

it 'calls a file new that git does not know of' '
	cd ../moved
	mv prompts/other.yaml prompts/new.yaml
	git pv diff --json >out
	json out "[.prompts[] | [.id, .status]]" \
		"[[\"new\",\"added\"],[\"other\",\"removed\"]]"
	mv prompts/new.yaml prompts/other.yaml
'

# show_some OPTION...: some of the 70 prompts by themselves, with the option.
show_some() {
	for id in p1 p14 p33 p64 p69 p9; do
		git pv diff "$@" first main -- "$id" || return 1
	done
}

it 'shows many prompts, compared on several threads, in their order' '
	new_repo ../many
	cd ../many
	mkdir prompts
	printf "%s\n" out err want some >.git/info/exclude
	for word in one two; do
		for i in $(seq 70); do
			printf "name: p%s\nprompt: |\n" "$i"
			seq -f "  Line %g is here to be read." 40
			printf "  It says %s.\n" "$word"
		done | awk "/^name:/ { file = \"prompts/\" \$2 \".yaml\" }
			    { print >file }"
		git add .
		git commit -qm "$word"
	done
	git tag first HEAD~1
	git pv diff --name-only first main >want
	same 70 "$(wc -l <want)"
	LC_ALL=C sort want | cmp_files want -
	git pv diff --stat first main >out
	sed "s/ *|.*//; s/ //" out | cmp_files want -
	git pv diff --json first main >out
	jq -r ".prompts[].id" out | cmp_files want -
	show_some --json | jq -c ".prompts[0]" >want
	jq -c ".prompts[] | select(.id | test(\"^p(1|14|33|64|69|9)$\"))" out |
		cmp_files want -
	git pv diff first main >out
	show_some >some
	same 0 "$(grep -vxFf out some | wc -l)"
	for format in markdown html; do
		git pv diff --format "$format" first main >out
		has out "70 prompts differ: 70 minor."
	done
'

it 'names both of two prompts' '
	new_repo ../two
	cd ../two
	mkdir prompts
	printf "prompt: Be calm.\n" >prompts/a.yaml
	printf "prompt: Be loud.\n" >prompts/b.yaml
	git pv commit -q -m one
	git pv diff a@1.0.0 b@1.0.0 >out
	has out "b  a@1.0.0 → b@1.0.0  minor"
	git pv diff --format markdown a@1.0.0 b@1.0.0 >out
	has out "a&#64;1.0.0"
'

it 'says when the tokens of a side cannot be counted' '
	echo "prompt: [" >prompts/other.yaml
	git pv diff -- other >out
	grep "^  estimated tokens: [0-9]* → unknown$" out
	git checkout -q HEAD prompts/other.yaml
'

finish
