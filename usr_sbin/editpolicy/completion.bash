# SPDX-License-Identifier: GPL-2.0-only
# bash completion of kellas-editpolicy

_kellas_editpolicy() {
	local current=$2 previous=$3

	COMPREPLY=()
	# "=" is a word of its own.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD-2]}
	fi
	case $previous in
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current")
		return
		;;
	--log)
		;;
	*)
		if [[ $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '--live --readonly --decide --log=
				--keys --color= --no-mouse --version -V --help -h' -- "$current")
			[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
			return
		fi
		;;
	esac
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

complete -F _kellas_editpolicy kellas-editpolicy
