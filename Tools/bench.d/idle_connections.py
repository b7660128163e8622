#!/usr/bin/env python3
"""Opens HTTP/2 connections that do nothing: idle_connections.py PORT COUNT

Each exchanges preface and SETTINGS, acknowledged both ways. Then it prints `open` and keeps them until its
standard input ends.
"""

import selectors
import socket
import sys
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, ACK = 4, 1
SECONDS_MAX = 60


def frame(kind, flags):
    """A frame of a connection, without a payload."""
    return bytes([0, 0, 0, kind, flags, 0, 0, 0, 0])


class Connection:
    """A socket, and what it has yet to read."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX)
        self.socket.sendall(PREFACE + frame(SETTINGS, 0))
        self._unread = bytearray()
        self._settings = self._acknowledged = False

    @property
    def is_settled(self):
        return self._settings and self._acknowledged

    def read(self):
        data = self.socket.recv(65536)
        if not data:
            sys.exit("the server closed a connection")
        self._unread += data
        while len(self._unread) >= 9:
            end = 9 + int.from_bytes(self._unread[:3], "big")
            if len(self._unread) < end:
                break
            self._take(self._unread[3], self._unread[4])
            del self._unread[:end]

    def _take(self, kind, flags):
        if kind != SETTINGS:
            return
        if flags & ACK:
            self._acknowledged = True
        else:
            self._settings = True
            self.socket.sendall(frame(SETTINGS, ACK))


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    deadline = time.monotonic() + SECONDS_MAX
    selector = selectors.DefaultSelector()
    connections = []
    for _ in range(count):
        connection = Connection(port)
        connections.append(connection)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    while not all(connection.is_settled for connection in connections):
        if time.monotonic() > deadline:
            sys.exit("the server did not settle all connections")
        for key, _ in selector.select(timeout=1):
            key.data.read()
    time.sleep(0.5)  # what the server does after the last acknowledgement
    print("open", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
