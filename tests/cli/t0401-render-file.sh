#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lib.sh"
begin 'git pv render --file: bare templates, no repository'

mkdir d d/sub
echo '{"name": "<N>", "list": [1, 2]}' >ctx.json

# renders TEXT WANT OPTION...: a template, and what comes of it.
renders() {
	printf '%s' "$1" >t.j2
	printf '%s' "$2" >want
	shift 2
	git pv render --file t.j2 --vars ctx.json "$@" >out
	cmp_files want out
}

it 'renders with the defaults of Jinja2' '
	renders "Hi {{ name }}{{ nobody }}
" "Hi <N>"
	git pv render --file - --vars ctx.json <t.j2 >out
	cmp_files want out
	git pv render --file t.j2 --vars ctx.json --json >out
	json out "[.id, .version, .commit, .text, .missing]" \
		"[null,null,null,\"Hi <N>\",[]]"
'

it 'has the options of an environment' '
	renders "  {% if 1 %}
x
  {% endif %}
" "x
" --trim-blocks --lstrip-blocks
	renders "x
" "x
" --keep-trailing-newline
	renders "{{ name }}" "&lt;N&gt;" --autoescape
	renders "{{ a.b.c }}" "" --undefined chainable
	renders "{{ a }}" "{{ a }}" --undefined debug
	renders "{% generation %}{{ name|tojson }}{% endgeneration %}" \
		"\"<N>\"" --chat-template
	printf "one\n{{ a }}" >t.j2
	expect_failure 1 git pv render --file t.j2 --undefined strict 2>err
	is_error err "t.j2:2:4: missing variable \"a\""
'

it 'has tags of extensions when they are asked for' '
	for tag in do break continue trans; do
		printf "{%% for x in list %%}{%% $tag %%}{%% endfor %%}" >t.j2
		expect_failure 128 git pv render --file t.j2 --vars ctx.json \
			2>err
		is_error err "unknown tag"
	done
	renders "{% set x = [] %}{% do x.append(1) %}{{ x }}" "[1]" \
		--extension do
	renders "{% for x in list %}{% break %}{{ x }}{% endfor %}-" "-" \
		--extension jinja2.ext.loopcontrols
	renders "{% trans n=name %}<{{ n }}> 5%{% endtrans %}{{ _(name) }}" \
		"<&lt;N&gt;> 5%&lt;N&gt;" --extension i18n --autoescape
	renders "{{ gettext(\"%(a)s 5%%\", a=1) }}{% trans num=2 %}a{% pluralize %}{{ num }}{% endtrans %}" \
		"1 5%2" --extension i18n --extension do --newstyle-gettext
	renders "{% for x in list %}{% do x %}{% break %}{% generation %}{% endgeneration %}{% endfor %}-" \
		"-" --chat-template --extension do
	expect_failure 129 git pv render --file t.j2 --extension none 2>err
	is_error err "there is no extension \"none\""
	has err "extensions are do, loopcontrols and i18n"
'

it 'has the delimiters it is given' '
	renders "<% if 1 %>\${ name }<# x #>{{<% endif %>" "<N>{{" \
		--block-start "<%" --block-end "%>" --variable-start "\${" \
		--variable-end "}" --comment-start "<#" --comment-end "#>"
	renders "# for x in list:
\${ x } ## no
  # endfor
" "1
2
" --line-statement-prefix "#" --line-comment-prefix "##" \
		--variable-start "\${" --variable-end "}" \
		--keep-trailing-newline
	printf "[[ name ]" >d/sub/y.j2
	renders "[% include \"sub/y.j2\" %]" "<N>" --block-start "[%" \
		--block-end "%]" --variable-start "[[" --variable-end "]" \
		--search-path d
	renders "a
b{{ \"a b\"|wordwrap(1) }}" "a$(printf "\\r")
ba$(printf "\\r")
b" --newline-sequence crlf
	for opts in "--block-start {{" "--comment-start {{" \
		"--variable-start {% --block-start <%  --comment-start <%"; do
		expect_failure 128 git pv render --file t.j2 $opts 2>err
		is_error err "must start differently"
	done
	expect_failure 128 git pv render --file t.j2 --block-end "" 2>err
	is_error err "block_end_string is empty"
	for opts in "--block-start <%" "--line-comment-prefix ##" \
		"--newline-sequence cr" "--extension do" --newstyle-gettext; do
		expect_failure 129 git pv render x $opts 2>err
		is_error err "goes with --file"
	done
'

it 'includes from the folder, and from nowhere else' '
	printf "[{{ name }}]" >d/sub/x.j2
	renders "{% include \"sub/x.j2\" %}" "[<N>]" --search-path d
	renders "{% include \"sub\" ~ \"/x.j2\" %}" "[<N>]" --search-path d
	expect_failure 128 git pv render --file t.j2 2>err
	is_error err "--search-path DIR tells where templates are"
	echo secret >secret
	ln -s ../secret d/link
	ln -s sub/x.j2 d/inside
	ln -s "$PWD" d/up
	renders "{% include \"inside\" %}" "[<N>]" --search-path d
	for name in ../secret "$PWD/secret" sub/../../secret \
		sub/ "" sub/../sub/x.j2; do
		printf "{%% include \"%s\" %%}" "$name" >t.j2
		expect_failure 128 git pv render --file t.j2 --search-path d \
			>out 2>err
		is_error err "TemplateNotFound"
		empty out
	done
	for name in link up/secret; do
		printf "{%% include \"%s\" %%}" "$name" >t.j2
		expect_failure 128 git pv render --file t.j2 --search-path d \
			>out 2>err
		is_error err "is a link out of \"d\""
	done
	expect_failure 128 git pv render --file t.j2 --search-path none 2>err
	is_error err "\"none\" is no folder"
'

it 'renders rows' '
	printf "{\"n\": 1}\n{\"n\": 2}\n" >rows
	printf "{{ n * 2 }}" >t.j2
	git pv render --file t.j2 --vars rows --each >out
	same "[\"2\",\"4\"]" "$(jq -cs "[.[].text]" out)"
'

it 'stops what is hostile at a limit' '
	for text in "{% for i in range(10**9) %}{{ i }}{% endfor %}" \
		"{{ \"a\" * 10**9 }}" "{{ 9**(9**9) }}" \
		"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}" \
		"{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}" \
		"{% include \"self\" %}"; do
		printf "%s" "$text" >d/self
		expect_failure 128 git pv render --file d/self --search-path d \
			--json >out
		json out ".error.code" limit
	done
	rm d/self
'

it 'finds names in a folder as Jinja2 does, and only regular files' '
	mkdir -p names/sub
	printf in >names/in
	mkfifo names/fifo
	for name in in /in ./in in/ .//in; do
		printf "{%% include \"%s\" %%}" "$name" >t.j2
		git pv render --file t.j2 --search-path names >out
		grep -qx in out
	done
	for name in fifo sub . .. sub/../in "in\\0x" ""; do
		printf "{%% include \"%s\" ignore missing %%}-" "$name" >t.j2
		timeout 10 git pv render --file t.j2 --search-path names >out
		grep -qx -- - out
		printf "{%% set n = \"%s\" %%}{%% include n ignore missing %%}-" \
			"$name" >t.j2
		timeout 10 git pv render --file t.j2 --search-path names >out
		grep -qx -- - out
	done
'

it 'never prints what is no UTF-8' '
	printf "{{ x }}" >t.j2
	printf "{\"x\": \"\\\\ud800\"}" >v.json
	expect_failure 128 git pv render --file t.j2 --vars v.json >out 2>err
	empty out
	is_error err "UnicodeEncodeError"
	printf "{\"x\": \"\\\\ud83d\\\\ude00 \\355\\225\\234\"}" >v.json
	git pv render --file t.j2 --vars v.json >out
	grep -q "😀 한" out
'

it 'reads past a byte order mark' '
	printf "\\357\\273\\277{\"x\": 1}\\n" >v.json
	git pv render --file t.j2 --vars v.json >out
	grep -qx 1 out
	git pv render --file t.j2 --vars v.json --each >out
	json out ".text" 1
'

it 'shows the line that does not parse, and a caret' '
	printf "a\n{{ x | }} b\n" >t.j2
	expect_failure 128 git pv render --file t.j2 2>err
	is_error err "t.j2:2:8: TemplateSyntaxError: expected token"
	printf "{{ x | }} b\n       ^\n" >want
	sed -n 2,3p err >got
	cmp_files want got
'

it 'tells the whole of a message, whatever its length' '
	long=$(printf "%0300d" 0)
	printf "{{ raise_exception(\"a\\n$long\") }}" >t.j2
	expect_failure 128 git pv render --file t.j2 --chat-template --json >out
	json out "[.error.message]" "[\"TemplateError: a\\n$long\"]"
	expect_failure 128 git pv render --file t.j2 --chat-template 2>err
	is_error err "TemplateError: a $long"
	printf "{%% include \"$long\" %%}" >t.j2
	echo "{}" >rows
	expect_failure 1 git pv render --file t.j2 --vars rows --each >out
	json out ".error.message" "TemplateNotFound: $long"
	printf "{%% $long %%}" >t.j2
	expect_failure 128 git pv render --file t.j2 --json >out
	json out ".error.message" \
		"TemplateSyntaxError: tag name expected"
	printf "{%% x$long %%}" >t.j2
	expect_failure 128 git pv render --file t.j2 --json >out
	json out ".error.message|test(\"unknown tag .x$long.\\\\.\")" true
'

it 'takes variables of any size, and names a limit and its option' '
	python3 -c "print(\"{\\\"x\\\": [\" + \"[1,2,3],\" * 700000 + \"0]}\")" >big.json
	printf "{{ x|length }}\n" >t.j2
	git pv render --file t.j2 --vars big.json >out
	grep -qx 700001 out
	printf "{%% for i in range(2000000) %%}{%% endfor %%}" >t.j2
	expect_failure 128 git pv render --file t.j2 2>err
	is_error err "the limit of 1000000 items of loops was reached"
	has err "--limit items=N"
	git pv render --file t.j2 --limit items=3000000 --limit steps=9m >out
	expect_failure 128 git pv render --file t.j2 --limit steps=1k 2>err
	is_error err "the limit of 1024 steps of work was reached"
	has err "--limit steps=N"
	expect_failure 129 git pv render --file t.j2 --limit stops=1 2>err
	is_error err "there is no limit \"stops\""
	has err "steps"
	for wrong in items items= items=x items=-1 items=0 items=1z \
		items=99999999999999999999; do
		expect_failure 129 git pv render --file t.j2 --limit $wrong 2>err
		is_error err "takes NAME=N"
	done
'

it 'says what is wrong and what to do' '
	expect_failure 128 git pv render --file none 2>err
	is_error err "cannot open \"none\""
	expect_failure 129 git pv render x --file t.j2 2>err
	is_error err "takes the place of ID"
	expect_failure 129 git pv render --file - --vars - 2>err </dev/null
	is_error err "either the template or the variables"
	expect_failure 129 git pv render --file t.j2 --undefined lax 2>err
	is_error err "\"chainable\""
	printf "a\n{%% if %%}" >t.j2
	expect_failure 128 git pv render --file t.j2 2>err
	is_error err "t.j2:2:"
	expect_failure 128 git pv render x 2>err
	is_error err "not in a git repository"
'

finish
