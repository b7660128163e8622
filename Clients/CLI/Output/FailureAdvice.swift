import RPCCore

/// What a person can do about each reason of the contract.
enum FailureAdvice {
  static let byReason: [String: String] = [
    "FIELD_INVALID": "correct what is listed and give the command again",
    "REQUEST_ID_REQUIRED": "give --request-id a UUID of version 4, or leave it out",
    "REQUEST_ID_REUSED": "that --request-id belongs to another request; leave it out for a new one",
    "PURPOSE_REQUIRED": "say what the call is for with --purpose",
    "ACCESS_DENIED":
      "check the name, your role and your purpose; the server does not say which is wrong",
    "PURPOSE_NOT_ALLOWED": "give --purpose one of those that the server names",
    "ALREADY_REGISTERED": "somebody of the household is registered; go on with that registration",
    "REFERRAL_LIVE_EXISTS": "look at the living referral first: pasarela referral list",
    "APPOINTMENT_LIVE_EXISTS": "look at the living appointment first: pasarela appointment list",
    "ETAG_MISMATCH": "somebody else has changed it. Read it again, then decide again",
    "REQUEST_IN_FLIGHT": "the first try is still at work; repeat the command in a moment",
    "HOLD_FENCE_STALE": "the hold was renewed: use its newest fence",
    "TRANSITION_NOT_ALLOWED": "nothing has changed. See in what state it is, and what leads on",
    "SLOT_FULL": "no seat was taken. Look for another: pasarela slot list OFFICE --free SEATS",
    "SLOT_BLOCKED": "the slot is closed, or too near. Look for another: pasarela slot list OFFICE",
    "HOLD_EXPIRED": "hold the seats again: pasarela appointment hold",
    "HOLD_LIMIT": "a household has one hold, renewed once; book it, release it or let it run out",
    "PERSON_OVERLAP": "somebody has an appointment at that time; choose another slot",
    "WINDOW_CLOSED": "see when registrations come in: pasarela program status",
    "DUPLICATE_HOLD": "a reviewer has to settle the possible duplicate first",
    "RULE_NOT_MET": "the household does not meet what is listed; advise it of other ways",
    "CONSENT_MISSING": "propose and grant the consent first: pasarela registration consent propose",
    "CONSENT_WITHDRAWN": "it was taken back; only a new consent can help, freely given",
    "CONFIRM_WINDOW_PASSED": "the offer has lapsed; ask for another",
    "CHECK_IN_WINDOW": "check the visit code, and the time of the appointment",
    "RESCHEDULE_LIMIT": "it was moved twice; cancel it and book anew",
    "APPEAL_USED": "the registration was reopened once; it cannot be again",
    "SECOND_PERSON_REQUIRED":
      "another authorised person must give the same command; each names itself with --end-user",
    "PARTNER_CAPACITY": "the partner takes no more cases now; wait, or choose another pathway",
    "PATHWAY_NOT_SENDABLE": "only a petitioner can begin this pathway; the office can advise",
    "PROGRAM_FROZEN": "the programme winds down or is under legal hold; nothing can be changed",
    "SUPPRESSED": "ask for the figures of the published grid",
    "QUOTA_REACHED": "the window is full: pasarela program window list",
    "OVERLOADED": "the server is busy; give the command again in a moment",
    "RESUME_TOKEN_EXPIRED": "list again from the beginning",
  ]

  /// For failures that did not come from the programme's services.
  static let byCode: [StatusCode: String] = [
    .unauthenticated:
      "give your certificate with --tls-cert and --tls-key, or to a server without TLS "
      + "--insecure --as PARTNER/ROLE",
    .permissionDenied: "check the name, your role and your purpose",
    .unimplemented: "this server does not have the method yet",
    .resourceExhausted: "what was sent or asked for is too large, or the server is busy",
    .aborted: "read it again, then decide again",
  ]
}
