public import RPCCore
public import SafeMobilityAPI

extension SafeMobilityClient {
  /// Everything that a List method lists, whichever it is:
  ///
  ///     for try await slot in client.all(SafeMobility.ListSlotsRequest.with { $0.parent = office }) { … }
  public func all<Request: ListRequest>(
    _ request: Request, options: CallOptions = CallOptions()
  ) -> PageSequence<Request> {
    PageSequence(request) { [rpc] (request) async throws(RPCError) in
      try await rpc.unary(Request.method, request, options: options, as: Request.Page.self).message
    }
  }
}

extension SafeMobility.OfficeServiceClientProtocol {
  /// All offices that the caller may see and `request` asks for.
  public func all(
    _ request: SafeMobility.ListOfficesRequest = .init(), options: CallOptions = CallOptions()
  ) -> PageSequence<SafeMobility.ListOfficesRequest> {
    PageSequence(request) { (request) async throws(RPCError) in
      try await listOffices(request, metadata: [:], options: options)
    }
  }
}

extension SafeMobility.ApplicantServiceClientProtocol {
  /// All registrations that the caller may see and `request` asks for.
  public func all(
    _ request: SafeMobility.ListRegistrationsRequest = .init(), options: CallOptions = CallOptions()
  ) -> PageSequence<SafeMobility.ListRegistrationsRequest> {
    PageSequence(request) { (request) async throws(RPCError) in
      try await listRegistrations(request, metadata: [:], options: options)
    }
  }
}

extension SafeMobility.AppointmentServiceClientProtocol {
  /// All appointments that the caller may see and `request` asks for.
  public func all(
    _ request: SafeMobility.ListAppointmentsRequest = .init(), options: CallOptions = CallOptions()
  ) -> PageSequence<SafeMobility.ListAppointmentsRequest> {
    PageSequence(request) { (request) async throws(RPCError) in
      try await listAppointments(request, metadata: [:], options: options)
    }
  }
}

extension SafeMobility.ReferralServiceClientProtocol {
  /// All referrals that the caller may see and `request` asks for.
  public func all(
    _ request: SafeMobility.ListReferralsRequest = .init(), options: CallOptions = CallOptions()
  ) -> PageSequence<SafeMobility.ListReferralsRequest> {
    PageSequence(request) { (request) async throws(RPCError) in
      try await listReferrals(request, metadata: [:], options: options)
    }
  }
}

extension SafeMobility.PartnerServiceClientProtocol {
  /// All partners that the caller may see and `request` asks for.
  public func all(
    _ request: SafeMobility.ListPartnersRequest = .init(), options: CallOptions = CallOptions()
  ) -> PageSequence<SafeMobility.ListPartnersRequest> {
    PageSequence(request) { (request) async throws(RPCError) in
      try await listPartners(request, metadata: [:], options: options)
    }
  }
}
