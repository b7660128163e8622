"""grpc.testing.TestService as grpcio sees it: messages, methods, and whether a message came compressed.

The messages are made from Debian's grpc-proto when this module is imported. They never become files: as
modules their package would be `grpc`, which is the library's own.
"""

import gzip
import pathlib
import tempfile
from typing import NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message
from grpc_tools import protoc

PROTOS = "/usr/share/grpc-proto"
SERVICE = "grpc.testing.TestService"

# Messages reach the deserializer as they came over the wire, so that it can tell how they came; that is
# with gzip or not at all (bits 2 and 0), so that one mark is enough to know.
OPTIONS = [("grpc.per_message_decompression", 0), ("grpc.compression_enabled_algorithms_bitset", 0b101)]


def _load():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "set")
        command = ["protoc", f"-I{PROTOS}", "--include_imports", f"--descriptor_set_out={path}"]
        if protoc.main([*command, f"{PROTOS}/grpc/testing/test.proto"]) != 0:
            raise RuntimeError(f"cannot read {PROTOS}/grpc/testing/test.proto: is grpc-proto installed?")
        files = descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file
    pool = descriptor_pool.DescriptorPool()
    messages = message_factory.GetMessages(files, pool=pool)
    return pool, {name.removeprefix("grpc.testing."): made for name, made in messages.items()}


_pool, _messages = _load()
methods = _pool.FindServiceByName(SERVICE).methods

Empty = _messages["Empty"]
SimpleRequest = _messages["SimpleRequest"]
SimpleResponse = _messages["SimpleResponse"]
StreamingInputCallRequest = _messages["StreamingInputCallRequest"]
StreamingInputCallResponse = _messages["StreamingInputCallResponse"]
StreamingOutputCallRequest = _messages["StreamingOutputCallRequest"]
StreamingOutputCallResponse = _messages["StreamingOutputCallResponse"]


class Received(NamedTuple):
    """A message, and whether its flag said that it was compressed."""

    message: Message
    compressed: bool


def receiver(descriptor):
    """The deserializer of the messages a descriptor describes.

    Compressed bytes begin with gzip's mark 1F 8B. No message does: 1F would be a field of wire type 7,
    which there is not.
    """
    made = message_factory.GetMessageClass(descriptor)

    def receive(data):
        compressed = data[:2] == b"\x1f\x8b"
        return Received(made.FromString(gzip.decompress(data) if compressed else data), compressed)

    return receive


def zeros(size):
    """A payload of so many zeros."""
    return {"body": bytes(size)}
