#!/usr/bin/env python3
"""The standard gRPC interoperability cases, as grpcio's client runs them.

    interop_client.py --target HOST:PORT|unix:PATH --test-case NAME|all [--tls-ca FILE --server-name NAME]

Prints `PASS name` or `FAIL name: why` for each case and exits 1 when one failed. The
cases are those of grpc/grpc doc/interop-test-descriptions.md; half_duplex is ours.
"""

import argparse
import sys

import grpc

import cases
import schema


class Peer:
    """A server under test: its methods, over one channel."""

    def __init__(self, target, root=None, server_name=None):
        self._made = (target, root, server_name)
        options = list(schema.OPTIONS)
        if root is None:
            self.channel = grpc.insecure_channel(target, options)
        else:
            options.append(("grpc.ssl_target_name_override", server_name))
            self.channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(root), options)
        for method in schema.methods:
            setattr(self, method.name, self.method(schema.SERVICE, method))

    def again(self):
        """The same server over a channel of its own."""
        return Peer(*self._made)

    def method(self, service, method):
        request = "stream" if method.client_streaming else "unary"
        response = "stream" if method.server_streaming else "unary"
        return getattr(self.channel, f"{request}_{response}")(
            f"/{service}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=schema.receiver(method.output_type),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()


def run(name, peer):
    """Runs a case and prints its line; whether it held."""
    try:
        cases.CASES[name](peer)
    except cases.Wrong as wrong:
        print(f"FAIL {name}: {wrong}", flush=True)
    except grpc.RpcError as error:
        print(f"FAIL {name}: {error.code().name}: {error.details()}", flush=True)
    else:
        print(f"PASS {name}", flush=True)
        return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--target", required=True, metavar="HOST:PORT|unix:PATH")
    parser.add_argument("--test-case", required=True, choices=["all", *cases.CASES])
    parser.add_argument("--tls-ca", type=argparse.FileType("rb"))
    parser.add_argument("--server-name", default="localhost")
    options = parser.parse_args()
    names = list(cases.CASES) if options.test_case == "all" else [options.test_case]
    root = options.tls_ca.read() if options.tls_ca else None
    with Peer(options.target, root, options.server_name) as peer:
        held = [run(name, peer) for name in names]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
