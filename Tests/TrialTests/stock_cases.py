"""Bad input by way of grpcio, which nobody here wrote; one JSON line for each answer.

stock_cases.py PORT
"""

import json
import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

PROGRAM = "/safemobility.v1.ProgramService/GetProgram"
CREATE = "/safemobility.v1.ApplicantService/CreateRegistration"
IDENTITY = ("pasarela-dev-identity", "iom/CONTACT_CENTRE")
PURPOSE = ("pasarela-purpose", "PROCESSING")
NAME = b"\x0a\x16programs/gt-pilot-2023"
# Field 15, request_id.
REQUEST_ID = b"\x7a\x24" + b"0f8fad5b-d9cb-469f-a165-70867728950e"

CASES = {
    "honest": (PROGRAM, NAME, []),
    "0 bytes": (CREATE, b"", [IDENTITY, PURPOSE]),
    "only a request_id": (CREATE, REQUEST_ID, [IDENTITY, PURPOSE]),
    "request_id of version 1": (CREATE, REQUEST_ID.replace(b"-469f", b"-169f"),
                                [IDENTITY, PURPOSE]),
    "no bytes of a message": (CREATE, b"\xff\xff\xff\xff", [IDENTITY, PURPOSE]),
    "200 levels": (CREATE, b"\x53" * 200 + b"\x54" * 200, [IDENTITY, PURPOSE]),
    "invalid UTF-8": (CREATE, b"\x7a\x02\xc3\x28", [IDENTITY, PURPOSE]),
    "5 MiB": (CREATE, bytes(5 << 20), [IDENTITY, PURPOSE]),
    "no identity": (CREATE, REQUEST_ID, [PURPOSE]),
    "no purpose": (CREATE, REQUEST_ID, [IDENTITY]),
    "role nobody knows": (CREATE, REQUEST_ID, [(IDENTITY[0], "iom/WIZARD"), PURPOSE]),
    "unknown method": (PROGRAM[:-1], NAME, []),
    "unknown service": (PROGRAM.replace("Program", "Nothing", 1), NAME, []),
    "path without second slash": (PROGRAM.rsplit("/", 1)[0], NAME, []),
    "20 KiB of metadata": (PROGRAM, NAME, [("x-much", "a" * 20_000)]),
}


def call(channel, case):
    """Code, ErrorInfo.reason and the fields at fault."""
    method, request, metadata = case
    try:
        channel.unary_unary(method)(request, metadata=metadata, timeout=20)
        return {"code": "OK", "reason": "", "fields": []}
    except grpc.RpcError as error:
        answer = {"code": error.code().name, "reason": "", "fields": []}
        # None when there are no details; it throws when they contradict code or message.
        status = rpc_status.from_call(error)
        for detail in status.details if status else []:
            info = error_details_pb2.ErrorInfo()
            request = error_details_pb2.BadRequest()
            if detail.Unpack(info):
                answer["reason"] = info.reason
            elif detail.Unpack(request):
                answer["fields"] += [violation.field for violation in request.field_violations]
        return answer


def main():
    target = f"127.0.0.1:{sys.argv[1]}"
    with grpc.insecure_channel(target) as channel:
        for name, case in CASES.items():
            print(json.dumps({"name": name, **call(channel, case)}), flush=True)
            # On the same connection and on another.
            options = [("grpc.use_local_subchannel_pool", 1)]
            with grpc.insecure_channel(target, options=options) as other:
                for each in (channel, other):
                    honest = call(each, CASES["honest"])
                    assert honest["code"] == "OK", f"after {name}: {honest}"


main()
