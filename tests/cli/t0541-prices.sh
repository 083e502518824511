#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'costs come from a list of prices, or stay unknown'

new_repo "$TRASH/repo" >/dev/null 2>&1
(
	cd "$TRASH/repo" || exit 1
	printf 'Sort {{ ticket }}\n' | git pv new a
	printf 'tracking: {prices: lists/prices.json}\n' >pv.yaml
	mkdir lists
	printf '{"m": {"input_cost_per_token": 1.5e-7,
		"output_cost_per_token": 6e-7}}' >lists/prices.json
	git add .
	git commit -q -m Start
) >/dev/null 2>&1
cd "$TRASH/repo" || exit 1
blob=$(git rev-parse HEAD:lists/prices.json)
cd ..

it 'gives an execution the cost of its tokens, and says by which list' '
	cd repo
	git pv record --prompt a --model m --tokens-in 1000 --tokens-out 100 2>../err
	empty ../err
	same "0.00021 $blob" "$(git pv history list --json |
		jq -r ".[0] | \"\(.cost_usd) \(.prices)\"")"
'

it 'leaves a cost alone that is told' '
	cd repo
	git pv record --prompt a --model m --tokens-in 1000 --tokens-out 100 \
		--cost-usd 3
	same "3 null" "$(git pv history list -n 1 --json |
		jq -r ".[0] | \"\(.cost_usd) \(.prices)\"")"
'

it 'does not take an unknown price for none' '
	cd repo
	for i in 1 2 3; do
		printf "{\"prompt_id\":\"a\",\"model\":\"new\",\"tokens_in\":%d,\"tokens_out\":1}\n" $i
	done | git pv record --stdin >/dev/null 2>../err
	same 1 "$(grep -c "has no price of model \"new\"" ../err)"
	same "3.00021 3" "$(git pv cost --json |
		jq -r "\"\(.cost_usd.total) \(.unknown)\"")"
	same "new null 3" "$(git pv cost --by model --json | jq -r ".by[] |
		select(.model == \"new\") |
		\"\(.model) \(.cost_usd.total) \(.unknown)\"")"
	git pv cost >/dev/null 2>../err
	has ../err "the cost of 3 executions is not known"
'

it 'stamps the list that counted then' '
	cd repo
	printf "{\"new\": {\"input_cost_per_token\": 1, \"output_cost_per_token\": 1}}" \
		>lists/prices.json
	git pv record --prompt a --model new --tokens-in 1 --tokens-out 1 2>/dev/null
	same null "$(git pv history list -n 1 --json | jq ".[0].cost_usd")"
	git commit -q -m Prices lists/prices.json
	git pv record --prompt a --model new --tokens-in 1 --tokens-out 1
	same "2 $(git rev-parse HEAD:lists/prices.json)" \
		"$(git pv history list -n 1 --json |
			jq -r ".[0] | \"\(.cost_usd) \(.prices)\"")"
	same "$blob" "$(git pv history list --json |
		jq -r ".[-1].prices")"
'

it 'records without a list that cannot be read' '
	cd repo
	p() {
		printf "tracking: {prices: %s}\n" "$1" >pv.yaml
		git commit -q -m Path pv.yaml
		git pv record --prompt a --model m --tokens-in 1 --tokens-out 1 \
			2>../err
		has ../err "costs stay unknown"
		has ../err "$2"
		same null "$(git pv history list -n 1 --json | jq ".[0].cost_usd")"
	}
	p none.json none.json
	p ../rows.json "not a path inside"
	p pv.yaml "bad JSON: expected a value"
	p "[x]" "names no file"
'

# costs: of some models, once from the whole list and once from what is kept.
costs() {
	for model in m x/m other m; do
		git pv record --prompt a --model "${model#*/}" --tokens-in 7 \
			--tokens-out 3 $(case $model in
			x/*) echo "--provider x" ;;
			esac) 2>/dev/null
	done >/dev/null
	git pv history list -n 4 --json | jq -c "[.[].cost_usd, .[].prices]"
}

it 'keeps what it looked up, and says the same by it' '
	cd repo
	printf "{\"m\": {\"input_cost_per_token\": 1e-6, \"output_cost_per_token\": 3.3e-7},
		\"x/m\": {\"input_cost_per_token\": 5e-6, \"output_cost_per_token\": 1e-6}}" \
		>lists/prices.json
	printf "tracking: {prices: lists/prices.json}\n" >pv.yaml
	git commit -q -m More lists/prices.json pv.yaml
	rm -f .git/pv/prices.json
	costs >../want
	same "[\"m\",\"other\",\"x/m\"]" "$(jq -c "(.names | sort)" .git/pv/prices.json)"
	same "[\"m\",\"x/m\"]" "$(jq -c ".list | keys" .git/pv/prices.json)"
	same "[null,7990,38000,7990]" "$(jq -c "[.[1], .[0], .[2], .[3]] |
		map(if . then . * 1e9 | round else . end)" ../want)"
	cp .git/pv/prices.json ../kept
	costs >../got
	cmp_files ../want ../got
	cmp_files ../kept .git/pv/prices.json
	for ruin in "" "{" "[]" "{\"blob\":1}" "{\"blob\":\"$(git rev-parse \
		HEAD:lists/prices.json)\",\"names\":3,\"list\":[]}"; do
		echo "$ruin" >.git/pv/prices.json
		costs >../got
		cmp_files ../want ../got
	done
	printf "{\"m\": {\"input_cost_per_token\": 1, \"output_cost_per_token\": 1}}" \
		>lists/prices.json
	git commit -q -m Dear lists/prices.json
	same "[10,null,10,10]" "$(costs | jq -c ".[0:4]")"
'

finish
