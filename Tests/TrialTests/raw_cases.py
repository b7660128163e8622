"""Requests that no gRPC client would send, by hand over HTTP/2; one JSON line for each answer.

raw_cases.py PORT
"""

import json
import socket
import sys

import h2.config
import h2.connection
import h2.events

METHOD = "/safemobility.v1.ProgramService/GetProgram"
# GetProgramRequest{name: "programs/gt-pilot-2023"} behind its prefix.
NAME = b"programs/gt-pilot-2023"
MESSAGE = b"\x0a" + bytes([len(NAME)]) + NAME
BODY = b"\x00" + len(MESSAGE).to_bytes(4, "big") + MESSAGE

CASES = {
    "honest": {},
    "wrong content-type": {"content-type": "application/json"},
    "grpc-web content-type": {"content-type": "application/grpc-web"},
    "no content-type": {"content-type": None},
    "GET": {":method": "GET"},
    "PUT": {":method": "PUT"},
    "unknown method": {":path": "/safemobility.v1.ProgramService/Nothing"},
    "unknown service": {":path": "/nobody.v1.Nothing/GetProgram"},
    "path without first slash": {":path": METHOD[1:]},
    "path without second slash": {":path": METHOD.rsplit("/", 1)[0]},
    "path with trailing slash": {":path": METHOD + "/"},
    "path in other case": {":path": METHOD.lower()},
    "bad timeout": {"grpc-timeout": "1.5S"},
    "unknown encoding": {"grpc-encoding": "foo"},
    "no message": {"body": b""},
    "two messages": {"body": BODY + BODY},
    "truncated message": {"body": BODY[:-3]},
    "truncated prefix": {"body": BODY[:3]},
    "unknown flag": {"body": b"\x07" + BODY[1:]},
    "compressed without encoding": {"body": b"\x01" + BODY[1:]},
    "length of 4 GiB": {"body": b"\x00\xff\xff\xff\xff" + MESSAGE},
    "one byte at a time": {"pieces": 1},
}


def ask(port, changes):
    """One call on a connection of its own: HTTP status, trailers or headers, how it ended."""
    headers = {
        ":method": "POST", ":scheme": "http", ":path": METHOD, ":authority": f"127.0.0.1:{port}",
        "te": "trailers", "content-type": "application/grpc",
        "pasarela-dev-identity": "iom/SCREENER", "pasarela-purpose": "PROCESSING"}
    headers.update({name: value for name, value in changes.items()
                    if name not in ("body", "pieces")})
    body = changes.get("body", BODY)
    config = h2.config.H2Configuration(
        client_side=True, header_encoding="utf-8", validate_outbound_headers=False,
        normalize_outbound_headers=False, validate_inbound_headers=False)
    connection = h2.connection.H2Connection(config)
    connection.initiate_connection()
    answer = {"headers": {}, "reset": None, "ended": False}
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        connection.send_headers(
            1, [(name, value) for name, value in headers.items() if value is not None])
        size = changes.get("pieces", max(1, len(body)))
        for start in range(0, len(body), size):
            connection.send_data(1, body[start:start + size])
        connection.end_stream(1)
        peer.sendall(connection.data_to_send())
        while not answer["ended"] and answer["reset"] is None:
            data = peer.recv(65536)
            if not data:
                break
            for event in connection.receive_data(data):
                if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
                    answer["headers"].update(dict(event.headers))
                if isinstance(event, h2.events.StreamEnded):
                    answer["ended"] = True
                if isinstance(event, h2.events.StreamReset):
                    answer["reset"] = int(event.error_code)
                if isinstance(event, h2.events.DataReceived):
                    connection.acknowledge_received_data(event.flow_controlled_length, 1)
            out = connection.data_to_send()
            if out:
                peer.sendall(out)
    return answer


def main():
    port = int(sys.argv[1])
    for name, changes in CASES.items():
        answer = ask(port, changes)
        status = answer["headers"].get("grpc-status", "")
        print(json.dumps({
            "name": name, "http": answer["headers"].get(":status", ""), "status": status,
            "ended": answer["ended"], "reset": answer["reset"]}), flush=True)
        honest = ask(port, {})
        assert honest["headers"].get("grpc-status") == "0", f"after {name}: {honest}"


main()
