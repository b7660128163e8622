"""A stock gRPC client calls suite.v1.Calls and checks what it gets.

Usage: stock_client.py HOST:PORT [CA.pem CLIENT.pem CLIENT.key SERVER_NAME]
Prints "all held"; ends with a traceback at the first thing that does not hold.
"""

import concurrent.futures
import sys
import time

import grpc


def open_channel(arguments):
    target = arguments[0]
    if len(arguments) == 1:
        return grpc.insecure_channel(target)
    ca, certificate, key, name = arguments[1:]
    read = lambda path: open(path, "rb").read()
    credentials = grpc.ssl_channel_credentials(read(ca), read(key), read(certificate))
    return grpc.secure_channel(
        target, credentials, options=[("grpc.ssl_target_name_override", name)]
    )


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


channel = open_channel(sys.argv[1:])
method = lambda name: channel.unary_unary(f"/suite.v1.Calls/{name}")
echo = method("Echo")

# Bytes of several sizes, also larger than every window.
for size in [0, 1, 16_384, 100_000, 3_000_000]:
    request = bytes(i % 251 for i in range(size))
    assert echo(request, timeout=20) == request, size

# Metadata both ways.
answer, call = echo.with_call(
    b"x",
    timeout=20,
    metadata=[("x-head", "a"), ("x-head", "b"), ("x-tail-bin", b"\x00\xff\x01")],
)
assert [v for k, v in call.initial_metadata() if k == "x-head"] == ["a", "b"]
assert dict(call.trailing_metadata())["x-tail-bin"] == b"\x00\xff\x01"
assert call.code() == grpc.StatusCode.OK

# A status with its text and details.
error = failure(lambda: method("Fail")(b"\x09caf\xc3\xa9 %", timeout=20))
assert error.code() == grpc.StatusCode.FAILED_PRECONDITION, error
assert error.details() == "caf\u00e9 %", error.details()
assert dict(error.trailing_metadata())["grpc-status-details-bin"] == b"\x00\x01\xff"

# Codes the transport gives by itself.
for name in ["Nothing", "Later"]:
    assert failure(lambda: method(name)(b"", timeout=20)).code() == grpc.StatusCode.UNIMPLEMENTED
assert failure(lambda: method("Leak")(b"", timeout=20)).code() == grpc.StatusCode.UNKNOWN

# A deadline, and a cancellation, each in much less time than the handler sleeps.
began = time.monotonic()
assert (
    failure(lambda: method("Sleep")(b"", timeout=0.05)).code() == grpc.StatusCode.DEADLINE_EXCEEDED
)
sleeping = method("Sleep").future(b"", timeout=20)
time.sleep(0.05)
sleeping.cancel()
assert sleeping.cancelled()
assert time.monotonic() - began < 5

# More calls at once than the server allows streams.
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    futures = [echo.future(str(i).encode(), timeout=30) for i in range(300)]
    for i, future in enumerate(futures):
        assert future.result() == str(i).encode()

channel.close()
print("all held")
