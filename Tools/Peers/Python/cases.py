"""The standard cases, each a function of the peer under test that raises `Wrong` when it does not hold."""

import os
import queue
import time

import grpc

from schema import Empty, SimpleRequest, StreamingInputCallRequest, StreamingOutputCallRequest, methods, zeros

SECONDS_MAX = 20
LARGE_REQUEST, LARGE_RESPONSE = 271828, 314159
REQUESTS, RESPONSES = [27182, 8, 1828, 45904], [31415, 9, 2653, 58979]
MESSAGE = "test status message"
SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
INITIAL = ("x-grpc-test-echo-initial", "test_initial_metadata_value")
TRAILING = ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab")
GZIP, PLAIN = grpc.Compression.Gzip, grpc.Compression.NoCompression

CASES = {}


class Wrong(Exception):
    """What the peer did is not what the case asks."""


def case(function):
    CASES[function.__name__] = function
    return function


def same(got, wanted, what):
    if got != wanted:
        raise Wrong(f"{what} is {got!r}, not {wanted!r}")


def fails(code, call, message=None):
    """Ends a call, or reads its stream to the end, which must fail with this code and message."""
    try:
        call() if callable(call) else list(call)
    except grpc.RpcError as error:
        same(error.code().name, code.name, "the status")
        if message is not None:
            same(error.details(), message, "the message")
    else:
        raise Wrong(f"the call succeeded; {code.name} was due")


class Requests:
    """A stream of requests that is written by hand."""

    def __init__(self):
        self._queue = queue.SimpleQueue()

    def send(self, request):
        self._queue.put(request)

    def end(self):
        self._queue.put(None)

    def __iter__(self):
        return iter(self._queue.get, None)


def size(received):
    """Bytes in a response's payload, which must all be zero."""
    body = received.message.payload.body
    same(body.count(0), len(body), "the number of zeros in the payload")
    return len(body)


def large(**fields):
    return SimpleRequest(response_size=LARGE_RESPONSE, payload=zeros(LARGE_REQUEST), **fields)


def parts(*sizes, **fields):
    return StreamingOutputCallRequest(response_parameters=[{"size": each} for each in sizes], **fields)


def large_call(peer, compression=None, **fields):
    answer = peer.UnaryCall(large(**fields), timeout=SECONDS_MAX, compression=compression)
    same(size(answer), LARGE_RESPONSE, "the size")
    return answer


@case
def empty_unary(peer):
    answer = peer.EmptyCall(Empty(), timeout=SECONDS_MAX)
    same(answer.message.ByteSize(), 0, "the answer's size")


@case
def large_unary(peer):
    large_call(peer)


@case
def client_streaming(peer):
    requests = (StreamingInputCallRequest(payload=zeros(each)) for each in REQUESTS)
    answer = peer.StreamingInputCall(requests, timeout=SECONDS_MAX)
    same(answer.message.aggregated_payload_size, 74922, "the sum")


@case
def server_streaming(peer):
    answers = peer.StreamingOutputCall(parts(*RESPONSES), timeout=SECONDS_MAX)
    same([size(each) for each in answers], RESPONSES, "the list of sizes")


@case
def ping_pong(peer):
    requests = Requests()
    answers = peer.FullDuplexCall(iter(requests), timeout=SECONDS_MAX)
    for sent, wanted in zip(REQUESTS, RESPONSES):
        requests.send(parts(wanted, payload=zeros(sent)))
        same(size(next(answers)), wanted, "the size")
    requests.end()
    same(list(answers), [], "what follows the last answer")


@case
def empty_stream(peer):
    same(list(peer.FullDuplexCall(iter([]), timeout=SECONDS_MAX)), [], "the list of answers")


@case
def half_duplex(peer):
    requests = Requests()
    answers = peer.HalfDuplexCall(iter(requests), timeout=SECONDS_MAX)
    for each in RESPONSES:
        requests.send(parts(each))
    requests.end()
    same([size(each) for each in answers], RESPONSES, "the list of sizes")


@case
def client_compressed_unary(peer):
    probe = large(expect_compressed={"value": True})
    fails(
        grpc.StatusCode.INVALID_ARGUMENT,
        lambda: peer.UnaryCall(probe, timeout=SECONDS_MAX, compression=PLAIN))
    large_call(peer, GZIP, expect_compressed={"value": True})
    large_call(peer, PLAIN, expect_compressed={"value": False})


@case
def client_compressed_streaming(peer):
    """grpcio compresses a whole call or none of it, but what grows by it is sent plain: so is noise."""
    first = StreamingInputCallRequest(payload=zeros(27182), expect_compressed={"value": True})
    fails(
        grpc.StatusCode.INVALID_ARGUMENT,
        lambda: peer.StreamingInputCall(iter([first]), timeout=SECONDS_MAX, compression=PLAIN))
    noise = {"body": os.urandom(45904)}
    second = StreamingInputCallRequest(payload=noise, expect_compressed={"value": False})
    answer = peer.StreamingInputCall(iter([first, second]), timeout=SECONDS_MAX, compression=GZIP)
    same(answer.message.aggregated_payload_size, 73086, "the sum")


@case
def server_compressed_unary(peer):
    for wanted in (True, False):
        answer = large_call(peer, response_compressed={"value": wanted})
        same(answer.compressed, wanted, "compression of the answer")


@case
def server_compressed_streaming(peer):
    asked = [{"size": 31415, "compressed": {"value": True}}, {"size": 92653, "compressed": {"value": False}}]
    request = StreamingOutputCallRequest(response_parameters=asked)
    answers = list(peer.StreamingOutputCall(request, timeout=SECONDS_MAX))
    same([size(each) for each in answers], [31415, 92653], "the list of sizes")
    same([each.compressed for each in answers], [True, False], "compression of the answers")


@case
def cancel_after_begin(peer):
    requests = Requests()
    call = peer.StreamingInputCall.future(iter(requests), timeout=SECONDS_MAX)
    call.cancel()
    same(call.cancelled(), True, "cancellation")
    same(call.code().name, "CANCELLED", "the status")
    requests.end()


@case
def cancel_after_first_response(peer):
    requests = Requests()
    answers = peer.FullDuplexCall(iter(requests), timeout=SECONDS_MAX)
    requests.send(parts(RESPONSES[0], payload=zeros(REQUESTS[0])))
    same(size(next(answers)), RESPONSES[0], "the size")
    answers.cancel()
    fails(grpc.StatusCode.CANCELLED, answers)
    requests.end()


@case
def timeout_on_sleeping_server(peer):
    # Connected before, so that it is the call that takes too long.
    empty_unary(peer)
    requests = Requests()
    answers = peer.FullDuplexCall(iter(requests), timeout=0.001)
    requests.send(StreamingOutputCallRequest(payload=zeros(27182)))
    fails(grpc.StatusCode.DEADLINE_EXCEEDED, answers)
    requests.end()


@case
def custom_metadata(peer):
    sent = (INITIAL, TRAILING)
    answer, call = peer.UnaryCall.with_call(large(), timeout=SECONDS_MAX, metadata=sent)
    same(size(answer), LARGE_RESPONSE, "the size")
    _echoed(call)
    requests = iter([parts(31415, payload=zeros(27182))])
    call = peer.FullDuplexCall(requests, timeout=SECONDS_MAX, metadata=sent)
    same([size(each) for each in call], [31415], "the list of sizes")
    _echoed(call)


def _echoed(call):
    initial = [value for key, value in call.initial_metadata() if key == INITIAL[0]]
    trailing = [value for key, value in call.trailing_metadata() if key == TRAILING[0]]
    same(initial, [INITIAL[1]], INITIAL[0])
    same(trailing, [TRAILING[1]], TRAILING[0])


@case
def status_code_and_message(peer):
    status = {"code": 2, "message": MESSAGE}
    unary = SimpleRequest(response_status=status)
    fails(grpc.StatusCode.UNKNOWN, lambda: peer.UnaryCall(unary, timeout=SECONDS_MAX), MESSAGE)
    requests = iter([StreamingOutputCallRequest(response_status=status)])
    fails(grpc.StatusCode.UNKNOWN, peer.FullDuplexCall(requests, timeout=SECONDS_MAX), MESSAGE)


@case
def special_status_message(peer):
    request = SimpleRequest(response_status={"code": 2, "message": SPECIAL_MESSAGE})
    fails(grpc.StatusCode.UNKNOWN, lambda: peer.UnaryCall(request, timeout=SECONDS_MAX), SPECIAL_MESSAGE)


@case
def unimplemented_method(peer):
    call = peer.UnimplementedCall
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: call(Empty(), timeout=SECONDS_MAX))


@case
def unimplemented_service(peer):
    method = next(each for each in methods if each.name == "UnimplementedCall")
    call = peer.method("grpc.testing.UnimplementedService", method)
    fails(grpc.StatusCode.UNIMPLEMENTED, lambda: call(Empty(), timeout=SECONDS_MAX))


def often(count, run):
    """Runs something so many times, within the time of one call."""
    began = time.monotonic()
    for done in range(count):
        if time.monotonic() - began > SECONDS_MAX:
            raise Wrong(f"only {done} of {count} were done in {SECONDS_MAX} s")
        run()


@case
def rpc_soak(peer):
    often(100, lambda: large_call(peer))


@case
def channel_soak(peer):
    def soak():
        with peer.again() as another:
            large_call(another)

    often(10, soak)
