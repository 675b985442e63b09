/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of /proc/kellas have in common. */
#ifndef KELLAS_PROC_H
#define KELLAS_PROC_H

#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include "compat.h"
#include "kellas.h"
#include "engine/print.h"

/**
 * struct kl_page - text made for a reader
 * @data: the text
 * @length: bytes of it
 * @room: bytes allocated
 */
struct kl_page {
	char *data;
	size_t length;
	size_t room;
};

void kl_page_release(struct kl_page *page);

/**
 * kl_page_write - append text; the write function of a struct kl_printer
 * @context: struct kl_page
 * Return: 0, -ENOMEM.
 */
int kl_page_write(void *context, const char *data, size_t length);

/** kl_page_printf - append formatted text, at most 512 bytes; 0, -ENOMEM */
__printf(2, 3)
int kl_page_printf(struct kl_page *page, const char *format, ...);

/**
 * kl_proc_get - may current have one of our files open? Take the reference on
 * the module that an open file holds, since proc_ops has no owner.
 * Return: 0, -EPERM, -ENODEV.
 */
int kl_proc_get(bool privileged);

/** kl_proc_put - the file is closed */
void kl_proc_put(void);

/** kl_proc_may - has current CAP_MAC_ADMIN in the initial user namespace? */
bool kl_proc_may(void);

/** kl_stat_print - the text of stat. Context: may sleep. 0, -ENOMEM. */
int kl_stat_print(struct kl_page *page);

/** kl_version_print - the text of version. Context: may sleep. 0, -ENOMEM. */
int kl_version_print(struct kl_page *page);

/** kl_processes_print - the text of processes. Context: may sleep. 0, -ENOMEM. */
int kl_processes_print(struct kl_page *page);

extern const struct proc_ops kl_policy_proc_ops;
extern const struct proc_ops kl_audit_proc_ops;
extern const struct proc_ops kl_query_proc_ops;
extern const struct proc_ops kl_self_domain_proc_ops;
extern const struct proc_ops kl_process_status_proc_ops;

#endif /* KELLAS_PROC_H */
