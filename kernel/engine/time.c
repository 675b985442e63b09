// SPDX-License-Identifier: GPL-2.0
/* Seconds since the epoch to a date, in UTC. */
#include "print.h"

#define DAY 86400u
#define ERA_DAYS 146097u /* the calendar repeats in 400 years */
#define EPOCH_DAY 719468u /* 1970-01-01, counted from 0000-03-01 */

/* Every record has a time: snprintf() would take a fifth of all its text does. */
static char *write_two(char *at, char before, u32 number)
{
	*at++ = before;
	*at++ = '0' + number / 10;
	*at++ = '0' + number % 10;
	return at;
}

static size_t write_year(char *at, u64 year)
{
	if (year > 9999)
		return snprintf(at, 16, "%llu", (unsigned long long)year);
	at[0] = '0' + year / 1000;
	at[1] = '0' + year / 100 % 10;
	at[2] = '0' + year / 10 % 10;
	at[3] = '0' + year % 10;
	return 4;
}

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
	char *at = buffer;

	/* Leap days within the era before this day do not make years. */
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= year * 365 + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	month = month < 10 ? month + 3 : month - 9;
	at += write_year(at, era * 400 + year + (month <= 2));
	at = write_two(at, '/', month);
	at = write_two(at, '/', day + 1);
	at = write_two(at, ' ', second / 3600);
	at = write_two(at, ':', second / 60 % 60);
	at = write_two(at, ':', second % 60);
	*at = '\0';
	return at - buffer;
}
