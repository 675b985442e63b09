// SPDX-License-Identifier: GPL-2.0
/* Who does it: the attributes of current. */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/mm_types.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include "collect.h"

static void constant(struct kl_text *text, const char *value)
{
	text->data = value;
	text->length = strlen(value);
}

/* The initial user namespace numbers ids as the kernel does. */
void kl_collect_ids(struct kl_check *check)
{
	struct kl_request *request = &check->request;
	struct task_struct *task = check->subject;
	const struct cred *cred;

	rcu_read_lock();
	cred = check->cred ?: task == current ? current_cred() :
						__task_cred(task);

	kl_request_number(request, KL_SLOT_TASK_PID, task_tgid_vnr(task));
	kl_request_number(request, KL_SLOT_TASK_PPID,
			  task_ppid_nr_ns(task, task_active_pid_ns(task)));
	kl_request_number(request, KL_SLOT_TASK_UID, __kuid_val(cred->uid));
	kl_request_number(request, KL_SLOT_TASK_GID, __kgid_val(cred->gid));
	kl_request_number(request, KL_SLOT_TASK_EUID, __kuid_val(cred->euid));
	kl_request_number(request, KL_SLOT_TASK_EGID, __kgid_val(cred->egid));
	kl_request_number(request, KL_SLOT_TASK_SUID, __kuid_val(cred->suid));
	kl_request_number(request, KL_SLOT_TASK_SGID, __kgid_val(cred->sgid));
	kl_request_number(request, KL_SLOT_TASK_FSUID, __kuid_val(cred->fsuid));
	kl_request_number(request, KL_SLOT_TASK_FSGID, __kgid_val(cred->fsgid));
	rcu_read_unlock();
}

/* The path that the program has now; that at exec time needs task state. */
int kl_collect_exe(struct kl_check *check, bool may_sleep)
{
	struct file *file = NULL;
	int err = 0;

	if (current->flags & PF_KTHREAD) {
		constant(&check->exe, "<kernel>");
		goto present;
	}
	if (current->mm)
		file = kl_mm_exe_file(current->mm);
	if (!file) {
		constant(&check->exe, "<unknown>");
		goto present;
	}
	err = kl_path_name(check, &file->f_path, may_sleep, &check->exe);
	fput(file);
	if (err == -E2BIG) {
		kl_slot_add(check->request.unknown, KL_SLOT_TASK_EXE);
		return 0;
	}
	if (err)
		return err;
present:
	kl_request_text(&check->request, KL_SLOT_TASK_EXE, &check->exe);
	return 0;
}

/* Every task is in the initial domain until domains exist. */
void kl_collect_domain(struct kl_check *check)
{
	constant(&check->domain, "<kernel>");
	kl_request_text(&check->request, KL_SLOT_TASK_DOMAIN, &check->domain);
}
