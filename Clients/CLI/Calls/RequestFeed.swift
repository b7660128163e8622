import Protobuf

/// The requests of a call, made of JSON as it arrives.
actor RequestFeed {
  private let type: MessageDescriptor
  private let source: String
  private let pieces: Surroundings.Pieces
  private let options: JSONDecodingOptions
  private let complete: @Sendable ([UInt8]) throws(CommandFailure) -> [UInt8]
  private var splitter = JSONSplitter()
  private var isAtEnd = false
  private var count = 0

  /// Why there are no more requests, where that is not their end.
  private(set) var failure: CommandFailure?

  /// - Parameters:
  ///   - data: where the JSON is; nil for none
  ///   - registry: where the types within `google.protobuf.Any` are found
  ///   - complete: adds to the bytes of a request what was not said
  init(
    _ type: MessageDescriptor, from data: RequestData?, registry: DescriptorPool,
    in surroundings: Surroundings,
    complete: @escaping @Sendable ([UInt8]) throws(CommandFailure) -> [UInt8] = {
      (bytes) throws(CommandFailure) in bytes
    }
  ) throws(CommandFailure) {
    self.type = type
    self.complete = complete
    source = data?.name ?? "--data"
    pieces = try data?.pieces(in: surroundings) ?? Surroundings.Pieces(once: [])
    var options = JSONDecodingOptions()
    options.registry = registry
    self.options = options
  }

  /// The next request, as soon as it has arrived; nil at the end.
  ///
  /// - Throws: ``CommandFailure`` for what is not the JSON of a request
  func next() async throws(CommandFailure) -> [UInt8]? {
    do throws(CommandFailure) {
      guard let json = try await nextValue() else { return nil }
      count += 1
      return try complete(message(of: json))
    } catch {
      failure = error
      throw error
    }
  }

  /// The one request of a call that takes one; without any JSON the empty one.
  ///
  /// - Throws: ``CommandFailure``, also where there are several
  func single() async throws(CommandFailure) -> [UInt8] {
    let first = try await next()
    guard try await next() == nil else {
      throw CommandFailure("\(source) has several requests, and the method takes one")
    }
    if let first { return first }
    return try complete([])
  }

  private func nextValue() async throws(CommandFailure) -> [UInt8]? {
    while true {
      if let value = try splitter.next() { return value }
      if isAtEnd { return nil }
      if let piece = try await pieces.next() {
        splitter.append(piece)
      } else {
        isAtEnd = true
        if let rest = splitter.rest() { return rest }
      }
    }
  }

  private func message(of json: [UInt8]) throws(CommandFailure) -> [UInt8] {
    do {
      return try type.serializedBytes(jsonUTF8: json, options: options)
    } catch {
      let place = count == 1 ? source : "request \(count) of \(source)"
      throw CommandFailure("\(place) is not the JSON of a \(type.fullName): \(error)")
    }
  }
}
