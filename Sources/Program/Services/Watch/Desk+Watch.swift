import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension Desk {
  /// Serves a stream that watches.
  ///
  /// - Parameters:
  ///   - token: the request's `resume_token`
  ///   - view: what the request asks to see
  fileprivate func watch<Request: Message, View: WatchView>(
    _ request: Request, from token: String, _ responses: ResponseStream<View.Response>,
    _ call: ServerCall, _ view: (Request) throws -> View
  ) async throws {
    let (caller, _) = try admission(of: call)
    try validator.check(request, now: caller.callTime)
    let watch = try Watch(call, at: self, view(request))
    let watcher = try watches.add(for: watch.trail.caller.partner, of: View.kinds)
    defer { watches.remove(watcher) }
    let (token, receipt) = try await watch.begin(token, call)
    try receipt?.tell(call)
    // Nothing may happen for long, and the caller wants to know that it watches.
    try await responses.sendHeaders()
    try await watch.run(from: token, watcher, OpenOutlet(responses: responses))
  }
}

extension ReferralDesk {
  public func watchReferrals(
    _ request: SafeMobility.WatchReferralsRequest,
    responses: ResponseStream<SafeMobility.WatchReferralsResponse>, call: ServerCall
  ) async throws {
    try await desk.watch(
      request, from: request.resumeToken, responses, call, ReferralView.init)
  }
}

extension ApplicantDesk {
  public func watchRegistrations(
    _ request: SafeMobility.WatchRegistrationsRequest,
    responses: ResponseStream<SafeMobility.WatchRegistrationsResponse>, call: ServerCall
  ) async throws {
    try await desk.watch(
      request, from: request.resumeToken, responses, call, RegistrationView.init)
  }
}

extension AppointmentDesk {
  public func watchAppointments(
    _ request: SafeMobility.WatchAppointmentsRequest,
    responses: ResponseStream<SafeMobility.WatchAppointmentsResponse>, call: ServerCall
  ) async throws {
    try await desk.watch(
      request, from: request.resumeToken, responses, call, AppointmentView.init)
  }
}

extension OfficeDesk {
  public func watchSlots(
    _ request: SafeMobility.WatchSlotsRequest,
    responses: ResponseStream<SafeMobility.WatchSlotsResponse>, call: ServerCall
  ) async throws {
    try await desk.watch(request, from: request.resumeToken, responses, call, SlotView.init)
  }
}
