"""Runs a program on a terminal of its own, and says what a person would have seen.

    terminal.py COLUMNS [--type TEXT --until TEXT]... -- PROGRAM ARGUMENTS...

Each --type is typed when the --until before it has been seen (the first at once), with \\t, \\r, \\n and \\x03 as in Python;
the last --until ends the program's input by hanging up. Prints JSON: {"code": exit code, "seen": all that came}.
"""

import codecs
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

LIMIT = 60


def steps(words):
    found, rest = [], list(words)
    while rest and rest[0] != "--":
        kind, text = rest.pop(0), rest.pop(0)
        found.append((kind, codecs.decode(text, "unicode_escape")))
    return found, rest[1:]


def read(terminal, seen, until):
    """Reads until a text is in what came since `start`, or the program ends; says whether it goes on."""
    start = len(seen)
    end = time.monotonic() + LIMIT
    while until is None or until.encode() not in seen[start:]:
        ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
        if not ready:
            seen += b"\n(nothing more came)\n"
            return False
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return False
        if not piece:
            return False
        seen += piece
    return True


def main():
    columns = int(sys.argv[1])
    actions, program = steps(sys.argv[2:])
    child, terminal = pty.fork()
    if child == 0:
        # The size is set before the program looks.
        size = struct.pack("HHHH", 50, columns, 0, 0)
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execvp(program[0], program)
    seen = bytearray()
    goes_on = True
    for kind, text in actions:
        if not goes_on:
            break
        if kind == "--type":
            os.write(terminal, text.encode())
        else:
            goes_on = read(terminal, seen, text)
    if actions:
        # An interactive shell would wait for more.
        os.kill(child, signal.SIGHUP)
    elif goes_on:
        read(terminal, seen, None)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    print(json.dumps({"code": code, "seen": seen.decode(errors="replace")}))


main()
