"""A partner works its referrals off with stock grpcio, through the end of one server and the start of the next.

Usage: exchange_referrals.py STUBS HOST:PORT begin PID     works, has the server end; prints a token
       exchange_referrals.py STUBS HOST:PORT resume TOKEN  goes on from the token; prints "all held"
STUBS is a folder for generated stubs. Ends with a traceback at the first thing that does not hold.
"""

import glob
import hashlib
import os
import queue
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

from safemobility.v1 import event_pb2, exchange_calls_pb2, exchange_pb2, referral_moves_pb2
from safemobility.v1 import referral_pb2, referral_service_pb2_grpc, release_calls_pb2

METADATA = [("pasarela-dev-identity", "gt-mintrab/PARTNER_OFFICER"),
            ("pasarela-purpose", "H2_RECRUITMENT")]
referrals = referral_service_pb2_grpc.ReferralServiceStub(grpc.insecure_channel(address))


class Exchange:
    """What is put into `say` goes out, until None."""

    def __init__(self, token="", hello=True):
        self.say = queue.SimpleQueue()
        self.stream = referrals.Exchange(iter(self.say.get, None), metadata=METADATA, timeout=60)
        self.kept = []
        if hello:
            self.put(hello=exchange_pb2.ExchangeHello(resume_token=token))

    def put(self, **message):
        self.say.put(exchange_calls_pb2.ExchangeRequest(**message))

    def hear(self, kind):
        """The next message of a kind; others are kept for later."""
        for index, message in enumerate(self.kept):
            if message.WhichOneof("message") == kind:
                return getattr(self.kept.pop(index), kind)
        for message in self.stream:
            if message.WhichOneof("message") == kind:
                return getattr(message, kind)
            self.kept.append(message)
        raise AssertionError(f"no {kind} came")

    def do(self, **move):
        self.put(command=exchange_pb2.ExchangeCommand(**move))
        return self.hear("result")

    def failure(self):
        """The code with which it ends; what is heard before does not matter."""
        try:
            for _ in self.stream:
                pass
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK


def acknowledge(referral):
    return referral_moves_pb2.AcknowledgeReferralRequest(
        name=referral.name, etag=referral.etag, release_sha256=referral.release.release_sha256,
        request_id=str(uuid.uuid4()))


if phase == "begin":
    rude = Exchange(hello=False)
    rude.put(ack=exchange_pb2.ExchangeAck(event_no=1))
    assert rude.failure() == grpc.StatusCode.INVALID_ARGUMENT
    exchange = Exchange()
    work = exchange.hear("work")
    assert work.event_no == 1, work
    assert work.status.type == event_pb2.EVENT_TYPE_CREATED, work
    try:
        release = referrals.GetRelease(
            release_calls_pb2.GetReleaseRequest(name=work.referral.name), metadata=METADATA,
            timeout=20)
        assert work.record == release.record, work
    except grpc.RpcError as error:
        # The consents are of 2023.
        assert error.code() == grpc.StatusCode.PERMISSION_DENIED
        assert not work.HasField("record"), work
    request = acknowledge(work.referral)
    result = exchange.do(acknowledge_referral=request)
    assert result.request_id == request.request_id
    assert result.referral.state == referral_pb2.REFERRAL_STATE_RECEIVED, result
    trailers = {trailer.name: trailer.value for trailer in result.trailers}
    assert trailers["pasarela-request-digest"] == hashlib.sha256(
        request.SerializeToString()).hexdigest()
    assert ":" in trailers["pasarela-audit-entry"]
    again = exchange.do(acknowledge_referral=request)
    assert again.referral == result.referral, again
    stale = exchange.do(acknowledge_referral=acknowledge(work.referral))
    assert stale.status.code == grpc.StatusCode.ABORTED.value[0], stale
    assert exchange.hear("work").status.state == "REFERRAL_STATE_RECEIVED"
    exchange.put(ack=exchange_pb2.ExchangeAck(event_no=1))
    token = exchange.hear("bookmark").resume_token
    os.kill(int(argument), signal.SIGTERM)
    assert exchange.failure() == grpc.StatusCode.UNAVAILABLE
    print(token)
else:
    assert Exchange("0" * len(argument)).failure() == grpc.StatusCode.INVALID_ARGUMENT
    exchange = Exchange(argument)
    work = exchange.hear("work")
    assert work.event_no == 2, work
    assert work.status.state == "REFERRAL_STATE_RECEIVED", work
    accept = referral_moves_pb2.AcceptReferralRequest(
        name=work.referral.name, etag=work.referral.etag, partner_case_ref="MT-1",
        request_id=str(uuid.uuid4()))
    result = exchange.do(accept_referral=accept)
    assert result.referral.state == referral_pb2.REFERRAL_STATE_ACCEPTED, result
    assert exchange.hear("work").event_no == 3
    exchange.put(ack=exchange_pb2.ExchangeAck(event_no=3))
    # What was said before the end is worked off.
    exchange.put(command=exchange_pb2.ExchangeCommand(accept_referral=accept))
    exchange.say.put(None)
    assert exchange.hear("bookmark").resume_token
    assert exchange.hear("result").referral == result.referral
    assert exchange.failure() == grpc.StatusCode.OK
    print("all held")
