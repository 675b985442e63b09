// SPDX-License-Identifier: GPL-2.0
/* A point in time, as people write it. */
#include <time.h>

#include "moment.h"

/* Exactly @digits digits, or -1. */
static int take_number(const char **at, int digits)
{
	int number = 0;

	while (digits--) {
		if (!isdigit((unsigned char)**at))
			return -1;
		number = 10 * number + *(*at)++ - '0';
	}
	return number;
}

static bool take_one_of(const char **at, const char *characters)
{
	if (!**at || !strchr(characters, **at))
		return false;
	(*at)++;
	return true;
}

static bool take_date(const char **at, struct tm *tm)
{
	tm->tm_year = take_number(at, 4) - 1900;
	if (!take_one_of(at, "-/"))
		return false;
	tm->tm_mon = take_number(at, 2) - 1;
	if (!take_one_of(at, "-/"))
		return false;
	tm->tm_mday = take_number(at, 2);
	return tm->tm_year >= 70;
}

/* Up to six digits of a second. */
static u64 take_fraction(const char **at)
{
	u64 fraction = 0, unit = 100000;

	for (; isdigit((unsigned char)**at) && unit; unit /= 10)
		fraction += unit * (*(*at)++ - '0');
	return fraction;
}

static bool take_clock(const char **at, struct tm *tm, u64 *fraction)
{
	tm->tm_hour = take_number(at, 2);
	if (!take_one_of(at, ":"))
		return false;
	tm->tm_min = take_number(at, 2);
	if (take_one_of(at, ":"))
		tm->tm_sec = take_number(at, 2);
	if (take_one_of(at, ".,"))
		*fraction = take_fraction(at);
	return tm->tm_hour >= 0 && tm->tm_hour < 24 && tm->tm_min >= 0 &&
	       tm->tm_min < 60 && tm->tm_sec >= 0 && tm->tm_sec < 60;
}

int kl_moment_parse(const char *text, u64 *moment)
{
	struct tm tm = { 0 }, same;
	u64 fraction = 0;
	time_t seconds;

	if (!take_date(&text, &tm))
		return -EINVAL;
	if (take_one_of(&text, " T") && !take_clock(&text, &tm, &fraction))
		return -EINVAL;
	take_one_of(&text, "Z");
	if (*text)
		return -EINVAL;
	same = tm;
	seconds = timegm(&same);
	/* timegm() makes 31 April the first of May. */
	if (seconds < 0 || same.tm_mday != tm.tm_mday || same.tm_mon != tm.tm_mon)
		return -EINVAL;
	*moment = (u64)seconds * 1000000 + fraction;
	return 0;
}
