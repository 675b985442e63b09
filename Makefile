# SPDX-License-Identifier: GPL-2.0-only
#
# make help tells the targets. Everything built goes below build/.

PREFIX  ?= /usr/local
KERNEL  ?=
ifneq ($(KERNEL),)
# Looked up (and fetched, if need be) once, by the first target that uses it.
KDIR     = $(eval KDIR := $(or $(shell tests/vm/kernel --print kdir $(KERNEL)),/no-such-kernel))$(KDIR)
# A command to build under, for kernels that this machine's compiler is too old for.
WITH     = $(eval WITH := $(shell tests/vm/kernel --print with $(KERNEL)))$(WITH)
else
KDIR    ?= /lib/modules/$(shell uname -r)/build
endif

# The module's sources are mirrored as symbolic links into a folder for each kernel, and built there:
# builds for several kernels live side by side, and the sources stay clean.
SRC      = kernel
RELEASE  = $(shell awk -F '"' '/UTS_RELEASE/ { print $$2 }' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
OBJ      = build/$(RELEASE)
KBUILD   = $(WITH) $(MAKE) -C $(KDIR) M=$(abspath $(OBJ))

.DEFAULT_GOAL := all
.PHONY: all help module tools try vm check check-debug soak operations bench fuzz style install clean mirror

all: module tools ## the module and the tools

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r target text; do printf '%-12s %s\n' "$$target" "$$text"; done

module: mirror ## kellas.ko for the running kernel, for KDIR=, or for Debian's KERNEL=6.12, 6.1 or 7.3
	+$(KBUILD) modules

mirror:
	@test -e $(KDIR)/include/generated/utsrelease.h || { echo "no kernel headers in $(KDIR):" \
		"install linux-headers-$$(uname -r), or give KDIR= or KERNEL=6.12" >&2; exit 1; }
	@mkdir -p $(OBJ)
	@find $(OBJ) -type l \( -xtype l -o ! -lname '$(abspath $(SRC))/*' \) -delete
	@cp -rsn $(abspath $(SRC))/. $(OBJ)

tools: ## kellasctl and its manual pages
	$(MAKE) -C usr_sbin

try: ## a guest with the module loaded, to try it out
	tests/try

vm: ## a shell in a guest, module and tools built; CMD='SCRIPT ARG…' runs that instead
	tests/deps build vm
	$(MAKE) -s module KERNEL=$(or $(KERNEL),6.12)
	$(MAKE) -s tools
	tests/vm/run $(CMD)

check: ## all tests; KERNELS="6.1 6.12 7.3" for those of all these kernels
	tests/check

check-debug: ## the tests in a kernel that reports use after free, leaks, bad locking (builds it)
	tests/check deps rig-debug module-debug guest-debug

soak: ## 1,000 cycles of unloading under load, on each of KERNELS= (hours)
	tests/check deps $(patsubst %,soak-%,$(or $(KERNELS),6.12 6.1))

bench: ## the figures of doc/performance.md, measured again
	tests/bench/run

fuzz: ## fuzz the engine for FUZZ_SECONDS=
	tests/deps fuzz
	$(MAKE) -C tests/fuzz fuzz

operations: tools ## doc/operations-table.md, from the tables of the module
	doc/operations-table

style: ## format and licence lines
	tests/style

install: module tools ## into DESTDIR, PREFIX (default /usr/local)
	+$(KBUILD) modules_install CONFIG_MODULE_SIG_ALL= $(if $(DESTDIR),INSTALL_MOD_PATH=$(abspath $(DESTDIR)))
	$(if $(DESTDIR),,depmod $(RELEASE))
	$(MAKE) -C usr_sbin install DESTDIR=$(if $(DESTDIR),$(abspath $(DESTDIR))) PREFIX=$(PREFIX)

clean: ## forget all that was built (not the cached kernels)
	rm -rf build
