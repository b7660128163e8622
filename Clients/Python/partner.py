"""A partner country's day, on nothing but stock grpcio.

It lists the referrals sent to it, reads what each releases, confirms what it received, accepts the
case, takes it into process and records a decision. Run it with --help; README.md says how to make
the stubs it imports.

A ministry's engineer who starts from this file should keep four habits: mutual TLS (the certificate
says who you are, and in what role), a deadline on every call, one request_id per intended change,
kept when the call is repeated, and reading the reason out of a refusal instead of its text.
"""

import argparse
import datetime
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
ATTEMPTS = 5


def read(path):
    with open(path, "rb") as file:
        return file.read()


def connect(options):
    """A channel over mutual TLS."""
    credentials = grpc.ssl_channel_credentials(
        root_certificates=read(options.ca), private_key=read(options.key),
        certificate_chain=read(options.cert))
    return grpc.secure_channel(options.target, credentials)


def reason(error):
    """The reason of a refusal, such as ACCESS_DENIED, and what is wrong with which field."""
    status = rpc_status.from_call(error)
    found, fields = None, []
    for detail in status.details if status else []:
        info, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            found = info.reason
        elif detail.Unpack(request):
            fields = [f"{each.field}: {each.description}" for each in request.field_violations]
    return found, fields


class Partner:
    """The calls of one partner officer."""

    def __init__(self, channel, purpose):
        self.referrals = referral_service_pb2_grpc.ReferralServiceStub(channel)
        self.metadata = [("pasarela-purpose", purpose)]

    def ask(self, method, request):
        return method(request, timeout=DEADLINE_SECONDS, metadata=self.metadata)

    def change(self, method, request):
        """A change: one id for it, kept over repeats, so that it happens once however often asked."""
        request.request_id = str(uuid.uuid4())
        for attempt in range(ATTEMPTS):
            try:
                return self.ask(method, request)
            except grpc.RpcError as error:
                transient = error.code() in (
                    grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
                if not transient or attempt == ATTEMPTS - 1:
                    raise
                time.sleep(0.2 * 2**attempt)

    def waiting(self):
        """Every referral that is SENT, over all pages of the list."""
        request = referral_calls_pb2.ListReferralsRequest(filter="state = SENT")
        found = []
        while True:
            page = self.ask(self.referrals.ListReferrals, request)
            found += page.referrals
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    def process(self, referral, case_ref, decided_on):
        """One referral from SENT to DECIDED."""
        record = self.ask(
            self.referrals.GetRelease, release_calls_pb2.GetReleaseRequest(name=referral.name)).record
        people = ", ".join(person.full_name for person in record.registration.persons)
        print(f"  received {referral.name}: {people}")
        print(f"  by profile {record.release.profile}; withheld: "
              f"{len(record.registration.redacted_paths)} kinds of field, "
              f"telephone {'shown' if record.registration.persons[0].phone else 'not shown'}")
        referral = self.change(
            self.referrals.AcknowledgeReferral,
            referral_moves_pb2.AcknowledgeReferralRequest(
                name=referral.name, etag=referral.etag,
                release_sha256=record.release.release_sha256)).referral
        referral = self.change(
            self.referrals.AcceptReferral,
            referral_moves_pb2.AcceptReferralRequest(
                name=referral.name, etag=referral.etag, partner_case_ref=case_ref)).referral
        referral = self.change(
            self.referrals.AdvanceReferral,
            referral_moves_pb2.AdvanceReferralRequest(
                name=referral.name, etag=referral.etag)).referral
        answer = self.change(
            self.referrals.RecordDecision,
            decision_calls_pb2.RecordDecisionRequest(
                parent=referral.name, etag=referral.etag,
                decision=decision_pb2.Decision(
                    kind=decision_pb2.DECISION_KIND_APPROVED,
                    reason=decision_pb2.DECISION_REASON_CRITERIA_MET,
                    decision_date=date_pb2.CivilDate(
                        year=decided_on.year, month=decided_on.month, day=decided_on.day))))
        state = referral_pb2.ReferralState.Name(answer.referral.state)
        print(f"  {answer.decision.name} recorded; the referral is {state}")


def main():
    parser = argparse.ArgumentParser(description="Processes every referral sent to this partner.")
    parser.add_argument("--target", required=True, help="HOST:PORT of the programme's server")
    parser.add_argument("--ca", required=True, help="the programme's authority, PEM")
    parser.add_argument("--cert", required=True, help="this partner's certificate, PEM")
    parser.add_argument("--key", required=True, help="its private key, PEM")
    parser.add_argument("--purpose", default="RESETTLEMENT")
    parser.add_argument("--case-ref", default="CASE-1", help="our own number for the case")
    parser.add_argument("--date", type=datetime.date.fromisoformat, required=True,
                        help="the day of the decision")
    parser.add_argument("--expect-denied", metavar="REFERRAL",
                        help="only ask for this referral, and expect to be denied")
    options = parser.parse_args()
    with connect(options) as channel:
        partner = Partner(channel, options.purpose)
        try:
            if options.expect_denied:
                partner.ask(partner.referrals.GetReferral,
                            referral_calls_pb2.GetReferralRequest(name=options.expect_denied))
                sys.exit("was shown a referral of another partner")
            waiting = partner.waiting()
            if not waiting:
                sys.exit("no referral is waiting")
            for referral in waiting:
                partner.process(referral, options.case_ref, options.date)
        except grpc.RpcError as error:
            found, fields = reason(error)
            if options.expect_denied and found == "ACCESS_DENIED":
                print("  another partner asked for the same referral: ACCESS_DENIED")
                return
            lines = [f"{error.code().name} {found or ''}: {error.details()}", *fields]
            sys.exit("\n  ".join(lines))


if __name__ == "__main__":
    main()
