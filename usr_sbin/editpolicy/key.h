/* SPDX-License-Identifier: GPL-2.0 */
/* Keys, whatever terminal they come from: Unicode, control codes, and these. */
#ifndef KELLAS_KEY_H
#define KELLAS_KEY_H

enum key {
	K_TAB = '\t',
	K_ENTER = '\n',
	K_ESCAPE = 27,
	K_BACKSPACE = 127,
	K_UP = 0x110000,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_HOME,
	K_END,
	K_INSERT,
	K_DELETE,
	K_BACK_TAB,
	K_RESIZE, /* the window has another size */
	K_TICK,	  /* no key: a second has passed */
	K_MOUSE,
	K_PASTE,   /* no key: a text */
	K_UNKNOWN, /* one that has no name here */
	K_F1,
	K_F2,
	K_F3,
	K_F4,
	K_F5,
	K_F6,
	K_F7,
	K_F8,
	K_F9,
	K_F10,
	K_ALT = 0x200000, /* added to a key */
};

#define K_CTRL(letter) ((letter) & 0x1f)

#endif /* KELLAS_KEY_H */
