/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws the report from its data. Whatever comes from the log becomes text of a node, never
 * markup. What is chosen stands behind the '#' of the address: it can be kept as a bookmark,
 * and the way back is the browser's.
 */
"use strict";

(() => {
const PAGE = 50; /* records on a page */
const TOP = 10; /* rows of a table before "more" */
const MORE = 500; /* rows behind it */
const TREE_ROWS = 60; /* processes unfolded at first */
const TREE_MAX = 1000; /* and at most */
const OBJECTS = 8; /* objects of a process before "more" */
const BUCKETS = 120;
const STRIDE = 8; /* numbers of a deed */
const CLASSES = ["denied", "unenforced", "unmatched", "allowed"];
const CLASS_NAMES = {
	denied: "denied", unenforced: "not enforced", unmatched: "unmatched", allowed: "allowed",
};
const RESULTS = ["unmatched", "allowed", "denied"];
const KINDS = {
	execute: "executed", read: "read", write: "wrote", connect: "talked to", other: "also",
};
const DENIALS = { denied: "was denied", unenforced: "would be denied" };
const UNENFORCED = 4, CHECK = 8; /* flags of a deed's result */
const RECONSTRUCTED = 1, ORPHAN = 2, BARE = 4; /* of a process's origin */

const by = (id) => document.getElementById(id);

/* ---------------------------------------------------------------- nodes */

function make(tag, properties, ...children) {
	const node = document.createElement(tag);

	for (const [key, value] of Object.entries(properties || {}))
		if (key === "data")
			Object.assign(node.dataset, value);
		else if (key in node && key !== "list")
			node[key] = value;
		else
			node.setAttribute(key, value);
	node.append(...children.filter((child) => child !== null && child !== undefined));
	return node;
}

function svg(tag, attributes, text) {
	const node = document.createElementNS("http://www.w3.org/2000/svg", tag);

	for (const [key, value] of Object.entries(attributes || {}))
		node.setAttribute(key, value);
	if (text !== undefined)
		node.textContent = text;
	return node;
}

const format = new Intl.NumberFormat("en-US");
const count = (number) => format.format(number);
const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many || one + "s"}`;

/* ---------------------------------------------------------------- the data */

let data;

try {
	data = JSON.parse(by("data").textContent);
} catch (error) {
	by("failure").hidden = false;
	by("failure-text").textContent = `Its data are damaged: perhaps the file is not whole. (${error.message})`;
	return;
}

const deeds = Int32Array.from(data.deeds);
const deedCount = deeds.length / STRIDE;
const PROCESS = 0, OP = 1, RESULT = 2, RULE = 3, USER = 4, NAME = 5, OTHER = 6, DETAIL = 7;
const deed = (number, field) => deeds[number * STRIDE + field];
const which = Uint32Array.from(data.which);
const times = new Float64Array(data.times.length);
let earliest = Infinity, latest = -Infinity;

data.times.reduce((time, step, i) => {
	times[i] = time + step;
	earliest = Math.min(earliest, times[i]);
	latest = Math.max(latest, times[i]);
	return times[i];
}, data.first);
data.times = data.which = data.deeds = null;

const processes = data.processes.map(([parent, exe, argv, instance, origin, pid, started]) =>
	({ parent, exe, argv, instance, origin, pid, started, children: [], deeds: [] }));
const names = data.names;
const opName = (op) => data.operations[op][0];
const opKind = (op) => data.operations[op][1];
const opObject = (op) => data.operations[op][2];

for (let i = 0; i < deedCount; i++)
	if (deed(i, PROCESS) >= 0)
		processes[deed(i, PROCESS)].deeds.push(i);
processes.forEach((process, i) => {
	if (process.parent >= 0)
		processes[process.parent].children.push(i);
});
const byStart = (a, b) => processes[a].started - processes[b].started || a - b;
const roots = processes.map((_, i) => i).filter((i) => processes[i].parent < 0).sort(byStart);

/* Not as arguments of push(): a process may have more children than the stack has room for. */
function pushAll(stack, items) {
	for (const item of items)
		stack.push(item);
}

/* Parents before children. */
const order = [];
for (const stack = [...roots]; stack.length;) {
	const process = stack.pop();

	order.push(process);
	processes[process].children.sort(byStart);
	pushAll(stack, processes[process].children);
}

function classOf(i) {
	const result = deed(i, RESULT);

	return result & UNENFORCED ? "unenforced" : RESULTS[result & 3];
}
const classes = Uint8Array.from({ length: deedCount }, (_, i) => CLASSES.indexOf(classOf(i)));
const isDenied = (i) => (deed(i, RESULT) & 3) === 2;

/* ---------------------------------------------------------------- time */

const two = (number, digits) => String(number).padStart(digits || 2, "0");

function clock(time, unit) {
	const date = new Date(Math.floor(time / 1000));
	const text = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;

	if (unit >= 6e7)
		return text;
	if (unit >= 1e6)
		return `${text}:${two(date.getUTCSeconds())}`;
	const digits = unit >= 1000 ? 3 : 6;
	const fraction = two(((time % 1e6) + 1e6) % 1e6, 6).slice(0, digits);
	return `${text}:${two(date.getUTCSeconds())}.${fraction}`;
}

function day(time) {
	const date = new Date(Math.floor(time / 1000));

	return `${two(date.getUTCFullYear(), 4)}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

const moment = (time) => `${day(time)} ${clock(time, 1)}`;

function parseMoment(text) {
	const found = /^\s*(\d{4})[-/](\d\d)[-/](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?)?Z?\s*$/.exec(text);

	if (!found)
		return NaN;
	const [, year, month, date, hour, minute, second, fraction] = found;
	return Date.UTC(year, month - 1, date, hour || 0, minute || 0, second || 0) * 1000 +
		Number((fraction || "").padEnd(6, "0"));
}

function span(length) {
	const units = [["day", 864e8], ["hour", 36e8], ["minute", 6e7], ["second", 1e6], ["ms", 1e3]];
	const at = units.findIndex(([, size]) => length >= size);

	if (at < 0)
		return `${count(length)} \u00b5s`;
	const [unit, size] = units[at], next = units[at + 1];
	if (!next || size <= 1e6)
		return `${(length / size).toFixed(size === 1e6 ? 3 : 1)} ${size === 1e6 ? "seconds" : unit}`;
	const whole = Math.floor(length / size), rest = Math.floor((length % size) / next[1]);
	return plural(whole, unit) + (rest ? ` ${plural(rest, next[0])}` : "");
}

/* ---------------------------------------------------------------- names */

/* The readable form of a name that is clean UTF-8: only beside the true one. */
function readable(name) {
	if (!/\\[2-3]\d\d/.test(name))
		return null;
	const bytes = [];
	for (const part of name.match(/\\\d{3}|[^]/g))
		bytes.push(part.length === 4 ? parseInt(part.slice(1), 8) : part.charCodeAt(0));
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));

		return /[\p{C}\p{Zl}\p{Zp}]/u.test(text) ? null : text;
	} catch {
		return null;
	}
}

function nameNode(text, className) {
	const node = make("bdi", { className: `name ${className || ""}` }, text);
	const clear = readable(text);

	if (clear !== null)
		node.title = `as UTF-8: ${clear}`;
	return node;
}

/* What a deed was done to, as text. */
function target(i) {
	return [
		names[deed(i, NAME)],
		deed(i, OTHER) ? `\u2192 ${names[deed(i, OTHER)]}` : "",
		opName(deed(i, OP)) === "execute" ? "" : names[deed(i, DETAIL)],
	].filter((part) => part).join(" ");
}

function programOf(process) {
	return process < 0 ? "other processes" : names[processes[process].exe] || "unknown program";
}

const NO_USER = "not recorded";
const userKey = (user) => user < 0 ? NO_USER : String(data.users[user]);
const userNames = new Map(data.users.map((user, i) => [String(user), data.user_names[i]]));
/* The number is what the log says; the name is what this user has where the page was made. */
const userLabel = (key) => userNames.get(key) ? `${key} ${userNames.get(key)}` : key;
const userName = (user) => userLabel(userKey(user));

/* ---------------------------------------------------------------- what is chosen */

const KEYS = ["text", "result", "op", "user", "program", "file", "address", "rule", "kind",
	"process", "below", "from", "to", "page"];
/* Those that a click chooses; the others have fields. */
const CHOSEN = { program: "program", file: "file", address: "address", rule: "rule", kind: "what",
	process: "process", below: "below process" };
let chosen = {};
let goTo = null;

function readHash() {
	const text = location.hash.slice(1), found = {};

	if (text && !text.includes("="))
		return chosen;
	const given = new URLSearchParams(text);
	for (const key of KEYS)
		if (given.get(key))
			found[key] = given.get(key);
	return found;
}

function hashWith(changes) {
	const given = new URLSearchParams();

	for (const [key, value] of Object.entries({ ...chosen, page: undefined, ...changes }))
		if (value !== undefined && value !== "")
			given.set(key, value);
	return `#${given.toString() || "all="}`;
}

function choose(changes) {
	location.hash = hashWith(changes);
}

/* A link that chooses something, and may lead to a section. */
function link(text, changes, section, label) {
	const node = make("a", { href: hashWith(changes) }, text);

	if (label)
		node.setAttribute("aria-label", label);
	node.addEventListener("click", () => {
		goTo = section || null;
		/* What is chosen already is no change that would be told. */
		if (node.hash === location.hash)
			visit();
	});
	return node;
}

function namedLink(name, changes, section) {
	const node = link("", changes, section);

	node.append(nameNode(name));
	return node;
}

const ruleKey = (rule) => `${data.rules[rule][0]} ${data.rules[rule][1]}`;
const ruleName = (rule) => data.rules[rule][0] || "no label";

/* Which names have the text in them; typed bytes may be meant as they are encoded. */
function findNames(text) {
	const needles = new Set([text.toLowerCase()]);
	const bytes = Array.from(new TextEncoder().encode(text), (byte) =>
		byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`);

	needles.add(bytes.join("").toLowerCase());
	const has = (name) => {
		const low = name.toLowerCase();

		for (const needle of needles)
			if (low.includes(needle))
				return true;
		return false;
	};
	return { names: Uint8Array.from(names, has), rules: data.rules.map((rule) => has(rule[0])),
		operations: data.operations.map((op) => has(op[0])), has };
}

function isBelow(process, ancestor) {
	for (; process >= 0; process = processes[process].parent)
		if (process === ancestor)
			return true;
	return false;
}

/* The tests that a deed must pass, cheapest first. */
function makeTests(filter) {
	const tests = [];
	const wanted = (key, test) => { if (filter[key] !== undefined) tests.push(test); };
	const process = Number(filter.process), below = Number(filter.below);

	wanted("process", (i) => deed(i, PROCESS) === process);
	wanted("result", (i) => filter.result === "denied" ? isDenied(i) : classOf(i) === filter.result);
	wanted("op", (i) => opName(deed(i, OP)) === filter.op);
	wanted("user", (i) => userKey(deed(i, USER)) === filter.user);
	wanted("program", (i) => programOf(deed(i, PROCESS)) === filter.program);
	wanted("file", (i) => opObject(deed(i, OP)) === "file" &&
		(names[deed(i, NAME)] === filter.file || names[deed(i, OTHER)] === filter.file));
	wanted("address", (i) => opObject(deed(i, OP)) === "address" && names[deed(i, NAME)] === filter.address);
	wanted("rule", (i) => ruleKey(deed(i, RULE)) === filter.rule);
	wanted("kind", (i) => opKind(deed(i, OP)) === filter.kind);
	wanted("below", (i) => isBelow(deed(i, PROCESS), below));
	if (filter.text !== undefined) {
		const found = findNames(filter.text);

		tests.push((i) => found.names[deed(i, NAME)] || found.names[deed(i, OTHER)] ||
			found.names[deed(i, DETAIL)] || found.rules[deed(i, RULE)] ||
			found.operations[deed(i, OP)] || found.has(programOf(deed(i, PROCESS))));
	}
	return tests;
}

/* ---------------------------------------------------------------- counting */

const WIDTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((n) => [n, n * 1e3])
	.concat([1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
		86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000].map((n) => n * 1e6))
	.sort((a, b) => a - b);

let found; /* what passes the filters */

function makeBuckets(from, to) {
	const width = WIDTHS.find((size) => (to - from) / size <= BUCKETS - 1) || Math.ceil((to - from) / BUCKETS);
	const start = Math.floor(from / width) * width;
	const number = Math.max(1, Math.floor((to - start) / width) + 1);

	return { width, start, number, counts: CLASSES.map(() => new Uint32Array(number)), gaps: new Map() };
}

function compute(filter) {
	const tests = makeTests(filter);
	const mask = new Uint8Array(deedCount);
	let from = filter.from === undefined ? -Infinity : parseMoment(filter.from);
	let to = filter.to === undefined ? Infinity : parseMoment(filter.to);

	from = Number.isNaN(from) ? -Infinity : from;
	to = Number.isNaN(to) ? Infinity : to;
	for (let i = 0; i < deedCount; i++)
		mask[i] = tests.every((test) => test(i)) ? 1 : 0;
	const begin = Math.max(from, earliest), end = Math.min(to - 1, latest);
	const buckets = times.length && end >= begin ? makeBuckets(begin, end) : null;
	const result = { mask, from, to, buckets, hits: new Uint32Array(deedCount), total: 0,
		first: new Float64Array(deedCount).fill(Infinity),
		last: new Float64Array(deedCount).fill(-Infinity), sums: [0, 0, 0, 0] };
	for (let i = 0; i < times.length; i++) {
		const what = which[i], time = times[i];

		if (!mask[what] || time < from || time >= to)
			continue;
		result.total++;
		result.hits[what]++;
		result.sums[classes[what]]++;
		result.first[what] = Math.min(result.first[what], time);
		result.last[what] = Math.max(result.last[what], time);
		buckets.counts[classes[what]][Math.floor((time - buckets.start) / buckets.width)]++;
	}
	return result;
}

/* Sums of deeds that pass, by a key; key(i) may be null, or give several. */
function group(keys) {
	const groups = new Map();

	for (let i = 0; i < deedCount; i++) {
		if (!found.hits[i])
			continue;
		const key = keys(i);

		for (const one of Array.isArray(key) ? key : [key]) {
			if (one === null)
				continue;
			let sum = groups.get(one);

			if (!sum)
				groups.set(one, sum = { key: one, deed: i, count: 0, sums: [0, 0, 0, 0],
					first: Infinity, last: -Infinity });
			sum.count += found.hits[i];
			sum.sums[classes[i]] += found.hits[i];
			sum.first = Math.min(sum.first, found.first[i]);
			sum.last = Math.max(sum.last, found.last[i]);
		}
	}
	return [...groups.values()].sort((a, b) => b.count - a.count);
}

/* ---------------------------------------------------------------- tables */

const wide = new Set(); /* tables of which more was asked for */

/* columns: [title, cell(row), class]; a cell is a node or a text */
function table(place, columns, rows, empty, rowClass) {
	const box = by(place), limit = wide.has(place) ? MORE : TOP;

	if (!rows.length) {
		box.replaceChildren(make("p", { className: "faint" }, empty));
		return;
	}
	const head = make("tr", {}, ...columns.map(([title, , style]) =>
		make("th", { scope: "col", className: style || "" }, title)));
	const body = make("tbody");
	for (const row of rows.slice(0, limit))
		body.append(make("tr", { className: rowClass ? rowClass(row) : "" },
			...columns.map(([, cell, style]) => make("td", { className: style || "" }, cell(row)))));
	box.replaceChildren(make("table", { data: { rows: rows.length } }, make("thead", {}, head), body));
	if (rows.length <= TOP)
		return;
	const button = make("button", { type: "button" }, wide.has(place) ? "Fewer" :
		`All ${count(rows.length)}${rows.length > MORE ? ` (${MORE} are shown)` : ""}`);
	button.addEventListener("click", () => {
		if (!wide.delete(place))
			wide.add(place);
		table(place, columns, rows, empty, rowClass);
		by(place).querySelector(".more button").focus();
	});
	box.append(make("p", { className: "more" }, button));
}

/* A name with a bar behind it. */
function meter(node, part) {
	const bar = make("span", { className: "meter-bar" });

	bar.style.width = `${100 * part}%`;
	const box = document.createDocumentFragment();
	box.append(bar, node);
	return box;
}

function deniedCell(row) {
	const denied = row.sums[0] + row.sums[1];

	return denied ? make("span", { className: "result denied" }, count(denied)) :
		make("span", { className: "faint" }, "0");
}

function talkers(place, title, rows, cell, empty) {
	const most = rows.length ? rows[0].count : 1;

	table(place, [
		[title, (row) => meter(cell(row), row.count / most), "meter"],
		["Records", (row) => count(row.count), "number"],
		["Denied", deniedCell, "number"],
	], rows, empty);
}

function drawTalkers() {
	const other = (text) => make("span", { className: "faint" }, text);

	talkers("top-programs", "Program", group((i) => programOf(deed(i, PROCESS))),
		(row) => namedLink(row.key, { program: row.key }), "No program.");
	talkers("top-users", "User (uid)", group((i) => userKey(deed(i, USER))),
		(row) => row.key === NO_USER ? other(row.key) : namedLink(userLabel(row.key), { user: row.key }), "No user.");
	talkers("top-addresses", "Address", group((i) =>
		opObject(deed(i, OP)) === "address" && opKind(deed(i, OP)) === "connect" ? names[deed(i, NAME)] : null),
	(row) => namedLink(row.key, { address: row.key }), "No record of a remote address.");
	talkers("top-files", "File", group((i) => opObject(deed(i, OP)) !== "file" ? null :
		[...new Set([deed(i, NAME), deed(i, OTHER)])].filter((name) => name).map((name) => names[name])),
	(row) => namedLink(row.key, { file: row.key }), "No record of a file.");
}

function resultNode(i) {
	const kind = classOf(i);

	return make("span", { className: `result ${kind}` },
		kind === "unenforced" ? "denied (not enforced)" : kind,
		deed(i, RESULT) & CHECK ? " (check only)" : "");
}

function processLink(process, section) {
	if (process < 0)
		return make("span", { className: "faint" }, programOf(process));
	return make("span", {}, namedLink(programOf(process), { process }, section || "tree-title"),
		make("span", { className: "faint" }, ` ${processes[process].pid}`));
}

function drawDenials() {
	const rows = group((i) => isDenied(i) ? i : null);

	table("denials", [
		["Records", (row) => count(row.count), "number"],
		["Process", (row) => processLink(deed(row.deed, PROCESS), "records"), "who"],
		["User", (row) => userName(deed(row.deed, USER)), "number"],
		["Operation", (row) => opName(deed(row.deed, OP))],
		["Of", (row) => nameNode(target(row.deed)), "what"],
		["Rule", (row) => nameNode(ruleName(deed(row.deed, RULE))), "rule"],
		["Enforced", (row) => classOf(row.deed) === "denied" ? "yes" : "no"],
		["First", (row) => moment(row.first), "time"],
		["Last", (row) => row.count < 2 ? "" :
			day(row.first) === day(row.last) ? clock(row.last, 1) : moment(row.last), "time"],
	], rows, "Nothing was denied.", (row) => `of-${classOf(row.deed)}`);
}

function drawRules() {
	const rows = group((i) => `${deed(i, RULE)} ${deed(i, OP)}`);
	const number = (at) => [(row) => row.sums[at] ? count(row.sums[at]) : "", "number"];

	table("rules", [
		["Rule", (row) => namedLink(ruleName(deed(row.deed, RULE)), { rule: ruleKey(deed(row.deed, RULE)) })],
		["Priority", (row) => String(data.rules[deed(row.deed, RULE)][1]), "number"],
		["Operation", (row) => opName(deed(row.deed, OP))],
		["Hits", (row) => count(row.count), "number"],
		...CLASSES.map((name, at) => [CLASS_NAMES[name], ...number(at)]),
		["Last", (row) => moment(row.last), "time"],
	], rows, "No record.");
}

/* ---------------------------------------------------------------- timeline */

const cursor = { at: 0, anchor: 0, on: false };
let plot = null;

function findNotes() {
	const found_ = chosen.text === undefined ? null : findNames(chosen.text);

	return data.notes.filter((note) => {
		const time = parseMoment(note.time || "");

		return !(time < found.from || time >= found.to) &&
			(!found_ || found_.has(JSON.stringify(note)));
	});
}

const isGap = (note) => note.type === "lost" || note.type === "suppressed" || note.event === "lost";

function placeGaps(buckets) {
	for (const note of data.notes.filter(isGap)) {
		const at = Math.floor((parseMoment(note.time) - buckets.start) / buckets.width);

		if (at >= 0 && at < buckets.number)
			buckets.gaps.set(at, (buckets.gaps.get(at) || 0) + Number(note.count || 0));
	}
}

function bucketText(at) {
	const { start, width, counts, gaps } = found.buckets;
	const parts = CLASSES.map((name, k) => [CLASS_NAMES[name], counts[k][at]]).filter(([, n]) => n)
		.map(([name, n]) => `${count(n)} ${name}`);

	if (gaps.has(at))
		parts.push(`${count(gaps.get(at))} missing`);
	return `${day(start + at * width)} ${clock(start + at * width, width)}: ${parts.join(", ") || "nothing"}`;
}

function niceTop(most) {
	const unit = 10 ** Math.floor(Math.log10(most));

	return [1, 2, 5, 10].map((n) => n * unit).find((top) => top >= most);
}

function drawAxes(picture, width) {
	const { start, width: step, number } = found.buckets, { left, right, top, bottom, most } = plot;
	const every = [1, 2, 5, 10, 20, 30, 60].find((n) => n * (right - left) / number >= 90) || number;

	for (const part of most > 1 ? [0, .5, 1] : [0, 1]) {
		const y = bottom - part * (bottom - top);

		picture.append(svg("line", { class: "rule", x1: left, x2: right, y1: y, y2: y }),
			svg("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, count(most * part)));
	}
	let lastDay = "";
	for (let i = 0; i < number; i += every) {
		const x = left + i * plot.step, time = start + i * step;

		if (x > width - 70)
			break;
		picture.append(svg("line", { class: "rule", x1: x, x2: x, y1: bottom, y2: bottom + 5 }),
			svg("text", { x, y: bottom + 17 }, step * every >= 864e8 ? day(time) : clock(time, step)));
		if (day(time) !== lastDay && step * every < 864e8)
			picture.append(svg("text", { x, y: bottom + 30 }, day(time)));
		lastDay = day(time);
	}
}

function drawBar(picture, i) {
	const { counts, gaps } = found.buckets, x = plot.left + i * plot.step;
	const width = Math.max(1, plot.step - (plot.step > 5 ? 1.5 : .4));
	const bar = svg("g", {});
	let y = plot.bottom;

	CLASSES.forEach((name, k) => {
		if (!counts[k][i])
			return;
		/* One denial among thousands must be seen. */
		const height = Math.max(3, counts[k][i] / plot.most * (plot.bottom - plot.top));

		y -= height;
		bar.append(svg("rect", { class: name, x, y, width, height }));
	});
	if (gaps.has(i)) {
		const middle = x + width / 2;

		bar.append(svg("path", { class: "gap", d: `M${middle - 6} 2h12l-6 10z` }));
	}
	if (bar.childNodes.length) {
		bar.append(svg("title", {}, bucketText(i)));
		picture.append(bar);
	}
}

function drawTimeline() {
	const box = by("timeline"), { buckets } = found, width = Math.max(320, box.clientWidth);

	if (!buckets) {
		box.replaceChildren(make("p", { className: "faint" }, "No records in this time."));
		by("timeline-table").replaceChildren();
		plot = null;
		return;
	}
	placeGaps(buckets);
	let most = 1;
	for (let i = 0; i < buckets.number; i++)
		most = Math.max(most, buckets.counts.reduce((sum, counts) => sum + counts[i], 0));
	plot = { left: 56, right: width - 8, top: 18, bottom: 156, most: niceTop(most) };
	plot.step = (plot.right - plot.left) / buckets.number;
	const picture = svg("svg", { viewBox: `0 0 ${width} 190`, role: "img",
		"aria-label": `${plural(found.total, "record")} from ${moment(buckets.start)}, each bar ${span(buckets.width)}` });
	drawAxes(picture, width);
	for (let i = 0; i < buckets.number; i++)
		drawBar(picture, i);
	picture.append(svg("rect", { class: "brush", y: plot.top, height: plot.bottom - plot.top, width: 0 }));
	box.replaceChildren(picture);
	box.dataset.buckets = buckets.number;
	box.dataset.sum = buckets.counts.reduce((sum, counts) => sum + counts.reduce((a, b) => a + b, 0), 0);
	cursor.at = cursor.anchor = Math.min(cursor.at, buckets.number - 1);
	drawTimelineTable();
}

function drawTimelineTable() {
	const { buckets } = found, rows = [];

	if (!by("timeline-table").parentElement.open) {
		by("timeline-table").replaceChildren();
		return;
	}
	for (let i = 0; i < buckets.number; i++)
		if (buckets.gaps.has(i) || buckets.counts.some((counts) => counts[i]))
			rows.push(i);
	wide.add("timeline-table");
	table("timeline-table", [
		["From", (i) => moment(buckets.start + i * buckets.width), "time"],
		...CLASSES.map((name, k) => [CLASS_NAMES[name], (i) => count(buckets.counts[k][i]), "number"]),
		["missing", (i) => count(buckets.gaps.get(i) || 0), "number"],
	], rows, "No records.");
}

function showBrush(a, b) {
	const brush = by("timeline").querySelector(".brush");

	if (!brush || !plot)
		return;
	brush.setAttribute("x", plot.left + Math.min(a, b) * plot.step);
	brush.setAttribute("width", (Math.abs(b - a) + 1) * plot.step);
	by("timeline-status").textContent = a === b ? bucketText(a) :
		`${bucketText(Math.min(a, b)).split(": ")[0]} to ${bucketText(Math.max(a, b)).split(": ")[0]}`;
}

function zoom(a, b) {
	const { start, width } = found.buckets;

	choose({ from: moment(start + Math.min(a, b) * width), to: moment(start + (Math.max(a, b) + 1) * width) });
}

function bucketAt(event) {
	const x = event.clientX - by("timeline").getBoundingClientRect().left;

	return Math.min(found.buckets.number - 1, Math.max(0, Math.floor((x - plot.left) / plot.step)));
}

function watchTimeline() {
	const box = by("timeline");
	let from = null;

	box.addEventListener("pointerdown", (event) => {
		if (!plot || event.button)
			return;
		from = bucketAt(event);
		box.setPointerCapture(event.pointerId);
		showBrush(from, from);
	});
	box.addEventListener("pointermove", (event) => {
		if (plot && from !== null)
			showBrush(from, bucketAt(event));
	});
	box.addEventListener("pointerup", (event) => {
		if (plot && from !== null)
			zoom(from, bucketAt(event));
		from = null;
	});
	box.addEventListener("pointercancel", () => { from = null; });
	box.addEventListener("keydown", (event) => {
		const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };

		if (event.key === "Escape")
			choose({ from: undefined, to: undefined });
		else if (!plot)
			return;
		else if (event.key === "Enter")
			zoom(cursor.anchor, cursor.at);
		else if (event.key in moves) {
			cursor.at = Math.min(found.buckets.number - 1, Math.max(0, cursor.at + moves[event.key]));
			if (!event.shiftKey)
				cursor.anchor = cursor.at;
			showBrush(cursor.anchor, cursor.at);
		} else
			return;
		event.preventDefault();
	});
	by("timeline-table").parentElement.addEventListener("toggle", () => {
		if (found.buckets)
			drawTimelineTable();
	});
}

/* ---------------------------------------------------------------- processes */

const unfolded = new Map(), opened = new Map(); /* what the user did to a row */
let sums; /* by process: { own, all, denied, allDenied } */

function sumProcesses() {
	const result = processes.map(() => ({ own: 0, all: 0, denied: 0, allDenied: 0 }));

	for (let i = 0; i < deedCount; i++) {
		const sum = result[deed(i, PROCESS)];

		if (!sum || !found.hits[i])
			continue;
		sum.own += found.hits[i];
		if (isDenied(i))
			sum.denied += found.hits[i];
	}
	for (let i = order.length - 1; i >= 0; i--) {
		const sum = result[order[i]], parent = result[processes[order[i]].parent];

		sum.all += sum.own;
		sum.allDenied += sum.denied;
		if (parent) {
			parent.all += sum.all;
			parent.allDenied += sum.allDenied;
		}
	}
	return result;
}

const shownChildren = (list) => list.filter((i) => sums[i].all);

/* Denials first, and no more rows than a reader can take in. */
function unfoldFirst() {
	const result = new Set();
	let rows = shownChildren(roots).length, level = shownChildren(roots);

	for (let i = Number(chosen.process); i >= 0; i = processes[i] ? processes[i].parent : -1)
		result.add(i);
	while (level.length) {
		const next = [];

		level.sort((a, b) => (sums[b].allDenied > 0) - (sums[a].allDenied > 0) || byStart(a, b));
		for (const i of level) {
			const children = shownChildren(processes[i].children);

			if (!children.length || rows + children.length > TREE_ROWS)
				continue;
			rows += children.length;
			result.add(i);
			next.push(...children);
		}
		level = next;
	}
	return result;
}

/* What a process did, by kind, and what it was denied: [operation, object, count]. */
function deedsByKind(process) {
	const kinds = new Map([...Object.keys(DENIALS), ...Object.keys(KINDS)].map((kind) => [kind, new Map()]));
	const add = (kind, op, object, n) => {
		const key = `${op} ${object}`, entry = kinds.get(kind).get(key) || [op, object, 0];

		entry[2] += n;
		kinds.get(kind).set(key, entry);
	};

	for (const i of processes[process].deeds) {
		const kind = opKind(deed(i, OP)), op = opName(deed(i, OP)), detail = names[deed(i, DETAIL)];
		const object = kind === "execute" && detail ? `${names[deed(i, NAME)]} (${detail})` : target(i);

		if (!found.hits[i])
			continue;
		if (isDenied(i))
			add(classOf(i), op, object, found.hits[i]);
		/* What was not enforced happened all the same. */
		if (classOf(i) !== "denied")
			add(kind, kind === "read" || kind === "execute" ? "" : op, object, found.hits[i]);
	}
	return [...kinds].map(([kind, map]) => [kind, [...map.values()].sort((a, b) => b[2] - a[2])])
		.filter(([, list]) => list.length);
}

function whatItDid(process) {
	const list = make("dl", { className: "did" });

	for (const [kind, objects] of deedsByKind(process)) {
		const line = make("dd");

		objects.slice(0, OBJECTS).forEach(([op, object, n], k) =>
			line.append(k ? ", " : "", op ? make("span", { className: "faint" }, `${op} `) : "",
				nameNode(object), n > 1 ? ` \u00d7${count(n)}` : ""));
		if (objects.length > OBJECTS)
			line.append(" \u2026 ", link(`and ${plural(objects.length - OBJECTS, "other")}`,
				kind in KINDS ? { process, kind } : { process, result: kind }, "records"));
		list.append(make("dt", { className: kind }, KINDS[kind] || DENIALS[kind]), line);
	}
	return list;
}

/* The row keeps the focus when the tree is drawn again. */
function rowButton(process, what, text, label, expanded, act) {
	const button = make("button", { type: "button", id: `${what}-${process}`, "aria-expanded": String(expanded),
		"aria-label": label }, text);

	button.addEventListener("click", () => {
		act();
		drawTree();
		by(`${what}-${process}`).focus();
	});
	return button;
}

function processRow(process, depth, state) {
	const { exe, argv, instance, origin, pid, started } = processes[process], sum = sums[process];
	const children = shownChildren(processes[process].children).length;
	const name = names[exe] || "unknown program";
	const row = make("div", { className: "row" });
	const toggle = rowButton(process, "fold", state.unfolded ? "\u25be" : "\u25b8",
		`${plural(children, "child", "children")} of ${name}`, state.unfolded,
		() => unfolded.set(process, !state.unfolded));

	toggle.classList.add("toggle");
	if (!children)
		toggle.classList.add("leaf");
	row.append(toggle);
	if (origin & ORPHAN)
		row.append(make("span", { className: "mark", title: "its ancestors are not in the records" }, "\u2026"));
	if (origin & RECONSTRUCTED)
		row.append(make("span", { className: "mark", title: "ran before the module was loaded" }, "~"));
	row.append(nameNode(name));
	row.append(make("span", { className: "pid" }, `pid ${pid}`,
		origin & BARE ? ", no history recorded" : `, ${(started / 1e6).toFixed(3)} s`,
		data.instances.length > 2 && processes[process].parent < 0 ? `, instance ${data.instances[instance]}` : ""));
	const counts = make("span", { className: "counts" });
	if (sum.own)
		counts.append(link(plural(sum.own, "record"), { process, below: undefined }, "records",
			`${plural(sum.own, "record")} of ${name}, pid ${pid}`));
	if (sum.all > sum.own)
		counts.append(sum.own ? ", " : "", link(`${count(sum.all - sum.own)} below`,
			{ below: process, process: undefined }, "records"));
	if (sum.denied)
		counts.append(" ", make("span", { className: "result denied" }, `${count(sum.denied)} denied`));
	row.append(counts);
	if (sum.own)
		row.append(rowButton(process, "did", state.opened ? "less" : "what it did",
			`what ${name}, pid ${pid}, did`, state.opened, () => opened.set(process, !state.opened)));
	if (argv)
		row.append(nameNode(names[argv], "argv"));
	const item = make("li", { "aria-level": depth + 1, data: { process } }, row);
	item.style.setProperty("--depth", Math.min(depth, 40));
	if (!sum.own)
		item.classList.add("idle");
	if (process === Number(chosen.process))
		row.classList.add("target");
	if (state.opened)
		item.append(whatItDid(process));
	return item;
}

function drawTree() {
	const first = unfoldFirst(), list = by("tree"), rows = [];
	const acting = sums.filter((sum) => sum.own).length;
	const stack = shownChildren(roots).reverse().map((process) => [process, 0]);

	while (stack.length && rows.length < TREE_MAX) {
		const [process, depth] = stack.pop();
		const state = { unfolded: unfolded.get(process) ?? first.has(process),
			opened: sums[process].own > 0 && (opened.get(process) ?? (acting <= 12 ||
				sums[process].denied > 0 || process === Number(chosen.process))) };

		rows.push(processRow(process, depth, state));
		if (state.unfolded)
			pushAll(stack, shownChildren(processes[process].children).reverse().map((i) => [i, depth + 1]));
	}
	if (stack.length)
		rows.push(make("li", { className: "faint" }, `More than ${count(TREE_MAX)} rows: filter, or fold some.`));
	if (!rows.length)
		rows.push(make("li", { className: "faint" }, "No process."));
	list.replaceChildren(...rows);
	list.dataset.acting = acting;
}

/* ---------------------------------------------------------------- records */

const openRecords = new Set();
const indexes = Uint32Array.from(data.records, (record) => record[0]);

function ancestors(process) {
	const path = [];

	for (; process >= 0; process = processes[process].parent)
		path.unshift(`${names[processes[process].exe]}(${processes[process].pid})`);
	return path.join(" => ");
}

function valueText(value) {
	if (Array.isArray(value))
		return value.map((one) => one === null ? "..." : String(one)).join(" ");
	return String(value);
}

function recordDetails(at) {
	const [index, seq, pid, what, subject, object, omitted] = data.records[at];
	const list = make("dl", { className: "attributes" });
	const put = (key, value) => list.append(make("dt", {}, key), make("dd", {}, nameNode(value)));

	put("history", ancestors(deed(which[index], PROCESS)));
	put("seq", seq);
	put("global-pid", String(pid));
	if (omitted)
		put("omitted", `${plural(omitted, "argument or variable", "arguments or variables")}`);
	for (const part of [what, subject, object])
		for (const [key, value] of Object.entries(data.texts[part]))
			put(key, valueText(value));
	return list;
}

function recordRows(at, columns) {
	const index = data.records[at][0], i = which[index], open = openRecords.has(at);
	const button = make("button", { type: "button", className: "small", id: `record-${at}`,
		"aria-expanded": String(open), "aria-label": `all attributes of record ${data.records[at][1]}` },
	open ? "less" : "more");
	const detail = names[deed(i, DETAIL)];
	const object = make("span", {}, nameNode(target(i)));

	if (opName(deed(i, OP)) === "execute" && detail)
		object.append(make("br"), nameNode(detail, "faint"));
	button.addEventListener("click", () => {
		if (!openRecords.delete(at))
			openRecords.add(at);
		drawRecords();
		by(`record-${at}`).focus();
	});
	const rows = [make("tr", { className: `record of-${classOf(i)}` },
		make("td", { className: "time" }, moment(times[index])), make("td", {}, resultNode(i)),
		make("td", {}, opName(deed(i, OP))), make("td", { className: "what" }, object),
		make("td", { className: "who" }, processLink(deed(i, PROCESS))),
		make("td", { className: "number" }, userName(deed(i, USER))),
		make("td", { className: "rule" }, nameNode(data.rules[deed(i, RULE)][0])), make("td", {}, button))];
	if (open)
		rows.push(make("tr", { className: "details" }, make("td", { colSpan: columns }, recordDetails(at))));
	return rows;
}

function drawPager(page, pages) {
	const button = (text, to, label) => {
		const node = make("button", { type: "button", disabled: to < 1 || to > pages || to === page,
			id: `page-${label}`, "aria-label": `${label} page` }, text);

		node.addEventListener("click", () => { goTo = "records"; choose({ page: to }); });
		return node;
	};

	by("pager").replaceChildren(button("\u00ab", 1, "first"), button("\u2039", page - 1, "previous"),
		make("span", { "aria-current": "page" }, `Page ${count(page)} of ${count(pages)}`),
		button("\u203a", page + 1, "next"), button("\u00bb", pages, "last"));
	by("pager").hidden = pages < 2;
}

function drawRecords() {
	const matching = [], titles = ["Time (UTC)", "Result", "Operation", "Of", "Process", "User", "Rule", ""];

	for (let at = 0; at < indexes.length; at++) {
		const time = times[indexes[at]];

		if (found.mask[which[indexes[at]]] && time >= found.from && time < found.to)
			matching.push(at);
	}
	const pages = Math.max(1, Math.ceil(matching.length / PAGE));
	const page = Math.min(pages, Math.max(1, Number(chosen.page) || 1));
	const left = found.total - matching.length;
	by("records-note").textContent = `${plural(matching.length, "record")} in the table` +
		(left ? `; ${plural(left, "other record matches", "other records match")} and only counted above ` +
			`(the page holds ${count(indexes.length)} of ${count(times.length)}: all denials that fit, and the ` +
			"first of the others; see --max-records)" : "");
	by("records-note").dataset.matching = matching.length;
	drawPager(page, pages);
	const body = make("tbody");
	for (const at of matching.slice((page - 1) * PAGE, page * PAGE))
		body.append(...recordRows(at, titles.length));
	if (!matching.length) {
		by("record-table").replaceChildren(make("p", { className: "faint" }, "No record."));
		return;
	}
	by("record-table").replaceChildren(make("table", {},
		make("thead", {}, make("tr", {}, ...titles.map((title) => make("th", { scope: "col" },
			title || make("span", { "aria-label": "attributes" }))))), body));
}

/* ---------------------------------------------------------------- notes */

function noteText(note) {
	const rules = (note.rules || []).map(({ rule, count: n }) => `${rule} ${count(n)}`).join(", ");

	if (note.type === "lost")
		return `${plural(note.count, "record")} lost, numbers ${note.first} to ${note.last}; by rule: ${rules}`;
	if (note.type === "suppressed")
		return `${plural(note.count, "record")} suppressed by the quota of audit ${note.index}; by rule: ${rules}`;
	if (note.type === "netconsole")
		return `${note.origin}: ${note.text}`;
	return Object.entries(note).filter(([key]) => !["type", "time"].includes(key))
		.map(([key, value]) => key === "event" ? value : `${key}=${valueText(value)}`).join(" ");
}

function drawNotes() {
	const notes = findNotes();

	by("notes-section").hidden = !data.note_count;
	by("notes-note").textContent = "Losses, suppressions, what kellas-auditd said of itself, other machines' consoles." +
		(data.note_count > data.notes.length ? ` Only the first ${count(data.notes.length)} of ${count(data.note_count)} ` +
			"such lines are in this page." : "");
	table("notes", [
		["Time (UTC)", (note) => moment(parseMoment(note.time)), "time"],
		["Kind", (note) => note.type === "daemon" ? "kellas-auditd" : note.type],
		["What", (note) => nameNode(noteText(note))],
	], notes, "None in this choice.", (note) => isGap(note) ? "of-denied" : "");
}

/* ---------------------------------------------------------------- summary */

function card(title, value, style) {
	return make("div", { className: style || "" }, make("dt", {}, title), make("dd", {}, value));
}

/* What is missing, in plain words. */
function missing() {
	const lines = [];
	const say = (number, text) => { if (number) lines.push(text); };

	say(data.lost, `${plural(data.lost, "record was", "records were")} lost: the log says how many, not what.`);
	say(data.daemon_losses, `kellas-auditd reported losses ${plural(data.daemon_losses, "time")}: see the end of the page.`);
	say(data.suppressed, `${plural(data.suppressed, "record was", "records were")} suppressed by quotas of the policy.`);
	say(data.unreadable, `${plural(data.unreadable, "line of the log is", "lines of the log are")} unreadable, and left out.`);
	say(data.damaged, `${plural(data.damaged, "file", "files")} could not be read to the end.`);
	return lines;
}

function leftOut() {
	const lines = [], rest = times.length - indexes.length;
	const say = (number, text) => { if (number) lines.push(text); };

	say(rest, `The table holds ${count(indexes.length)} of ${plural(times.length, "record")}; the others are in all sums.`);
	say(data.names_folded, `Beyond ${count(names.length)} different names, ${count(data.names_folded)} were taken together as \u201cother names\u201d.`);
	say(data.processes_folded, `Beyond ${count(processes.length)} processes, ${plural(data.processes_folded, "record")} went to \u201cother processes\u201d.`);
	say(data.details_cut, `Arguments of ${plural(data.details_cut, "record")} were cut behind ${count(data.detail_max)} bytes outside of the table.`);
	return lines;
}

function drawMissing() {
	const lines = missing(), box = by("missing");

	box.replaceChildren(make("ul", { className: lines.length ? "alarm" : "good" }, ...(lines.length ?
		lines.map((line) => make("li", {}, line)) : [make("li", {}, "Complete, as far as the log tells: nothing lost, suppressed or unreadable.")])));
	box.append(...leftOut().map((line) => make("p", { className: "hint" }, line)));
	Object.assign(box.dataset, { lost: data.lost, suppressed: data.suppressed, unreadable: data.unreadable });
}

function drawSummary() {
	const [denied, unenforced, unmatched, allowed] = found.sums, some = found.total !== times.length;
	const acting = sums.filter((sum) => sum.own).length;
	const here = data.same_boot;

	by("summary").replaceChildren(
		card(some ? "Records chosen" : "Records", count(found.total), "big"),
		card("Denied", count(denied), denied ? "big denied" : "big"),
		card("Denied, not enforced", count(unenforced), "big"),
		card("Allowed", count(allowed), "big"),
		card("Unmatched", count(unmatched), "big"),
		card("Processes", count(acting), "big"),
		...(times.length ? [card("From (UTC)", make("span", { className: "mono" }, moment(earliest)), "long"),
			card("To (UTC)", make("span", { className: "mono" }, moment(latest)), "long"),
			card("Length", span(latest - earliest))] : []),
		card("Host", here ? nameNode(data.made_on) : "not named in the log"),
		card("Kernel", here ? nameNode(data.kernel) : "not named in the log"),
		...(data.boots.length ? [card("Boot", nameNode(data.boots.join(", ")), "long")] : []),
		card("Log", nameNode(data.logs.join(", ")), "long"),
		...(data.condition ? [card("Only", nameNode(data.condition), "long")] : []),
		...(data.requests !== times.length ? [card("Records in the log", count(data.requests))] : []));
	const { dataset } = by("summary");
	Object.assign(dataset, { total: found.total, denied, unenforced, allowed, unmatched, processes: acting });
}

/* ---------------------------------------------------------------- filters */

function drawChosen() {
	const items = [];

	for (const [key, title] of Object.entries(CHOSEN)) {
		if (chosen[key] === undefined)
			continue;
		const process = processes[Number(chosen[key])];
		const value = key === "process" || key === "below" ?
			process ? `${names[process.exe]} ${process.pid}` : "none" :
			key === "kind" ? KINDS[chosen[key]] || chosen[key] : chosen[key];
		const remove = make("button", { type: "button", "aria-label": `no longer only ${title} ${value}` }, "\u2715");

		remove.addEventListener("click", () => choose({ [key]: undefined }));
		items.push(make("li", {}, `${title} `, nameNode(value), remove));
	}
	by("chosen").replaceChildren(...items);
}

function showFields() {
	for (const key of ["text", "result", "op", "user", "from", "to"]) {
		const field = by(`filter-${key}`);

		if (field !== document.activeElement || field.value !== chosen[key])
			field.value = chosen[key] || "";
	}
	for (const key of ["from", "to"])
		by(`filter-${key}`).setAttribute("aria-invalid",
			String(chosen[key] !== undefined && Number.isNaN(parseMoment(chosen[key]))));
	by("status").textContent = found.total === times.length ? `All ${plural(found.total, "record")}.` :
		`${count(found.total)} of ${plural(times.length, "record")} chosen; everything below is about these.`;
	by("status").dataset.total = found.total;
}

function fillSelects() {
	const used = new Set(), users = data.users.map(String);

	for (let i = 0; i < deedCount; i++)
		used.add(opName(deed(i, OP)));
	for (const op of [...used].sort())
		by("filter-op").append(make("option", { value: op }, op));
	for (const user of users.sort((a, b) => a - b))
		by("filter-user").append(make("option", { value: user }, userLabel(user)));
	if (times.length) {
		by("filter-from").placeholder = moment(earliest);
		by("filter-to").placeholder = moment(latest);
	}
}

function applyForm() {
	const changes = {};

	for (const key of ["text", "result", "op", "user", "from", "to"])
		changes[key] = by(`filter-${key}`).value.trim() || undefined;
	choose(changes);
}

function watchForm() {
	let waiting = null;

	by("filter").addEventListener("submit", (event) => {
		event.preventDefault();
		applyForm();
	});
	by("filter").addEventListener("change", applyForm);
	by("filter-text").addEventListener("input", () => {
		clearTimeout(waiting);
		waiting = setTimeout(applyForm, 250);
	});
	by("filter-clear").addEventListener("click", () => { location.hash = "#all="; });
}

/* ---------------------------------------------------------------- all of it */

function draw() {
	found = compute(chosen);
	sums = sumProcesses();
	drawSummary();
	showFields();
	drawChosen();
	drawTimeline();
	drawDenials();
	drawTree();
	drawTalkers();
	drawRules();
	drawRecords();
	drawNotes();
	document.body.dataset.drawn = location.hash;
}

function visit() {
	if (!goTo)
		return;
	by(goTo).scrollIntoView();
	by(goTo).focus({ preventScroll: true });
	goTo = null;
}

function apply() {
	chosen = readHash();
	draw();
	visit();
}

document.title = data.title;
by("title").textContent = data.title;
by("subtitle").textContent = times.length ?
	`${moment(earliest)} to ${moment(latest)} UTC, ${plural(times.length, "record")}` : "No records";
by("made").textContent = `Made by ${data.made_by} on ${data.made_on}, ${moment(data.made_at)} UTC` +
	(data.since ? `, of records since ${moment(data.since)}` : "") + (data.until ? ` until ${moment(data.until)}` : "") + ".";
by("users-note").textContent = data.user_names.some((name) => name) ?
	`Names of users are those of ${data.made_on}, where this page was made` +
	(data.same_boot ? "." : "; the log does not say that it is of this machine: the numbers count.") : "";
fillSelects();
drawMissing();
watchForm();
watchTimeline();
window.addEventListener("hashchange", apply);
window.addEventListener("resize", () => requestAnimationFrame(drawTimeline));
apply();
})();
