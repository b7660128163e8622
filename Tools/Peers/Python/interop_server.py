#!/usr/bin/env python3
"""grpc.testing.TestService on grpcio.

    interop_server.py --listen HOST:PORT|unix:PATH [--tls-cert FILE --tls-key FILE]

Prints `listening on HOST:PORT` and serves until SIGTERM.
"""

import argparse
import signal
import time
from concurrent import futures

import grpc

import schema

ECHO_INITIAL, ECHO_TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
CODES = {code.value[0]: code for code in grpc.StatusCode}


class TestService:
    """The methods. UnimplementedCall is not one of them, as the standard asks."""

    def EmptyCall(self, _, context):
        echo_metadata(context)
        return schema.Empty()

    def UnaryCall(self, received, context):
        request = received.message
        echo_metadata(context)
        check_compression(received, context)
        echo_status(request, context)
        if request.HasField("response_compressed"):
            compress_next(request.response_compressed.value, context)
        return schema.SimpleResponse(payload=schema.zeros(request.response_size))

    def StreamingInputCall(self, requests, context):
        echo_metadata(context)
        total = 0
        for received in requests:
            check_compression(received, context)
            total += len(received.message.payload.body)
        return schema.StreamingInputCallResponse(aggregated_payload_size=total)

    def StreamingOutputCall(self, received, context):
        echo_metadata(context)
        yield from answers(received.message, context)

    def FullDuplexCall(self, requests, context):
        echo_metadata(context)
        for received in requests:
            yield from answers(received.message, context)

    def HalfDuplexCall(self, requests, context):
        echo_metadata(context)
        for received in list(requests):
            yield from answers(received.message, context)


def answers(request, context):
    """The responses that a request asks for, each after its interval. Compression is switched on by the
    call's first message, and off again for those that shall be plain."""
    echo_status(request, context)
    for asked in request.response_parameters:
        time.sleep(asked.interval_us / 1e6)
        if asked.HasField("compressed"):
            compress_next(asked.compressed.value, context)
        yield schema.StreamingOutputCallResponse(payload=schema.zeros(asked.size))


def compress_next(wanted, context):
    if wanted:
        context.set_compression(grpc.Compression.Gzip)
    else:
        context.disable_next_message_compression()


def echo_metadata(context):
    sent = context.invocation_metadata()
    initial = [pair for pair in sent if pair[0] == ECHO_INITIAL]
    if initial:
        context.send_initial_metadata(initial)
    context.set_trailing_metadata([pair for pair in sent if pair[0] == ECHO_TRAILING])


def echo_status(request, context):
    """Ends the call with the status that its request asks for, if any."""
    if request.HasField("response_status") and request.response_status.code != 0:
        status = request.response_status
        context.abort(CODES.get(status.code, grpc.StatusCode.UNKNOWN), status.message)


def check_compression(received, context):
    request = received.message
    if request.HasField("expect_compressed") and request.expect_compressed.value != received.compressed:
        was = "compressed" if received.compressed else "plain"
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"the request came {was}")


def handlers(service):
    """What grpcio calls for each method the service has."""
    made = {}
    for method in schema.methods:
        if not hasattr(service, method.name):
            continue
        request = "stream" if method.client_streaming else "unary"
        response = "stream" if method.server_streaming else "unary"
        make = getattr(grpc, f"{request}_{response}_rpc_method_handler")
        made[method.name] = make(
            getattr(service, method.name),
            request_deserializer=schema.receiver(method.input_type),
            response_serializer=lambda message: message.SerializeToString(),
        )
    return grpc.method_handlers_generic_handler(schema.SERVICE, made)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--listen", required=True, metavar="HOST:PORT|unix:PATH")
    parser.add_argument("--tls-cert", type=argparse.FileType("rb"))
    parser.add_argument("--tls-key", type=argparse.FileType("rb"))
    options = parser.parse_args()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16), handlers=[handlers(TestService())],
        options=[*schema.OPTIONS, ("grpc.so_reuseport", 0)])
    if options.tls_cert:
        pair = (options.tls_key.read(), options.tls_cert.read())
        port = server.add_secure_port(options.listen, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(options.listen)
    server.start()
    unix = options.listen.startswith("unix:")
    where = options.listen if unix else f"{options.listen.rpartition(':')[0]}:{port}"
    signal.signal(signal.SIGTERM, lambda *_: server.stop(grace=2))
    print(f"listening on {where}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
