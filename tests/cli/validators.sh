# SPDX-License-Identifier: MIT
#
# Documents held against our schemas by more than one validator: our own, and
# those that PV_NODE_MODULES has or npm is asked for.

# find_npm NAME VERSION: sets NODE_PATH; false where the package cannot be had.
find_npm() {
	command -v node >/dev/null || return 1
	NODE_PATH=${PV_NODE_MODULES:-$SCRATCH/npm/node_modules}
	export NODE_PATH
	[ ! -d "$NODE_PATH/$1" ] || return 0
	command -v npm >/dev/null || return 1
	NODE_PATH=$SCRATCH/npm/node_modules
	timeout 120 npm install --silent --no-audit --no-fund \
		--prefix "$SCRATCH/npm" "$1@$2" >/dev/null 2>&1 || :
	[ -d "$NODE_PATH/$1" ]
}

find_ajv() {
	find_npm ajv 8.17.1
}

# fits_ours SCHEMA DOCUMENT: what git pv schema validate says; a document that
# ends in .jsonl is one a line.
fits_ours() {
	ours=$PROJECT/schemas/$1.schema.json
	case $2 in
	*.jsonl)
		while IFS= read -r ours_line; do
			printf '%s\n' "$ours_line" |
				git pv schema validate -q --schema "$ours" || return 1
		done <"$2"
		;;
	*) git pv schema validate -q --schema "$ours" --data "$2" ;;
	esac
}

# list_fits_ours LIST: each document of the list by ours.
list_fits_ours() {
	ours_status=0
	while IFS="$(printf '\t')" read -r ours_schema ours_file ours_name; do
		fits_ours "$ours_schema" "$ours_file" >"$SCRATCH/ours" || {
			printf '%s\n  %s\n' "$ours_name" "$ours_schema"
			cat "$SCRATCH/ours"
			ours_status=1
		}
	done <"$1"
	return $ours_status
}
