// SPDX-License-Identifier: GPL-2.0
/* Points in time as people type them. */
#include <time.h>

#include "moment.h"

#define SECOND 1000000ull
#define DAY (86400 * SECOND)

static u64 current(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * SECOND + time.tv_nsec / 1000;
}

/* One or two digits, or with @wide four. */
static bool read_number(const char **at, bool wide, int max, int *number)
{
	int digits = 0, value = 0;

	while (digits < (wide ? 4 : 2) && isdigit((unsigned char)**at)) {
		value = 10 * value + (*(*at)++ - '0');
		digits++;
	}
	*number = value;
	return digits && (!wide || digits == 4) && value <= max;
}

static bool read_date(const char **at, struct tm *tm)
{
	const char *p = *at;
	char separator;

	if (!read_number(&p, true, 9999, &tm->tm_year) || (*p != '-' && *p != '/'))
		return false;
	separator = *p++;
	if (!read_number(&p, false, 12, &tm->tm_mon) || *p++ != separator ||
	    !read_number(&p, false, 31, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	*at = p;
	return tm->tm_year >= 70 && tm->tm_mon >= 0 && tm->tm_mday > 0;
}

static bool read_fraction(const char **at, u64 *fraction)
{
	u64 unit = SECOND;

	*fraction = 0;
	if (**at != '.' && **at != ',')
		return true;
	if (!isdigit((unsigned char)*++*at))
		return false;
	for (; isdigit((unsigned char)**at); ++*at) {
		unit /= 10;
		*fraction += unit * (**at - '0');
	}
	return true;
}

static bool read_time(const char **at, struct tm *tm, u64 *fraction)
{
	if (!read_number(at, false, 23, &tm->tm_hour) || *(*at)++ != ':' ||
	    !read_number(at, false, 59, &tm->tm_min))
		return false;
	if (**at != ':')
		return true;
	++*at;
	return read_number(at, false, 59, &tm->tm_sec) && read_fraction(at, fraction);
}

static int parse_calendar(const char *text, u64 now, u64 *moment)
{
	const char *p = text;
	u64 fraction = 0, seconds;
	struct tm tm = { 0 }, check;
	bool date = read_date(&p, &tm), clock;

	if (!date)
		p = text;
	clock = !date || *p == ' ' || *p == 'T';
	p += date && clock;
	if (clock && !read_time(&p, &tm, &fraction))
		return -EINVAL;
	if (*p == 'Z')
		p++;
	if (*p)
		return -EINVAL;
	check = tm;
	seconds = date ? (u64)timegm(&check) : 0;
	/* There is no 30th of February. */
	if (date && (check.tm_mon != tm.tm_mon || check.tm_mday != tm.tm_mday))
		return -EINVAL;
	if (!date)
		seconds = tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	*moment = seconds * SECOND + fraction + (date ? 0 : now - now % DAY);
	return 0;
}

/* "15m": so long before now */
static int parse_ago(const char *text, u64 now, u64 *moment)
{
	static const struct {
		char unit;
		u64 seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	u64 number;
	char *end;
	size_t i;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || !*end || end[1])
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (units[i].unit == *end) {
			u64 most = now / SECOND / units[i].seconds;

			*moment = 0;
			if (number <= most)
				*moment = now - number * units[i].seconds * SECOND;
			return 0;
		}
	return -EINVAL;
}

int kl_moment_parse(const char *text, u64 *moment)
{
	u64 now = current();

	*moment = now;
	if (!strcmp(text, "now"))
		return 0;
	if (!strcmp(text, "today")) {
		*moment = now - now % DAY;
		return 0;
	}
	return parse_ago(text, now, moment) ? parse_calendar(text, now, moment) : 0;
}
