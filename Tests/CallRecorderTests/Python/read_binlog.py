"""Reads a cassette with Python's own protobuf and gRPC's own definition of its binary log; one JSON line for each entry.

read_binlog.py FILE DESCRIPTOR_SET, which protoc has made of grpc/binlog/v1/binarylog.proto
"""

import json
import struct
import sys

from schema import Schema


def main():
    entry_class = Schema(sys.argv[2])["grpc.binarylog.v1.GrpcLogEntry"]
    types = entry_class.DESCRIPTOR.enum_types_by_name["EventType"].values_by_number
    with open(sys.argv[1], "rb") as file:
        while prefix := file.read(4):
            (count,) = struct.unpack(">I", prefix)
            content = file.read(count)
            assert len(content) == count, "cut off"
            entry = entry_class.FromString(content)
            print(json.dumps({
                "call": entry.call_id,
                "number": entry.sequence_id_within_call,
                "type": types[entry.type].name,
                "method": entry.client_header.method_name,
                "message": list(entry.message.data),
                "status": entry.trailer.status_code,
                "text": entry.trailer.status_message,
                "metadata": [each.key for each in entry.client_header.metadata.entry],
            }))


main()
