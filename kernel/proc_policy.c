// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/kellas/policy: the policy as text, and changes of it.
 *
 * Reading gives the policy in canonical form, or, after a write that failed,
 * "LINE:COLUMN: message" until the next write. Lines count from 1 since the
 * open, or from the line behind "begin". lseek(0, SEEK_SET) reads anew.
 *
 * Writing takes whole lines; a partial last line waits for its rest, and is
 * dropped by close(). Outside begin ... commit the lines of one write() take
 * effect together or, if one of them is wrong, not at all. They may be
 * published up to 10 ms later; close(), a read and a commit do not wait.
 *
 * begin [replace] [force], commit and abort are transactions. A line that is
 * wrong poisons one: that write fails with EINVAL, later ones with ECANCELED,
 * commit too; commit and abort end it. commit fails with EAGAIN, and ends the
 * transaction, if somebody else changed the policy since begin without force.
 * close() drops it. detach empties the policy and detaches everything, so that
 * the module can be unloaded; the next change attaches again. lock forbids all
 * changes (EPERM), detach and unloading until reboot.
 *
 * commit confirm=SECONDS is taken back by itself, whatever becomes of the file,
 * unless "confirm" is written before SECONDS of the boot-time clock have passed;
 * until then every change, detach and lock fail with EBUSY. "revert" takes it
 * back at once. A write() of either word and a newline alone needs no leave of
 * modify_policy blocks, which are new.
 *
 * If changes were published later and that failed, they are taken back; then
 * the text of the policy begins with a comment that says so, until the next
 * change.
 *
 * Q=N selects the block that query N is about (/proc/kellas/query), as its acl
 * line would; then a read gives "# Q=N" and that block alone, or only the first
 * if there is no such query or block, until another block is selected.
 *
 * A write() ends at such a command: it returns how much it took, and what
 * follows is for the next write(), as with any short write. Likewise it ends
 * before a begin that follows other statements. So nothing that an error
 * reports as failed has half taken effect.
 *
 * Each write() needs CAP_MAC_ADMIN in the initial user namespace, and the leave
 * of the modify_policy blocks (EPERM).
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "engine/lex.h"
#include "engine/parse.h"
#include "proc.h"
#include "query.h"
#include "request.h"

#define PIECE_SIZE	(64u << 10)

/**
 * struct editor - an open policy
 * @lock: serialises reads and writes
 * @piece: part of what is being written; PIECE_SIZE bytes
 * @tail: beginning of a line whose end has not been written yet
 * @head: the last acl or rule_group line, to select it again in the next write
 * @parser: state between lines
 * @batch: statements read but not applied
 * @bytes: read into @batch
 * @injected: how often @head was put into @batch
 * @reselect: @head is not what the last acl line of @batch selects
 * @shown: a read gives the block of @query alone
 * @query: serial number of the query that selected it
 * @shown_op: its operation
 * @shown_hits: its counters, a reference; NULL: there is no such query
 * @transaction: between begin and its end
 * @force: it was begun by force
 * @poisoned: it had an error
 * @generation: of the policy at begin
 * @failed: @error is what a read returns
 * @error: why the last write failed
 * @answer: what is being read
 * @answered: @answer was made
 * @position: how much of it was read
 */
struct editor {
	struct mutex lock;
	char *piece;
	struct kl_page tail;
	struct kl_page head;
	struct kl_parser parser;
	struct kl_batch batch;
	size_t bytes;
	u32 injected;
	bool reselect;
	bool shown;
	u32 query;
	enum kl_op shown_op;
	struct kl_hits *shown_hits;
	bool transaction;
	bool force;
	bool poisoned;
	u64 generation;
	bool failed;
	struct kl_error error;
	struct kl_page answer;
	bool answered;
	size_t position;
};

/* What to do with a line, if it is no error. */
enum { GO_ON, STOP_AFTER, STOP_BEFORE };

static int refuse(struct editor *editor, int err, u32 column, const char *text)
{
	editor->error.line = editor->parser.line;
	editor->error.column = column;
	strscpy(editor->error.text, text, sizeof(editor->error.text));
	return err;
}

static void drop_batch(struct editor *editor)
{
	kl_batch_release(&editor->batch);
	kl_batch_init(&editor->batch);
	editor->bytes = 0;
	editor->injected = 0;
}

static void end_transaction(struct editor *editor)
{
	drop_batch(editor);
	editor->transaction = false;
	editor->poisoned = false;
}

/* After an error: nothing of this write, or of the transaction, remains. */
static void fail(struct editor *editor, int err)
{
	if (!editor->error.line)
		editor->error.line = max(editor->parser.line, 1u);
	if (!editor->error.column)
		editor->error.column = 1;
	if (!editor->error.text[0])
		snprintf(editor->error.text, sizeof(editor->error.text),
			 err == -ENOMEM ? "out of memory" : "error %d", -err);
	editor->failed = true;
	editor->poisoned = editor->transaction;
	editor->tail.length = 0;
	editor->parser.in_block = false;
	drop_batch(editor);
}

static int commit_batch(struct editor *editor, bool at_once, u32 confirm)
{
	int err;

	memset(&editor->error, 0, sizeof(editor->error));
	err = kl_core_commit(&editor->batch, at_once, confirm, &editor->error);
	if (!err)
		kellas.core.model.updates -= editor->injected;
	return err;
}

static int begin(struct editor *editor, const struct kl_statement *statement)
{
	if (editor->transaction)
		return refuse(editor, -EINVAL, statement->column,
			      "begin within a transaction; expected commit or abort before it");
	if (editor->batch.count) {
		editor->parser.line--;
		return STOP_BEFORE;
	}
	drop_batch(editor);
	editor->batch.replace = statement->replace;
	editor->transaction = true;
	editor->force = statement->force;
	editor->generation = kellas.core.model.generation;
	kl_parser_init(&editor->parser, &kellas.core.model.strings);
	return GO_ON;
}

static int commit(struct editor *editor, const struct kl_statement *statement)
{
	int err;

	if (!editor->transaction)
		return refuse(editor, -EINVAL, statement->column,
			      "commit without begin");
	if (!editor->force &&
	    editor->generation != kellas.core.model.generation)
		err = refuse(editor, -EAGAIN, statement->column,
			     "the policy was changed by somebody else since begin");
	else
		err = commit_batch(editor, true, statement->confirm);
	end_transaction(editor);
	return err ?: STOP_AFTER;
}

/* confirm, revert, lock, detach: what they do is no part of any transaction. */
static int control(struct editor *editor, const struct kl_statement *statement,
		   int (*run)(struct kl_error *error))
{
	int err;

	if (editor->transaction)
		return refuse(editor, -EINVAL, statement->column,
			      "this command within a transaction; expected commit or abort before it");
	if (editor->batch.count) {
		editor->parser.line--;
		return STOP_BEFORE;
	}
	memset(&editor->error, 0, sizeof(editor->error));
	err = run(&editor->error);
	return err ?: STOP_AFTER;
}

static int command(struct editor *editor, const struct kl_statement *statement)
{
	switch (statement->kind) {
	case KL_STATEMENT_BEGIN:
		return begin(editor, statement);
	case KL_STATEMENT_COMMIT:
		return commit(editor, statement);
	case KL_STATEMENT_CONFIRM:
		return control(editor, statement, kl_core_confirm);
	case KL_STATEMENT_REVERT:
		return control(editor, statement, kl_core_revert);
	case KL_STATEMENT_LOCK:
		return control(editor, statement, kl_core_lock);
	case KL_STATEMENT_DETACH:
		return control(editor, statement, kl_core_detach);
	default:
		if (!editor->transaction)
			return refuse(editor, -EINVAL, statement->column,
				      "abort without begin");
		end_transaction(editor);
		return STOP_AFTER;
	}
}

static int check_supported(struct editor *editor,
			   const struct kl_statement *statement)
{
	char text[160];

	if (statement->delete || statement->in_group ||
	    (statement->kind != KL_STATEMENT_ACL &&
	     statement->kind != KL_STATEMENT_RULE))
		return 0;
	if (kl_core_supports(statement->op))
		return 0;
	snprintf(text, sizeof(text),
		 "operation \"%s\" is not attached in this build",
		 kl_op_table[statement->op].keyword);
	return refuse(editor, -EINVAL, statement->column, text);
}

/* A batch that begins within a block has to name it: the line is read again. */
static int inject_head(struct editor *editor)
{
	struct kl_text line = { editor->head.data, editor->head.length };
	struct kl_parser parser = editor->parser;
	struct kl_statement statement;
	int err;

	err = kl_parse_line(&parser, line, &statement, &editor->error);
	if (err)
		return err;
	err = kl_batch_add(&editor->batch, &statement);
	if (err)
		kl_statement_release(&statement);
	if (!err)
		editor->injected++;
	editor->reselect = false;
	return err;
}

static int keep_head(struct editor *editor, struct kl_text line)
{
	editor->head.length = 0;
	editor->reselect = false;
	return kl_page_write(&editor->head, line.data, line.length);
}

static int add_statement(struct editor *editor, struct kl_statement *statement,
			 struct kl_text line)
{
	int err = check_supported(editor, statement);

	if (err)
		return err;
	switch (statement->kind) {
	case KL_STATEMENT_ACL:
	case KL_STATEMENT_RULE_GROUP:
		if (!statement->delete)
			err = keep_head(editor, line);
		break;
	case KL_STATEMENT_RULE:
	case KL_STATEMENT_AUDIT:
	case KL_STATEMENT_LABEL:
	case KL_STATEMENT_PERMISSIVE:
		if (!editor->batch.count || editor->reselect)
			err = inject_head(editor);
		break;
	}
	return err ?: kl_batch_add(&editor->batch, statement);
}

/* [PRIORITY] Q=SERIAL. Return: is it that? */
static bool is_query_line(struct kl_text line, u32 *serial)
{
	struct kl_lexer lexer;
	struct kl_word word;
	u64 number;

	kl_lexer_init(&lexer, line);
	if (!kl_lexer_next(&lexer, &word))
		return false;
	if (!kl_text_decimal(word.text, KL_PRIORITY_MAX, &number) &&
	    !kl_lexer_next(&lexer, &word))
		return false;
	if (!kl_text_begins(word.text, "Q=") ||
	    kl_text_decimal(kl_text_from(word.text, 2), U32_MAX, &number))
		return false;
	*serial = number;
	return !kl_lexer_next(&lexer, &word);
}

/* The block of @shown_hits, or NULL if it is no longer in the policy. */
static const struct kl_block *shown_block(const struct editor *editor)
{
	const struct list_head *blocks =
		&kellas.core.model.blocks[editor->shown_op];
	const struct kl_rule *rule;

	list_for_each_entry(rule, blocks, list)
		if (rule->hits == editor->shown_hits)
			return rule->block;
	return NULL;
}

static void show_all(struct editor *editor)
{
	kl_hits_put(editor->shown_hits);
	editor->shown_hits = NULL;
	editor->shown = false;
}

static int select_query(struct editor *editor, u32 serial)
{
	const struct kl_printer printer = { kl_page_write, &editor->head };
	const struct kl_block *block = NULL;
	int err;

	show_all(editor);
	editor->parser.line++;
	editor->parser.in_block = false;
	editor->query = serial;
	editor->shown = true;
	editor->shown_hits = kl_query_block(serial, &editor->shown_op);
	if (editor->shown_hits)
		block = shown_block(editor);
	if (!block)
		return GO_ON;
	editor->head.length = 0;
	err = kl_print_rule(&printer, &block->rule);
	if (err)
		return err;
	editor->parser.in_block = true;
	editor->parser.op = editor->shown_op;
	editor->reselect = true;
	return GO_ON;
}

/* Of a poisoned transaction only the end matters. */
static int skip_line(struct editor *editor, const struct kl_statement *statement)
{
	if (statement->kind == KL_STATEMENT_COMMIT) {
		end_transaction(editor);
		return -ECANCELED;
	}
	if (statement->kind != KL_STATEMENT_ABORT)
		return GO_ON;
	end_transaction(editor);
	editor->failed = false;
	return STOP_AFTER;
}

static int take_line(struct editor *editor, struct kl_text line)
{
	struct kl_statement statement;
	struct kl_error ignored;
	u32 serial;
	int err;

	if (!editor->poisoned && is_query_line(line, &serial))
		return select_query(editor, serial);
	if (editor->poisoned) {
		if (kl_parse_line(&editor->parser, line, &statement, &ignored))
			return GO_ON;
		err = skip_line(editor, &statement);
		kl_statement_release(&statement);
		return err;
	}
	err = kl_parse_line(&editor->parser, line, &statement, &editor->error);
	if (err)
		return err;
	if (!editor->parser.in_block || statement.kind == KL_STATEMENT_ACL)
		show_all(editor);
	editor->bytes += line.length + 1;
	if (editor->bytes > KL_TRANSACTION_MAX)
		err = refuse(editor, -E2BIG, 1, "the transaction is too long");
	else if (statement.kind >= KL_STATEMENT_BEGIN)
		err = command(editor, &statement);
	else if (statement.kind != KL_STATEMENT_EMPTY)
		err = add_statement(editor, &statement, line);
	kl_statement_release(&statement);
	return err;
}

static int keep_tail(struct editor *editor, const char *data, size_t length)
{
	if (editor->tail.length + length > KL_LINE_MAX) {
		editor->parser.line++;
		return refuse(editor, -E2BIG, KL_LINE_MAX + 1,
			      "the line is too long");
	}
	return kl_page_write(&editor->tail, data, length);
}

/* A line that ends here; it may have begun in an earlier piece. */
static int end_line(struct editor *editor, const char *data, size_t length)
{
	size_t before = editor->tail.length;
	struct kl_text line = { data, length };
	int what;

	if (!before)
		return take_line(editor, line);
	what = keep_tail(editor, data, length);
	if (what)
		return what;
	line = (struct kl_text){ editor->tail.data, editor->tail.length };
	what = take_line(editor, line);
	editor->tail.length = what == STOP_BEFORE ? before : 0;
	return what;
}

/*
 * Reads a piece.
 * Return: bytes taken, or an error. @stop: no more in this write.
 */
static ssize_t take_piece(struct editor *editor, size_t length, bool *stop)
{
	size_t taken = 0, part;
	const char *newline;
	int what;

	while (taken < length && !*stop) {
		newline = memchr(editor->piece + taken, '\n', length - taken);
		if (!newline) {
			what = keep_tail(editor, editor->piece + taken,
					 length - taken);
			return what ?: (ssize_t)length;
		}
		part = newline - (editor->piece + taken);
		what = end_line(editor, editor->piece + taken, part);
		if (what < 0)
			return what;
		*stop = what != GO_ON;
		if (what != STOP_BEFORE)
			taken += part + 1;
	}
	return taken;
}

/* What is complete outside a transaction takes effect together. */
static int end_write(struct editor *editor)
{
	int err = 0;

	if (editor->poisoned)
		return -ECANCELED;
	if (!editor->transaction && editor->batch.count) {
		err = commit_batch(editor, false, 0);
		drop_batch(editor);
	}
	return err;
}

static ssize_t take_pieces(struct editor *editor, const char __user *buffer,
			   size_t size)
{
	bool stop = false;
	ssize_t taken = 0;
	size_t done;

	for (done = 0; done < size && !stop; done += taken) {
		size_t length = min_t(size_t, size - done, PIECE_SIZE);

		if (copy_from_user(editor->piece, buffer + done, length))
			return -EFAULT;
		if (fatal_signal_pending(current))
			return -EINTR;
		mutex_lock(&kellas.core.lock);
		taken = take_piece(editor, length, &stop);
		mutex_unlock(&kellas.core.lock);
		if (taken < 0)
			return taken;
	}
	return done;
}

/* Return: bytes taken, or an error after which nothing has taken effect. */
static ssize_t take_write(struct editor *editor, const char __user *buffer,
			  size_t size)
{
	ssize_t done = take_pieces(editor, buffer, size);
	int err;

	mutex_lock(&kellas.core.lock);
	err = done < 0 ? done : end_write(editor);
	/* Of a poisoned transaction the first error is told. */
	if (err < 0 && err != -ECANCELED)
		fail(editor, err);
	mutex_unlock(&kellas.core.lock);
	return err < 0 ? err : done;
}

/**
 * struct verdict - a word on a commit that waits; the policy that it brought
 *	cannot forbid it
 * @line: the whole write
 * @run: does it
 */
static const struct verdict {
	const char *line;
	int (*run)(struct kl_error *error);
} verdicts[] = {
	{ "confirm\n", kl_core_confirm },
	{ "revert\n", kl_core_revert },
};

/* Is the whole write such a word? It is not looked at again. */
static const struct verdict *find_verdict(const char __user *buffer,
					  size_t size)
{
	char word[sizeof("confirm\n")] = "";
	unsigned int i;

	if (size >= sizeof(word) || copy_from_user(word, buffer, size))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (size == strlen(verdicts[i].line) &&
		    !strcmp(word, verdicts[i].line))
			return &verdicts[i];
	return NULL;
}

/* Return: as take_write(). */
static ssize_t take_verdict(struct editor *editor,
			    const struct verdict *verdict)
{
	int err;

	if (editor->poisoned)
		return -ECANCELED;
	editor->parser.line++;
	mutex_lock(&kellas.core.lock);
	if (editor->transaction || editor->tail.length)
		err = refuse(editor, -EINVAL, 1,
			     "this command within a transaction or a line; expected it alone");
	else
		err = verdict->run(&editor->error);
	if (err)
		fail(editor, err);
	mutex_unlock(&kellas.core.lock);
	return err ?: (ssize_t)strlen(verdict->line);
}

static ssize_t policy_write(struct file *file, const char __user *buffer,
			    size_t size, loff_t *position)
{
	struct editor *editor = file->private_data;
	const struct verdict *verdict = find_verdict(buffer, size);
	ssize_t done;
	int err;

	if (!kl_proc_may())
		return -EPERM;
	err = verdict ? 0 : kl_check_policy_write();
	if (err)
		return err;
	if (mutex_lock_killable(&editor->lock))
		return -EINTR;
	kl_page_release(&editor->answer);
	editor->answered = false;
	editor->position = 0;
	if (!editor->poisoned) {
		editor->failed = false;
		memset(&editor->error, 0, sizeof(editor->error));
	}
	done = verdict ? take_verdict(editor, verdict) :
			 take_write(editor, buffer, size);
	mutex_unlock(&editor->lock);
	return done;
}

static int print_shown(const struct editor *editor, struct kl_page *page)
{
	const struct kl_printer printer = { kl_page_write, page };
	const struct kl_block *block = NULL;
	struct kl_error error = {};
	int err;

	err = kl_page_printf(page, "# Q=%u\n", editor->query);
	if (err)
		return err;
	if (mutex_lock_killable(&kellas.core.lock))
		return -EINTR;
	kl_core_flush(&error);
	if (editor->shown_hits)
		block = shown_block(editor);
	if (block)
		err = kl_print_block(&printer, block);
	mutex_unlock(&kellas.core.lock);
	return err;
}

/* Whoever wrote them may have gone before that happened. */
static int print_failure(struct kl_page *page)
{
	const struct kl_core *core = &kellas.core;
	char time[KL_TIME_TEXT_MAX];

	if (!core->failure.text[0])
		return 0;
	kl_format_time(core->failed_at, time);
	return kl_page_printf(page, "# changes were taken back at %s: %s\n",
			      time, core->failure.text);
}

static int print_policy(struct kl_page *page)
{
	const struct kl_printer printer = { kl_page_write, page };
	struct kl_print_stat stat = {};
	struct kl_ring_stat ring;
	struct kl_query_stat queries;
	struct kl_error error = {};
	int err;

	if (mutex_lock_killable(&kellas.core.lock))
		return -EINTR;
	/* A failure has taken changes back: what remains is the policy. */
	kl_core_flush(&error);
	kl_ring_stat(kellas.log.ring, &ring);
	stat.denied = kl_counter_read(&kellas.core.denied);
	stat.denied_at = kl_counter_read(&kellas.core.denied_at);
	stat.updated_at = kellas.core.updated_at;
	stat.memory[KL_MEMORY_POLICY] = kl_core_memory();
	stat.memory[KL_MEMORY_AUDIT] = ring.used;
	kl_query_stat(&queries);
	stat.memory[KL_MEMORY_QUERY] = queries.memory;
	err = print_failure(page);
	if (!err)
		err = kl_print_policy(&printer, &kellas.core.model, &stat);
	mutex_unlock(&kellas.core.lock);
	return err;
}

static int answer(struct editor *editor)
{
	const struct kl_error *error = &editor->error;
	int err;

	if (editor->answered)
		return 0;
	if (editor->failed)
		err = kl_page_printf(&editor->answer, "%u:%u: %s\n",
				     error->line, error->column, error->text);
	else if (editor->shown)
		err = print_shown(editor, &editor->answer);
	else
		err = print_policy(&editor->answer);
	if (err)
		kl_page_release(&editor->answer);
	editor->answered = !err;
	return err;
}

static ssize_t policy_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *position)
{
	struct editor *editor = file->private_data;
	size_t rest;
	ssize_t done;

	if (mutex_lock_killable(&editor->lock))
		return -EINTR;
	done = answer(editor);
	if (done)
		goto unlock;
	rest = editor->answer.length - editor->position;
	done = min(size, rest);
	if (copy_to_user(buffer, editor->answer.data + editor->position, done))
		done = -EFAULT;
	else
		editor->position += done;
unlock:
	mutex_unlock(&editor->lock);
	return done;
}

static loff_t policy_lseek(struct file *file, loff_t offset, int whence)
{
	struct editor *editor = file->private_data;

	if (whence != SEEK_SET || offset)
		return -ESPIPE;
	mutex_lock(&editor->lock);
	kl_page_release(&editor->answer);
	editor->answered = false;
	editor->position = 0;
	mutex_unlock(&editor->lock);
	return 0;
}

static int policy_open(struct inode *inode, struct file *file)
{
	struct editor *editor;
	int err = kl_proc_get(true);

	if (err)
		return err;
	editor = kvzalloc(sizeof(*editor), GFP_KERNEL_ACCOUNT);
	if (!editor)
		goto put;
	mutex_init(&editor->lock);
	kl_batch_init(&editor->batch);
	kl_parser_init(&editor->parser, &kellas.core.model.strings);
	if (file->f_mode & FMODE_WRITE) {
		editor->piece = kvmalloc(PIECE_SIZE, GFP_KERNEL_ACCOUNT);
		if (!editor->piece)
			goto free;
	}
	file->private_data = editor;
	return 0;

free:
	kvfree(editor);
put:
	kl_proc_put();
	return -ENOMEM;
}

/* An open transaction is dropped; what was applied is published now. */
static int policy_release(struct inode *inode, struct file *file)
{
	struct editor *editor = file->private_data;
	struct kl_error error = {};

	mutex_lock(&kellas.core.lock);
	kl_batch_release(&editor->batch);
	show_all(editor);
	if (file->f_mode & FMODE_WRITE)
		kl_core_flush(&error);
	mutex_unlock(&kellas.core.lock);
	kl_page_release(&editor->answer);
	kl_page_release(&editor->head);
	kl_page_release(&editor->tail);
	kvfree(editor->piece);
	kvfree(editor);
	kl_proc_put();
	return 0;
}

const struct proc_ops kl_policy_proc_ops = {
	.proc_open = policy_open,
	.proc_read = policy_read,
	.proc_write = policy_write,
	.proc_lseek = policy_lseek,
	.proc_release = policy_release,
};
