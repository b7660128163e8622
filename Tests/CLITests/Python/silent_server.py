"""An HTTP/2 server by another hand that answers no call and says on standard error what it is sent.

Prints "listening on HOST:PORT", then a line for each header, each piece of data and each reset of a stream, and
"closed" when the client has gone.
"""

import socket
import sys

import h2.config
import h2.connection
import h2.events


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def serve(client):
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    client.sendall(connection.data_to_send())
    while data := client.recv(65536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                for name, value in event.headers:
                    say("header", f"{text(name)}: {text(value)}")
            elif isinstance(event, h2.events.DataReceived):
                say("data", event.data.hex())
            elif isinstance(event, h2.events.StreamEnded):
                say("ended")
            elif isinstance(event, h2.events.StreamReset):
                say("reset", int(event.error_code))
        client.sendall(connection.data_to_send())
    say("closed")


listener = socket.create_server(("127.0.0.1", 0))
print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
while True:
    client, _ = listener.accept()
    try:
        serve(client)
    except OSError:
        say("closed")
