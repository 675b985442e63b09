// SPDX-License-Identifier: GPL-2.0
/* Seconds since the epoch to a date, in UTC. */
#include "print.h"

#define DAY 86400u
#define ERA_DAYS 146097u /* the calendar repeats in 400 years */
#define EPOCH_DAY 719468u /* 1970-01-01, counted from 0000-03-01 */

/*
 * Years are taken to begin on 1 March, so that a leap day ends its year and
 * the lengths of the months before it are always 31, 30, 31, 30, 31, ...
 */
size_t kl_format_time(u64 seconds, char *buffer)
{
	u32 second = seconds % DAY;
	u64 days = seconds / DAY + EPOCH_DAY;
	u64 era = days / ERA_DAYS;
	u32 day = days % ERA_DAYS;
	u32 year, month;

	/* Leap days within the era before this day do not make years. */
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= year * 365 + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	month = month < 10 ? month + 3 : month - 9;
	return snprintf(buffer, KL_TIME_TEXT_MAX,
			"%04llu/%02u/%02u %02u:%02u:%02u",
			(unsigned long long)(era * 400 + year + (month <= 2)),
			month, day + 1, second / 3600, second / 60 % 60,
			second % 60);
}
