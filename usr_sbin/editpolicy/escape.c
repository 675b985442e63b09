// SPDX-License-Identifier: GPL-2.0
/* What keys send. */
#include <string.h>

#include "escape.h"
#include "key.h"
#include "memory.h"

static const struct {
	const char *code;
	int key;
} keys[] = {
	{ "[A", K_UP },	      { "OA", K_UP },	  { "[B", K_DOWN },    { "OB", K_DOWN },
	{ "[C", K_RIGHT },    { "OC", K_RIGHT },  { "[D", K_LEFT },    { "OD", K_LEFT },
	{ "[H", K_HOME },     { "OH", K_HOME },	  { "[F", K_END },     { "OF", K_END },
	{ "[1~", K_HOME },    { "[7~", K_HOME },  { "[4~", K_END },    { "[8~", K_END },
	{ "[2~", K_INSERT },  { "[3~", K_DELETE }, { "[5~", K_PAGE_UP }, { "[6~", K_PAGE_DOWN },
	{ "[Z", K_BACK_TAB }, { "OM", K_ENTER },  { "OP", K_F1 },      { "OQ", K_F2 },
	{ "OR", K_F3 },	      { "OS", K_F4 },	  { "[11~", K_F1 },    { "[12~", K_F2 },
	{ "[13~", K_F3 },     { "[14~", K_F4 },	  { "[15~", K_F5 },    { "[17~", K_F6 },
	{ "[18~", K_F7 },     { "[19~", K_F8 },	  { "[20~", K_F9 },    { "[21~", K_F10 },
	{ "[[A", K_F1 },      { "[[B", K_F2 },	  { "[[C", K_F3 },     { "[[D", K_F4 },
	{ "[[E", K_F5 },
};

bool escape_begins(int character)
{
	return character == '[' || character == 'O';
}

bool escape_ends(const char *code)
{
	size_t length = strlen(code);
	/* The Linux console has two brackets for some. */
	size_t begin = code[0] == '[' && code[1] == '[' ? 2 : 1;

	return length + 1 >= ESCAPE_MAX ||
	       (length > begin && code[length - 1] >= '@' && code[length - 1] <= '~');
}

int escape_key(const char *code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].code, code))
			return keys[i].key;
	return K_UNKNOWN;
}
