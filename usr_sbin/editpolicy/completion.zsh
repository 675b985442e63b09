#compdef kellas-editpolicy
# SPDX-License-Identifier: GPL-2.0-only

_arguments -s \
	'(1)--live[edit the running policy; nothing takes effect by itself]' \
	'--readonly[look only]' \
	'--decide[answer what the running policy denies]' \
	'*--log=[show the records of this log]:log:_files' \
	'(- 1)--keys[print the keys, and end]' \
	'--color=[colours]:when:(auto always never)' \
	'--no-mouse[leave the mouse to the terminal]' \
	'(- 1)'{-V,--version}'[show the version]' \
	'(- 1)'{-h,--help}'[help]' \
	'(--live)1:policy:_files'
