/// The last streams that are closed because their client had ended or reset them.
///
/// A client has nothing more to say on these, so HEADERS there are an error of the connection, STREAM_CLOSED
/// (RFC 9113 § 5.1, "closed"). On a stream that we have reset first they are none: they were under way. The
/// library could tell as long as it keeps closed streams, which costs more than their ids. DATA on a closed
/// stream it discards, as the standard permits, before we hear of it.
package struct EndedStreamIDs {
  /// Streams remembered; what comes for older ones is ignored.
  package static let countMax = 128

  private var ids: [Int32] = []
  private var next = 0

  package init() {}

  /// Notes a stream that was ended, and is closed or will be at once.
  package mutating func note(_ id: Int32) {
    if ids.count < Self.countMax {
      ids.append(id)
    } else {
      ids[next] = id
      next = (next + 1) % Self.countMax
    }
  }

  /// Whether the stream is among the last that were noted.
  package func contains(_ id: Int32) -> Bool { ids.contains(id) }
}
