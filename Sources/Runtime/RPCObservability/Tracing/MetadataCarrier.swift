public import RPCCore
public import Tracing

/// Reads trace headers from a call's metadata.
public struct MetadataExtractor: Extractor {
  /// Has no state.
  public init() {}

  /// The texts under `key`, joined by commas as HTTP joins fields; nil when there is none.
  ///
  /// So two `traceparent`s are one that cannot be read: which of them is meant nobody knows.
  public func extract(key: String, from carrier: Metadata) -> String? {
    let values = carrier.values(for: key)
    return values.isEmpty ? nil : values.joined(separator: ",")
  }
}

/// Writes trace headers into a call's metadata.
public struct MetadataInjector: Injector {
  /// Has no state.
  public init() {}

  /// Replaces what is under `key`.
  public func inject(_ value: String, forKey key: String, into carrier: inout Metadata) {
    // A field that metadata refuses is left out: tracing never makes a call fail.
    try? carrier.set(key, value)
  }
}

/// W3C Trace Context in and out of any carrier.
enum TraceContextFields {
  static let parent = "traceparent"
  static let state = "tracestate"

  /// The trace that the carrier tells of; nil for none that can be read.
  static func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, using extractor: Extract
  ) -> TraceContext? where Extract.Carrier == Carrier {
    guard let parent = extractor.extract(key: parent, from: carrier) else { return nil }
    return TraceContext(
      traceparent: parent, tracestate: extractor.extract(key: state, from: carrier))
  }

  /// Tells the carrier of the trace.
  static func inject<Carrier, Inject: Injector>(
    _ trace: TraceContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    injector.inject(trace.traceparent, forKey: parent, into: &carrier)
    if !trace.state.members.isEmpty {
      injector.inject(trace.state.text, forKey: state, into: &carrier)
    }
  }
}
