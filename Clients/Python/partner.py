"""A partner country's whole day, on nothing but stock grpcio.

It lists the referrals sent to it and then watches them. Whenever it sees one, it does what the
referral's state asks of a partner: confirm what was received, accept the case, take it into
process, record a decision. Run it with --help; README.md says how to make the stubs it imports.

A ministry's engineer who starts from this file should keep its habits:
- mutual TLS: the certificate says who you are, and in what role;
- a deadline on every call but the watch, which ends only when the server or the connection does;
- one request_id per intended change, kept when the call is repeated, so that it happens once;
- the reason of a refusal, not its text, decides what to do;
- a token is good once what came with it is done, so that no break loses anything.
"""

import argparse
import collections
import datetime
import random
import sys
import time
import uuid

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from safemobility.v1 import date_pb2, decision_calls_pb2, decision_pb2, referral_calls_pb2
from safemobility.v1 import referral_moves_pb2, referral_pb2, referral_service_pb2_grpc
from safemobility.v1 import release_calls_pb2

DEADLINE_SECONDS = 20
# The server says something at least once a minute, so this asks only a connection that has died. More
# than every five minutes would be refused.
KEEPALIVE_MILLISECONDS = 6 * 60 * 1000
# How many events to know again. Only what came shortly before a break can come twice.
REMEMBERED_EVENT_COUNT = 1000
# These pass by themselves: the same call is made again.
PASSING_CODES = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
PASSING_REASONS = {"OVERLOADED", "REQUEST_IN_FLIGHT"}
# This referral is not ours to move, or not from here; the others are. If somebody was faster, an event
# tells what it has become.
OVERTAKEN_REASONS = {"ETAG_MISMATCH", "TRANSITION_NOT_ALLOWED", "ACCESS_DENIED"}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def connect(options):
    """A channel over mutual TLS."""
    credentials = grpc.ssl_channel_credentials(
        root_certificates=read(options.ca), private_key=read(options.key),
        certificate_chain=read(options.cert))
    return grpc.secure_channel(options.target, credentials, options=[
        ("grpc.keepalive_time_ms", KEEPALIVE_MILLISECONDS),
        ("grpc.max_reconnect_backoff_ms", 10_000)])


class Failure:
    """Why a call failed: for the program the code and the reason, for a person the rest."""

    def __init__(self, error):
        self.code, self.text = error.code(), error.details()
        self.reason, self.fields, self.retry_seconds = "", [], 0
        status = rpc_status.from_call(error)
        for detail in status.details if status else []:
            info, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
            retry = error_details_pb2.RetryInfo()
            if detail.Unpack(info):
                self.reason = info.reason
            elif detail.Unpack(request):
                self.fields = [f"{each.field}: {each.description}" for each in request.field_violations]
            elif detail.Unpack(retry):
                self.retry_seconds = retry.retry_delay.ToTimedelta().total_seconds()

    @property
    def passes(self):
        return self.code in PASSING_CODES or self.reason in PASSING_REASONS

    def pause(self, failures):
        """Waits, longer after each failure in a row, and no two clients alike."""
        backoff = 0.2 * 2 ** min(failures, 6) * random.uniform(0.5, 1)
        time.sleep(max(backoff, self.retry_seconds))

    def __str__(self):
        first = " ".join(filter(None, [self.code.name, self.reason])) + f": {self.text}"
        return "\n  ".join([first, *self.fields])


class Partner:
    """One partner officer at work."""

    def __init__(self, channel, options):
        self.referrals = referral_service_pb2_grpc.ReferralServiceStub(channel)
        self.metadata = [("pasarela-purpose", options.purpose)]
        self.case_prefix, self.date, self.wanted = options.case_prefix, options.date, options.until_decided
        self.decided = 0
        self.heard = collections.deque(maxlen=REMEMBERED_EVENT_COUNT)
        self.steps = {
            referral_pb2.REFERRAL_STATE_SENT: self.acknowledge,
            referral_pb2.REFERRAL_STATE_RECEIVED: self.accept,
            referral_pb2.REFERRAL_STATE_ACCEPTED: self.take_into_process,
            referral_pb2.REFERRAL_STATE_IN_PROCESS: self.decide,
        }

    def call(self, method, request):
        """Calls until there is an answer; a change keeps its request_id, so it happens once."""
        if "request_id" in request.DESCRIPTOR.fields_by_name:
            request.request_id = str(uuid.uuid4())
        failures = 0
        while True:
            try:
                return method(request, timeout=DEADLINE_SECONDS, metadata=self.metadata)
            except grpc.RpcError as error:
                failure = Failure(error)
                if not failure.passes:
                    raise
                print(f"  asking again after {failure}")
                failures += 1
                failure.pause(failures)

    def work(self):
        """The day: lists, then watches; goes on after each break where it was. Without
        --until-decided it has no end."""
        token, failures = "", 0
        while not self.is_done():
            stream = None
            try:
                token = token or self.catch_up()
                stream = self.referrals.WatchReferrals(
                    referral_calls_pb2.WatchReferralsRequest(resume_token=token), metadata=self.metadata)
                while not self.is_done():
                    item = next(stream)
                    if item.HasField("event"):
                        self.hear(item.event)
                    # Only now: what is not done when we stop comes again. A reset has none: list again.
                    token, failures = item.resume_token, 0
            except StopIteration:  # After a reset.
                print("the stream ended")
                time.sleep(1)
            except grpc.RpcError as error:
                failure = Failure(error)
                if failure.reason == "RESUME_TOKEN_EXPIRED":
                    token = ""
                elif not failure.passes:
                    raise
                print(f"the watch broke: {failure}")
                failures += 1
                failure.pause(failures)
            finally:
                if stream:
                    stream.cancel()

    def is_done(self):
        return self.wanted is not None and self.decided >= self.wanted

    def catch_up(self):
        """Does the next step of every referral, and returns the token to watch from."""
        print("listing")
        request, found = referral_calls_pb2.ListReferralsRequest(), []
        while True:
            page = self.call(self.referrals.ListReferrals, request)
            found += page.referrals
            request.page_token = page.next_page_token
            if not page.next_page_token:
                break
        for referral in found:
            self.step(referral)
        return page.resume_token

    def hear(self, event):
        """Does the next step after a change, once however often the change is told."""
        if event.status.uid in self.heard:
            return
        if event.HasField("referral"):  # Else it has left our view: nothing is ours to do.
            self.step(event.referral)
        self.heard.append(event.status.uid)

    def step(self, referral):
        """Does what its state asks of us, if anything. The change is told us like any other: then the
        next step comes."""
        step = self.steps.get(referral.state)
        if not step or self.is_done():
            return
        try:
            state = referral_pb2.ReferralState.Name(step(referral).state)
            print(f"  {referral.name} is {state.removeprefix('REFERRAL_STATE_')}")
        except grpc.RpcError as error:
            failure = Failure(error)
            if failure.reason not in OVERTAKEN_REASONS:
                raise
            print(f"  {referral.name} left as it is: {failure.reason}")

    def acknowledge(self, referral):
        record = self.call(
            self.referrals.GetRelease, release_calls_pb2.GetReleaseRequest(name=referral.name)).record
        # A real system stores the record here. Names do not belong into logs.
        print(f"  received {referral.name} by profile {record.release.profile}: "
              f"{len(record.registration.persons)} persons, "
              f"{len(record.registration.redacted_paths)} kinds of field withheld")
        return self.call(self.referrals.AcknowledgeReferral, referral_moves_pb2.AcknowledgeReferralRequest(
            name=referral.name, etag=referral.etag,
            release_sha256=record.release.release_sha256)).referral

    def accept(self, referral):
        return self.call(self.referrals.AcceptReferral, referral_moves_pb2.AcceptReferralRequest(
            name=referral.name, etag=referral.etag,
            partner_case_ref=f"{self.case_prefix}-{referral.uid[-8:]}")).referral

    def take_into_process(self, referral):
        return self.call(self.referrals.AdvanceReferral, referral_moves_pb2.AdvanceReferralRequest(
            name=referral.name, etag=referral.etag)).referral

    def decide(self, referral):
        day = self.date or datetime.date.today()
        # A real system records here what its officers have decided.
        answer = self.call(self.referrals.RecordDecision, decision_calls_pb2.RecordDecisionRequest(
            parent=referral.name, etag=referral.etag,
            decision=decision_pb2.Decision(
                kind=decision_pb2.DECISION_KIND_APPROVED,
                reason=decision_pb2.DECISION_REASON_CRITERIA_MET,
                decision_date=date_pb2.CivilDate(year=day.year, month=day.month, day=day.day))))
        self.decided += 1
        return answer.referral


def arguments():
    parser = argparse.ArgumentParser(description="Processes every referral sent to this partner.")
    parser.add_argument("--target", required=True, help="HOST:PORT of the programme's server")
    parser.add_argument("--ca", required=True, help="the programme's authority, PEM")
    parser.add_argument("--cert", required=True, help="this partner's certificate, PEM")
    parser.add_argument("--key", required=True, help="its private key, PEM")
    parser.add_argument("--purpose", default="RESETTLEMENT")
    parser.add_argument("--case-prefix", default="CASE", help="how our own numbers of cases begin")
    parser.add_argument("--date", type=datetime.date.fromisoformat, help="the day of decisions; today")
    parser.add_argument("--until-decided", type=int, metavar="N", help="end after so many decisions")
    return parser.parse_args()


def main():
    options = arguments()
    sys.stdout.reconfigure(line_buffering=True)
    try:
        with connect(options) as channel:
            Partner(channel, options).work()
    except grpc.RpcError as error:
        sys.exit(str(Failure(error)))
    except KeyboardInterrupt:
        print("stopped")


if __name__ == "__main__":
    main()
