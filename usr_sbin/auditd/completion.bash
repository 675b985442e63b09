# SPDX-License-Identifier: GPL-2.0-only
# bash completion of kellas-auditd

_kellas_auditd() {
	local current=$2 previous=$3

	COMPREPLY=()
	# "=" is a word of its own.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD-2]}
	fi
	case $previous in
	-c|--config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '--config= --check --keys --version --help
			-c -V -h' -- "$current")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
		;;
	esac
}

complete -F _kellas_auditd kellas-auditd
