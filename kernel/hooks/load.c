// SPDX-License-Identifier: GPL-2.0
/* Code that the kernel is to run: modules, and another kernel. */
#include <linux/fs.h>
#include <linux/kernel_read_file.h>
#include <linux/security.h>
#include <linux/string.h>
#include "../request.h"
#include "hooks.h"

/* Newer kernels tell a compressed one as "kernel-module-compressed". */
static bool is_module(enum kernel_read_file_id id)
{
	return strstarts(kernel_read_file_id_str(id), "kernel-module");
}

/* From a file. The initial ramdisk of another kernel comes with its image. */
int kl_hook_kernel_read_file(struct file *file, enum kernel_read_file_id id,
			     bool contents)
{
	if (is_module(id))
		return kl_check_path(KL_OP_MODULE_LOAD, &file->f_path);
	if (id == READING_KEXEC_IMAGE)
		return kl_check_path(KL_OP_KEXEC_LOAD, &file->f_path);
	return 0;
}

/* From the memory of a process, where it has neither name nor file. */
int kl_hook_kernel_load_data(enum kernel_load_data_id id, bool contents)
{
	if (id == LOADING_MODULE)
		return kl_check_plain(KL_OP_MODULE_LOAD);
	if (id == LOADING_KEXEC_IMAGE)
		return kl_check_plain(KL_OP_KEXEC_LOAD);
	return 0;
}

/* The kernel misses a module; modprobe, which it runs, will load a file. */
int kl_hook_kernel_module_request(char *kmod_name)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_MODULE_LOAD);
	kl_check_no_object(&check, 0);
	kl_check_text(&check, KL_SLOT_NAME, 0, kmod_name, strlen(kmod_name));
	return kl_check_once(&check);
}
