"""A partner watches its referrals with stock grpcio, through the end of one server and the start of the next.

Usage: watch_referrals.py STUBS HOST:PORT begin PID     watches, moves, has the server end; prints a token
       watch_referrals.py STUBS HOST:PORT resume TOKEN  goes on from the token; prints "all held"
STUBS is a folder for generated stubs. Ends with a traceback at the first thing that does not hold.
"""

import glob
import os
import signal
import sys
import uuid

import grpc
from grpc_tools import protoc

stubs, address, phase, argument = sys.argv[1:]
top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
schema = os.path.join(top, "Proto")
if not os.path.isdir(os.path.join(stubs, "safemobility")):
    files = glob.glob(os.path.join(schema, "safemobility", "v1", "*.proto"))
    include = os.path.join(os.path.dirname(protoc.__file__), "_proto")
    made = protoc.main(["protoc", "-I", schema, "-I", include, f"--python_out={stubs}",
                        f"--grpc_python_out={stubs}"] + files)
    assert made == 0
sys.path.insert(0, stubs)

from safemobility.v1 import event_pb2, referral_calls_pb2, referral_moves_pb2, referral_pb2
from safemobility.v1 import referral_service_pb2_grpc

METADATA = [("pasarela-dev-identity", "gt-mintrab/PARTNER_OFFICER"),
            ("pasarela-purpose", "H2_RECRUITMENT")]
referrals = referral_service_pb2_grpc.ReferralServiceStub(grpc.insecure_channel(address))


def ask(method, request):
    return method(request, metadata=METADATA, timeout=20)


def watch(token):
    request = referral_calls_pb2.WatchReferralsRequest(resume_token=token)
    return referrals.WatchReferrals(request, metadata=METADATA, timeout=60)


def failure(stream):
    """The code with which a stream ends before it says anything more."""
    try:
        item = next(stream)
    except grpc.RpcError as error:
        return error.code()
    raise AssertionError(f"the stream went on with {item}")


def check(item, number, state):
    assert item.event.event_no == number, item
    assert item.event.status.type == event_pb2.EVENT_TYPE_STATE_CHANGED, item
    assert item.event.status.state == f"REFERRAL_STATE_{state}", item
    got = ask(referrals.GetReferral,
              referral_calls_pb2.GetReferralRequest(name=item.event.status.resource))
    assert item.event.referral == got.referral, (item, got)


listed = ask(referrals.ListReferrals, referral_calls_pb2.ListReferralsRequest())
(referral,) = listed.referrals
if phase == "begin":
    stream = watch(listed.resume_token)
    # The headers come before there is anything to tell.
    assert any(key == "pasarela-audit-entry" for key, _ in stream.initial_metadata())
    ask(referrals.AcknowledgeReferral, referral_moves_pb2.AcknowledgeReferralRequest(
        name=referral.name, etag=referral.etag, release_sha256=referral.release.release_sha256,
        request_id=str(uuid.uuid4())))
    item = next(stream)
    check(item, 1, "RECEIVED")
    other = watch(listed.resume_token)
    check(next(other), 1, "RECEIVED")
    other.cancel()
    assert failure(other) == grpc.StatusCode.CANCELLED
    os.kill(int(argument), signal.SIGTERM)
    assert failure(stream) == grpc.StatusCode.UNAVAILABLE
    print(item.resume_token)
else:
    assert failure(watch("0" * len(argument))) == grpc.StatusCode.INVALID_ARGUMENT
    stream = watch(argument)
    ask(referrals.AcceptReferral, referral_moves_pb2.AcceptReferralRequest(
        name=referral.name, etag=referral.etag, partner_case_ref="MT-1",
        request_id=str(uuid.uuid4())))
    check(next(stream), 2, "ACCEPTED")
    stream.cancel()
    print("all held")
