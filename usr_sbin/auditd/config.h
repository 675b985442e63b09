/* SPDX-License-Identifier: GPL-2.0 */
/* A whole configuration: its text, and the objects made of it. */
#ifndef KELLAS_CONFIG_H
#define KELLAS_CONFIG_H

#include "input.h"
#include "route.h"

/**
 * struct kl_settings - section "daemon"
 * @user: who the daemon becomes once it is set up; NULL: stays who it is
 * @position: where it notes how far each sink has got
 * @stat: where it writes its counters
 */
struct kl_settings {
	char *user;
	char *position;
	char *stat;
};

/** Keys of section "daemon", offsets in struct kl_settings. */
extern const struct kl_conf_key kl_settings_keys[];

/**
 * struct kl_inlet - an input and whether it was opened
 */
struct kl_inlet {
	struct kl_input *input;
	bool open;
};

/**
 * struct kl_config - a configuration
 * @source: its text
 * @conf: in sections
 * @settings: of section "daemon"
 * @inlets, @inlet_count: in the order of the file
 * @outlets, @outlet_count: the sinks, likewise
 * @routes, @route_count: likewise
 */
struct kl_config {
	struct kl_source source;
	struct kl_conf conf;
	struct kl_settings settings;
	struct kl_inlet *inlets;
	u32 inlet_count;
	struct kl_outlet *outlets;
	u32 outlet_count;
	struct kl_route *routes;
	u32 route_count;
};

/**
 * kl_config_read - read and check a configuration
 * @name: of the file
 *
 * Nothing is opened but that file. All that is wrong is said.
 *
 * Return: the configuration, or NULL.
 */
struct kl_config *kl_config_read(const char *name);

/** kl_config_free - its inputs and sinks are closed */
void kl_config_free(struct kl_config *config);

/**
 * kl_config_adopt - take over from @old what is open and has the same section
 *
 * They are exchanged: @old has those of @config afterwards, which are not
 * open. What is said of sections of @config stays true. Routes of the same
 * name go on counting.
 */
void kl_config_adopt(struct kl_config *config, struct kl_config *old);

/** kl_config_help - print all sections and their keys */
void kl_config_help(FILE *stream);

#endif /* KELLAS_CONFIG_H */
