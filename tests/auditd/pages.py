#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
Usage: tests/auditd/pages.py KELLAS-AUDITD

The manual pages say what the program has, all of it and nothing else: keys, their values and initial
values; options; attributes of records; events of the daemon's own lines.
"""
import os
import re
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
failed = 0


def is_same(name, have, want):
    """Two sets must be equal, and not empty."""
    global failed
    if want and have == want:
        return
    failed += 1
    print(f"not ok {name}")
    for item in sorted(want - have):
        print(f"    missing in the page: {item}")
    for item in sorted(have - want):
        print(f"    only in the page: {item}")
    if not want:
        print("    nothing to compare with")


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def source(page):
    """The text of a page without its markup."""
    text = re.sub(r"(?<!\\)\*|(?<![\\\w])_|(?<!\\)_(?!\w)", "", read("doc/" + page + ".scd"))
    return re.sub(r"\\(.)", r"\1", text)


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def keys_of_program(program):
    """{"sink file": {"path PATH (required)", ...}}"""
    keys = {}
    section = key = None
    for line in run(program, "--keys").splitlines():
        if line and not line.startswith(" "):
            section = " ".join(line.split()[:2]).replace(" NAME", "")
            keys[section] = set()
        elif re.match(r"    [a-z]", line) and re.match(r"    [a-z-]+ (\[|[A-Za-z0-9.|]+$)", line):
            key = line.strip().replace("[yes|no]", "yes|no")
            keys[section].add(key)
        elif line.startswith("        ") and key:
            for note in re.findall(r"\((default: .*|required)\)$", line):
                keys[section].discard(key)
                keys[section].add(f"{key} ({note})")
            key = None
    return keys


def keys_of_page():
    keys = {}
    section = None
    for line in source("kellas-auditd.conf.5").splitlines():
        heading = re.match(r"(# (DAEMON|ROUTES|SINKS)$)|## (sink [a-z]+)$|(input [a-z]+) takes", line)
        if heading:
            names = {"DAEMON": "daemon", "ROUTES": "route", "SINKS": "every sink"}
            section = heading[3] or heading[4] or names[heading[2]]
            keys[section] = set()
        elif line.startswith("# "):
            section = None
        elif section and re.match(r"[a-z-]+ ([A-Z]+(\.\.\.)?|[a-z0-9]+(\|[a-z0-9]+)+)( \(.*\))?$", line):
            keys[section].add(line)
    return keys


def check_keys(program):
    want, have = keys_of_program(program), keys_of_page()
    is_same("sections of the configuration", set(have), set(want))
    for section in want:
        if want[section] or have.get(section):
            is_same(f"keys of {section}", have.get(section, set()), want[section])


def check_options(program):
    shown = run(program, "--help")
    want = set(re.findall(r"--[a-z]+", shown[shown.index("Options:"):]))
    page = source("kellas-auditd.8")
    have = set(re.findall(r"--[a-z]+", page[page.index("# OPTIONS"):page.index("# SIGNALS")]))
    is_same("options", have, want)
    signals = set(re.findall(r"SIG[A-Z]+[0-9]?", shown))
    have = set(re.findall(r"SIG[A-Z]+[0-9]?", page[page.index("# SIGNALS") + 9:page.index("# START")]))
    is_same("signals", have - {"SIGINT"}, signals)


def check_attributes():
    table = read("kernel/engine/attributes.def")
    page = source("kellas-log.5")
    known = {"argv[", "envp["}
    for kind, name in re.findall(r'^KL_(FAMILY|PARENT|TASK|PARAM)\([A-Z_0-9]+, "([^"]+)"', table, re.M):
        known.add(("." if kind in ("FAMILY", "PARENT") else "") + name)
    objects = set(re.findall(r'OBJ\("([a-z_]+)"', read("kernel/engine/operations.def")))
    missing = {name for name in known | objects
               if not re.search(r"(?<![\w.])" + re.escape(name) + r"(?![\w])", page)
               and not (name.startswith(".") and re.search(r"(OBJECT|[,\s])" + re.escape(name) + r"(?!\w)", page))}
    is_same("attributes of records", (known | objects) - missing, known | objects)


def check_fields():
    """Keys that the module writes in front of the slash."""
    text = read("kernel/engine/record_text.c")
    want = {key for key in re.findall(r'" ([a-z_-]+)=', text)}
    page = source("kellas-log.5")
    have = {key for key in want if re.search(r"(?<![\w.])" + re.escape(key) + "=", page)}
    is_same("fields of records", have, want)


def check_events():
    """What follows daemon= in the sources of the daemon."""
    want = {"lost", "repeat"}
    folder = os.path.join(TOP, "usr_sbin/auditd")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".c"):
            continue
        text = read(os.path.join("usr_sbin/auditd", name))
        for call in re.findall(r"\b(?:kl_entry_say|SAY|NOTE|kl_file_sink_note|note_gone|note_instance)\(([^;]*?)\"([a-z-]+)[ \"]", text):
            want.add(call[1])
    page = source("kellas-log.5")
    page = page[page.index("# LINES OF THE DAEMON"):page.index("# CONSOLE LINES")]
    have = set()
    for line in re.findall(r"^([a-z][a-z-]+(?: [a-z-]+=)*(?:, [a-z-]+(?: [a-z-]+=)*)*)$", page, re.M):
        have.update(part.split()[0] for part in line.split(", "))
    is_same("events of the daemon", have, want)


check_keys(sys.argv[1])
check_options(sys.argv[1])
check_attributes()
check_fields()
check_events()
print("pages:", f"{failed} not ok" if failed else "ok")
sys.exit(failed != 0)
