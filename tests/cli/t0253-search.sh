#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091,SC2046
. "$(dirname "$0")/lib.sh"
begin 'git pv search finds words in prompts, and in all their versions'

new_repo repo
cd repo || exit 1
mkdir -p prompts/support
printf '%s\n' 'name: Triage' 'goal: calm answers' 'tags: [support]' \
	'prompt: |' '  Sort the {{ ticket }}.' '  Be quick.' \
	>prompts/support/triage.yaml
text_prompt prompts/other.yaml 'Nothing of that kind.'
git pv commit -q -m Start >/dev/null

it 'tells field, line and snippet' '
	git pv search quick >../out
	printf "%s\n" "support/triage  1.0.0" "     6  prompt: Be quick." >../want
	cmp_files ../want ../out
	git pv search calm OR triage --json >../out
	same "[\"id\",null,\"name\",1,\"goal\",2]" "$(jq -c \
		"[.[0].matches[] | .field, .line]" ../out)"
	same "{\"text\":\"support/triage\",\"marks\":[[8,6]]}" "$(jq -c \
		".[0].matches[0].snippet" ../out)"
	same "$(git rev-parse HEAD HEAD:prompts/support/triage.yaml)" \
		"$(jq -r ".[0] | .commit, .blob" ../out)"
	git pv search --field goal triage 2>../err >../out
	same "" "$(cat ../out)"
	has ../err "nothing found"
	same "[]" "$(git pv search --json nowhere)"
'

it 'searches the working tree, another commit, and a file that is broken' '
	text_prompt prompts/other.yaml "Fresh words."
	git pv search fresh >../out
	has ../out "other  1.1.0-main.0"
	git pv search fresh --at HEAD --json >../out
	same "[]" "$(cat ../out)"
	git pv search kind --at HEAD >../out
	has ../out "other  1.0.0"
	printf "prompt: {fresh\n" >prompts/other.yaml
	git pv search fresh >../out
	has ../out "     1  text: prompt: {fresh"
	git checkout -q prompts
'

it 'says what does not read, and where' '
	expect_failure 128 git pv search "one \"two" 2>../err
	is_error ../err "no closing quote"
	has ../err "      ^"
	has ../err "text:"
	expect_failure 128 git pv search --field model x 2>../err
	is_error ../err "no field \"model\" is searched"
	expect_failure 129 git pv search 2>../err
	expect_failure 129 git pv search --at HEAD --all-versions x 2>../err
	expect_failure 128 git pv search --at nowhere x 2>../err
	expect_failure 128 git pv search -- -x 2>../err
	is_error ../err "only says what is not"
'

# --- all versions -------------------------------------------------------------

# scan WORD: what git says of the tags, without git-pv: "id version commit".
scan() {
	git for-each-ref --format='%(refname:strip=2) %(objectname)' refs/tags |
		while read -r tag object; do
			git cat-file tag "$object" >../tag 2>/dev/null || continue
			id=$(sed -n 's/^Pv-Prompt: //p' ../tag)
			version=$(sed -n 's/^Pv-Version: //p' ../tag)
			blob=$(sed -n 's/^Pv-Blob: //p' ../tag)
			[ "$tag" = "$id/v$version" ] || continue
			commit=$(git rev-parse -q --verify "$object^{commit}") ||
				continue
			git merge-base --is-ancestor "$commit" main || continue
			git cat-file blob "$blob" | grep -qw "$1" || continue
			echo "$id $version $commit"
		done | sort
}

# found WORD: the same from git pv.
found() {
	git pv search --all-versions --json "$1" |
		jq -r '.[] | .id + " " + .version + " " + .commit' | sort
}

# equals: all words, with what is remembered as without it.
equals() {
	for word in w1 w4 w7; do
		scan $word >../want
		found $word >../got
		cmp_files ../want ../got
	done
}

it 'finds a version that is no longer the last' '
	text_prompt prompts/other.yaml "w1 w2"
	git pv commit -q -m Two >/dev/null
	git pv search --all-versions kind >../out
	printf "%s\n" "other  1.0.0" "     3  prompt: Nothing of that kind." \
		>../want
	cmp_files ../want ../out
	git pv reindex --json >../out
	same 3 "$(jq .texts ../out)"
	git pv search --all-versions kind >../out
	cmp_files ../want ../out
'

# What may happen to a repository, by number.
happens() {
	case $1 in
	0 | 1 | 2 | 3) # a version
		text_prompt prompts/p$(($2 % 4)).yaml \
			"w$(($2 % 8 + 1)) w$(($2 / 8 % 8 + 1)) x$2"
		git pv commit -q -m "$2" >/dev/null
		;;
	4) # on a branch that is merged
		git switch -qc side
		text_prompt prompts/p4.yaml "w$(($2 % 8 + 1)) side$2"
		git pv commit -q -m "side $2" >/dev/null
		git switch -q main
		git pv merge -q side >/dev/null
		git branch -qD side
		;;
	5) # a version goes, and comes back somewhere else as no version
		tag=$(git tag -l 'p*' | head -n 1)
		git tag -d "$tag" >/dev/null
		git tag -f "$tag" HEAD >/dev/null
		;;
	6) # another prompt's tag object under a name; a tag of a tag
		tag=$(git tag -l 'p*' | tail -n 1)
		git update-ref "refs/tags/p0/v9.$(($2 % 9000)).0" \
			"$(git rev-parse "$tag")"
		git cat-file tag "$tag" | sed "s/^object .*/object $(git \
			rev-parse "$tag")/; s/^type .*/type tag/" |
			git hash-object -t tag -w --stdin >../nested
		git update-ref "refs/tags/$tag" "$(cat ../nested)"
		;;
	7) # what was released is not on the branch any more
		git reset -q --hard HEAD~1
		;;
	8) git gc -q ;;
	9) # removed
		git rm -q --ignore-unmatch prompts/p3.yaml
		git diff --cached --quiet || git commit -qm "Remove $2"
		;;
	esac
}

it 'is equal to a scan of the tags, whatever happens to them' '
	seed=${PV_SEARCH_SEED:-7}
	for round in 1 2 3 4 5 6; do
		for turn in 1 2 3 4 5; do
			seed=$(((seed * 1103515245 + 12345) % 2147483648))
			happens $((seed / 65536 % 10)) $((seed / 655360))
		done
		equals
		case $round in
		2) rm .git/pv/git.db ;;
		3) git pv reindex -q ;;
		5) chmod a-w .git/pv .git/pv/git.db ;;
		6) chmod u+w .git/pv .git/pv/git.db ;;
		esac
	done
	[ $(git tag | wc -l) -gt 8 ]
'

it 'without what is remembered, and with what is damaged' '
	git pv reindex -q
	found w1 >../want
	[ -s ../want ]
	rm .git/pv/git.db
	found w1 >../got
	cmp_files ../want ../got
	[ ! -e .git/pv/git.db ]
	git pv reindex -q
	printf garbage | dd of=.git/pv/git.db bs=1 seek=9000 conv=notrunc 2>/dev/null
	found w1 >../got
	cmp_files ../want ../got
	echo none >.git/pv/git.db
	found w1 >../got
	cmp_files ../want ../got
'

it 'says what makes the first prompt where there is none' '
	new_repo ../none
	cd ../none
	git pv search word 2>../err >../out
	empty ../out
	has ../err "git pv new"
	same "[]" "$(git pv search --json word 2>../err)"
	text_prompt prompts/a.yaml
	git pv search word 2>../err
	has ../err "nothing found"
'

finish
