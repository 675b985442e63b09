/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which line goes where: routes in order, conditions in the policy language.
 *
 * What says that something is missing must not go missing: loss records, records
 * that could not be parsed and the daemon's own lines pass every condition but
 * source=, and no route keeps them from the next one. But what is said of senders
 * of netconsole is routed as their lines are: anybody can cause it.
 */
#ifndef KELLAS_ROUTE_H
#define KELLAS_ROUTE_H

#include "outlet.h"

struct kl_route_test;

/**
 * struct kl_route - one route
 * @name: of its section
 * @place: of its section
 * @match, @unless, @to, @stop, @go_on: values of its keys
 * @tests, @count: @match and then @unless, compiled
 * @outlets: the sinks of @to
 * @outlet_count: number of @outlets
 * @taken: lines
 */
struct kl_route {
	char *name;
	struct kl_conf_place place;
	struct kl_conf_list match, unless, to;
	bool stop, go_on;
	struct kl_route_test *tests;
	u32 count;
	struct kl_outlet **outlets;
	u32 outlet_count;
	u64 taken;
};

/** Keys of a route, offsets in struct kl_route. */
extern const struct kl_conf_key kl_route_keys[];

/** The word of "to" that is no sink: what goes there is kept nowhere. */
#define KL_ROUTE_NONE "none"

/**
 * kl_route_check - compile the conditions, find the sinks
 * @outlets: all there are
 *
 * Return: 0, or -EINVAL, all that is wrong being said.
 */
int kl_route_check(struct kl_route *route, struct kl_outlet *outlets, u32 count);

/** kl_route_free - what kl_route_check() made; not the values of the keys */
void kl_route_free(struct kl_route *route);

/**
 * kl_route_reads_facts - does it look at more of a record than its head?
 *
 * For a condition, or because one of its sinks wants another format than text.
 */
bool kl_route_reads_facts(const struct kl_route *route);

/** kl_route_takes - do the conditions hold? */
bool kl_route_takes(const struct kl_route *route, const struct kl_entry *entry);

/**
 * kl_routes_give - give a line to all routes that it reaches
 * @stamp: differs from that of any line before
 *
 * Return: whether any route took it.
 */
bool kl_routes_give(struct kl_route *routes, u32 count, const struct kl_entry *entry,
		    u64 stamp);

#endif /* KELLAS_ROUTE_H */
