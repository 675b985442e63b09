#compdef kellas-auditd
# SPDX-License-Identifier: GPL-2.0-only

_arguments -s \
	'(-c --config)'{-c+,--config=}'[another configuration]:configuration:_files' \
	'--check[check the configuration, and do nothing else]' \
	'--keys[list the sections of a configuration and their keys]' \
	'(-V --version)'{-V,--version}'[show the version]' \
	'(-h --help)'{-h,--help}'[help]'
