internal import Protobuf
internal import RPCCore
public import SafeMobilityAPI

extension SafeMobilityClient {
  /// The referrals that the caller may see, and what becomes of them; see ``WatchSequence``.
  ///
  /// - Parameters:
  ///   - filter: as in ListReferrals, but for `overdue` and `update_time`; empty for all
  ///   - registration: only referrals of this registration; empty for all
  ///   - resumeToken: where a watch with the same filter and registration has left off; nil to begin with what
  ///     there is
  public func watchReferrals(
    filter: String = "", registration: String = "", from resumeToken: String? = nil
  ) -> WatchSequence<SafeMobility.WatchReferralsResponse> {
    WatchSequence(from: resumeToken, configuration: configuration) {
      [referrals] (pageToken) async throws(RPCError) in
      try await referrals.listReferrals(
        .with {
          $0.filter = filter
          $0.registration = registration
          $0.pageToken = pageToken
        })
    } open: { [referrals] resumeToken in
      referrals.watchReferrals(
        .with {
          $0.filter = filter
          $0.registration = registration
          $0.resumeToken = resumeToken
        })
    }
  }

  /// The registrations that the caller may see, in VIEW_BASIC, and what becomes of them; see ``WatchSequence``.
  ///
  /// - Parameters:
  ///   - filter: comparisons of `state`, `channel`, `language_code` and `subdivision_code`; empty for all
  ///   - program: only registrations of this programme; empty for all
  ///   - resumeToken: where a watch with the same filter and programme has left off; nil to begin with what there is
  public func watchRegistrations(
    filter: String = "", program: String = "", from resumeToken: String? = nil
  ) -> WatchSequence<SafeMobility.WatchRegistrationsResponse> {
    WatchSequence(from: resumeToken, configuration: configuration) {
      [applicants] (pageToken) async throws(RPCError) in
      try await applicants.listRegistrations(
        .with {
          $0.filter = filter
          $0.program = program
          $0.pageToken = pageToken
        })
    } open: { [applicants] resumeToken in
      applicants.watchRegistrations(
        .with {
          $0.filter = filter
          $0.program = program
          $0.resumeToken = resumeToken
        })
    }
  }

  /// The appointments that the caller may see, and what becomes of them; see ``WatchSequence``.
  ///
  /// A front desk sees those of the day, and begins each day with a new watch.
  ///
  /// - Parameters:
  ///   - filter: comparisons of `state` and `service`; empty for all
  ///   - office: only appointments at this office; empty for all
  ///   - resumeToken: where a watch with the same filter and office has left off; nil to begin with what there is
  public func watchAppointments(
    filter: String = "", office: String = "", from resumeToken: String? = nil
  ) -> WatchSequence<SafeMobility.WatchAppointmentsResponse> {
    WatchSequence(from: resumeToken, configuration: configuration) {
      [appointments] (pageToken) async throws(RPCError) in
      try await appointments.listAppointments(
        .with {
          $0.filter = filter
          $0.office = office
          $0.pageToken = pageToken
        })
    } open: { [appointments] resumeToken in
      appointments.watchAppointments(
        .with {
          $0.filter = filter
          $0.office = office
          $0.resumeToken = resumeToken
        })
    }
  }

  /// The slots of an office that have not begun, with their free seats, and what becomes of them; see
  /// ``WatchSequence``.
  ///
  /// - Parameters:
  ///   - office: the office
  ///   - service: only slots of this service; empty for all
  ///   - resumeToken: where a watch of the same office and service has left off; nil to begin with what there is
  public func watchSlots(
    of office: String, service: String = "", from resumeToken: String? = nil
  ) -> WatchSequence<SafeMobility.WatchSlotsResponse> {
    WatchSequence(from: resumeToken, configuration: configuration) {
      [offices] (pageToken) async throws(RPCError) in
      try await offices.listSlots(
        .with {
          $0.parent = office
          $0.service = service
          $0.pageToken = pageToken
        })
    } open: { [offices] resumeToken in
      offices.watchSlots(
        .with {
          $0.parent = office
          $0.service = service
          $0.resumeToken = resumeToken
        })
    }
  }
}
