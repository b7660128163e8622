public import RPCCore

/// Makes recorded calls again, and says in which fields a server answers otherwise than it did.
///
/// All calls are made in the order in which everything happened in them, so that a stream that was told of another call's
/// effect is told of it again.
public struct Verifier: Sendable {
  private let cassette: Cassette
  private let types: MethodTypes?
  private let comparison: Comparison
  private let serverMade: ServerMade
  private let patience: Duration

  /// What was found of one call.
  public struct Verdict: Sendable {
    /// The recorded call.
    public var call: RecordedCall
    /// In what it is another now; empty when in nothing.
    public var differences: [FieldDifference]
  }

  /// - Parameters:
  ///   - types: what the messages are of; without, they are compared byte by byte and sent as they were
  ///   - ignored: names of fields, or paths without places in lists, that are not compared
  ///   - serverMade: what a server makes anew each time; by default as the schema says
  ///   - patience: how long a call may take that had no limit of its own
  public init(
    _ cassette: Cassette, types: MethodTypes?, ignoring ignored: Set<String> = [],
    serverMade: ServerMade? = nil, patience: Duration = .seconds(30)
  ) {
    self.cassette = cassette
    self.types = types
    self.serverMade = serverMade ?? types.map { ServerMade($0.schema) } ?? ServerMade()
    comparison = Comparison(types, ignoring: ignored.union(self.serverMade.times))
    self.patience = patience
  }

  /// Makes the calls at what `transport` leads to.
  ///
  /// - Returns: a verdict for each recorded call, in their order
  public func verify(at transport: any ClientTransport) async -> [Verdict] {
    var run = Run(self, transport)
    for entry in cassette.entries { await run.take(entry) }
    run.end()
    return cassette.calls.map {
      Verdict(call: $0, differences: run.differences[$0.id] ?? [])
    }
  }

  /// Where all calls stand.
  private struct Run {
    private let verifier: Verifier
    private let transport: any ClientTransport
    private var calls: [UInt64: LiveCall] = [:]
    private var bindings = Bindings()
    private(set) var differences: [UInt64: [FieldDifference]] = [:]

    private struct LiveCall {
      var path: String
      var stream: any ClientStream
      var responseCount = 0
    }

    init(_ verifier: Verifier, _ transport: any ClientTransport) {
      self.verifier = verifier
      self.transport = transport
    }

    mutating func take(_ entry: CassetteEntry) async {
      if case .clientHeader(let header) = entry.event {
        calls[entry.call] = open(header)
        return
      }
      guard let call = calls[entry.call] else { return }
      switch entry.event {
      case .clientHeader: break
      case .clientMessage(let message):
        // How a call that takes no more requests has ended is told by its responses.
        try? await call.stream.write(translated(message.bytes, call.path), compressed: nil)
      case .clientHalfClose: call.stream.finish()
      case .serverHeader: break
      case .serverMessage(let message): await expect(message, entry, call)
      case .serverTrailer(let trailer): await expect(trailer, entry, call)
      case .cancel:
        call.stream.cancel()
        calls[entry.call] = nil
      }
    }

    /// Ends what the recording left without an end.
    mutating func end() {
      for call in calls.values { call.stream.cancel() }
      calls = [:]
    }

    private func open(_ header: CassetteEntry.ClientHeader) -> LiveCall {
      let path = header.path.split(separator: "/").map(String.init)
      let method = MethodDescriptor(
        service: path.first ?? "", method: path.last ?? "", kind: .bidirectionalStreaming)
      let stream = transport.open(
        method, request: nil, metadata: header.metadata,
        options: CallOptions(timeout: header.timeout ?? verifier.patience))
      return LiveCall(path: header.path, stream: stream)
    }

    private func translated(_ bytes: [UInt8], _ path: String) -> [UInt8] {
      guard let type = verifier.types?.message(of: path, isRequest: true) else { return bytes }
      return (try? bindings.translated(bytes[...], as: type)) ?? bytes
    }

    private mutating func expect(
      _ message: CassetteEntry.RecordedMessage, _ entry: CassetteEntry, _ call: LiveCall
    ) async {
      let number = "response \(call.responseCount + 1)"
      calls[entry.call]?.responseCount += 1
      do throws(RPCError) {
        guard let live = try await call.stream.next() else {
          return fail(entry.call, [.init(number, recorded: "a message", live: "the end")])
        }
        let found = compare(message.bytes, live, entry.redactedPaths, call.path)
        differences[entry.call, default: []] += found.map {
          FieldDifference("\(number) \($0.path)", recorded: $0.recorded, live: $0.live)
        }
      } catch {
        fail(entry.call, [.init(number, recorded: "a message", live: "\(error)")])
      }
    }

    private mutating func expect(
      _ trailer: CassetteEntry.Trailer, _ entry: CassetteEntry, _ call: LiveCall
    ) async {
      defer { calls[entry.call] = nil }
      var status = Status.ok
      do throws(RPCError) {
        if try await call.stream.next() != nil {
          let number = "response \(call.responseCount + 1)"
          return fail(entry.call, [.init(number, recorded: "the end", live: "a message")])
        }
      } catch {
        status = error.status
      }
      let old = trailer.status
      if old.code != status.code {
        return fail(
          entry.call, [.init("status.code", recorded: old.code.name, live: status.code.name)])
      }
      if old.message != status.message {
        fail(entry.call, [.init("status.message", recorded: old.message, live: status.message)])
      }
    }

    private mutating func fail(_ call: UInt64, _ found: [FieldDifference]) {
      differences[call, default: []] += found
      calls.removeValue(forKey: call)?.stream.cancel()
    }

    /// What differs, but for what the server makes anew and has made anew in the same way everywhere.
    private mutating func compare(
      _ recorded: [UInt8], _ live: [UInt8], _ redacted: [String], _ path: String
    ) -> [FieldDifference] {
      let all = verifier.comparison.differences(
        recorded, live, of: path, isRequest: false, redacted: redacted)
      return all.filter { difference in
        guard let old = difference.recorded, let new = difference.live else { return true }
        if bindings.translated(old) == new { return false }
        let name = difference.path.split(separator: ".").last.map(String.init) ?? ""
        let field = name.prefix { $0 != "[" }
        return !verifier.serverMade.texts.contains(String(field)) || !bindings.bind(old, to: new)
      }
    }
  }
}
