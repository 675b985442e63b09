/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the suite; each takes its arguments and runs its cases. */
#ifndef PARTS_H
#define PARTS_H

void part_operations(int argc, char **argv);
void part_controls(int argc, char **argv);
void part_attached(int argc, char **argv);
void part_pathnames(int argc, char **argv);
void part_programs(int argc, char **argv);
void part_policy(int argc, char **argv);
void part_log(int argc, char **argv);
void part_language(int argc, char **argv);
void part_query(int argc, char **argv);
void part_waiting(int argc, char **argv);
void part_linux_audit(int argc, char **argv);
void part_trial(int argc, char **argv);
void part_lock(int argc, char **argv);
void part_swap(int argc, char **argv);
void part_mounts(int argc, char **argv);
void part_mappings(int argc, char **argv);
void part_cycles(int argc, char **argv);
void part_domains(int argc, char **argv);
void part_task(int argc, char **argv);
void part_network(int argc, char **argv);
void part_signals(int argc, char **argv);
void part_capabilities(int argc, char **argv);
void part_traces(int argc, char **argv);
void part_credentials(int argc, char **argv);
void part_loads(int argc, char **argv);
void part_ends(int argc, char **argv);
void part_contexts(int argc, char **argv);

#endif
