internal import Logging
internal import NIOCore
internal import RPCCore
internal import RPCPolicy

/// Asks the server behind one address whether it serves, for as long as there is a connection (gRFC A17).
///
/// A server without a health service counts as healthy. A watch that breaks is begun again after a pause.
/// Touched on its channel's loop only.
final class HealthWatch: @unchecked Sendable {
  private static let method = MethodDescriptor(
    service: "grpc.health.v1.Health", method: "Watch", kind: .serverStreaming)

  private let request: [UInt8]
  private unowned let subchannel: Subchannel
  private let channel: ChannelCore
  private var call: ClientCall?
  private var backoff: Backoff
  private var alarm: Alarm?
  private var isOver = false
  /// The server has said something since it was asked.
  private var hasHeard = false

  init(service: String, subchannel: Subchannel, channel: ChannelCore) {
    request = Self.encode(service)
    self.subchannel = subchannel
    self.channel = channel
    backoff = channel.configuration.backoff
  }

  /// Begins to ask.
  func begin() {
    alarm = nil
    let call = ClientCall(
      method: Self.method, metadata: [:],
      options: CallOptions(maxResponseBytes: 1024, compressesRequests: false),
      channel: channel, deadline: nil, pinned: subchannel)
    call.waiters = CallWaiters(eventLoop: channel.eventLoop)
    self.call = call
    channel.begin(call, request)
    Task(executorPreference: channel.executor) { await self.listen(to: call) }
  }

  /// Asks no more.
  func end() {
    isOver = true
    alarm.map { channel.timers.clear($0) }
    call?.cancelled()
    call = nil
  }

  private func listen(to call: ClientCall) async {
    do throws(RPCError) {
      while let message = try await call.next() {
        if isOver { return }
        hasHeard = true
        backoff.reset()
        if let status = Self.status(message), status == 1 {
          subchannel.becameReady()
        } else {
          subchannel.becameUnhealthy("the health service says so")
        }
      }
      failed(RPCError(.unavailable, "the health service ended its answer"))
    } catch {
      failed(error)
    }
  }

  private func failed(_ error: RPCError) {
    guard !isOver else { return }
    // One of several connections is gone, or the server began anew: nothing was said of its health.
    if hasHeard, error.code == .unavailable, subchannel.isConnected {
      hasHeard = false
      return begin()
    }
    if error.code == .unimplemented {
      channel.configuration.logger.warning("\(subchannel.address) has no health service")
      return subchannel.becameReady()
    }
    subchannel.becameUnhealthy("its health service failed: \(error)")
    let alarm = Alarm { [weak self] in self?.begin() }
    self.alarm = alarm
    channel.timers.set(alarm, in: backoff.next(using: &channel.random))
  }

  /// A `HealthCheckRequest`: the service's name is field 1.
  private static func encode(_ service: String) -> [UInt8] {
    let name = Array(service.utf8.prefix(0x3FFF))
    if name.isEmpty { return [] }
    var bytes: [UInt8] = [0x0A]
    if name.count < 0x80 {
      bytes.append(UInt8(name.count))
    } else {
      bytes += [UInt8(name.count & 0x7F | 0x80), UInt8(name.count >> 7)]
    }
    return bytes + name
  }

  /// The status of a `HealthCheckResponse`, field 1, whose numbers are below 128; nil when it says none.
  private static func status(_ message: [UInt8]) -> UInt8? {
    message.count >= 2 && message[0] == 0x08 ? message[1] : nil
  }
}
