internal import Protobuf

extension RequestID {
  /// The request with a `request_id`: its own, or else a new one behind all other fields, where protobuf
  /// allows it as well as in its place.
  ///
  /// - Parameters:
  ///   - request: the serialized request; one that is not well-formed stays as it is, for the server to refuse
  ///   - field: the field's number
  static func fill(
    _ request: [UInt8], field: Int, using random: inout some RandomNumberGenerator
  ) -> [UInt8] {
    guard var fields = try? UnknownFields(bytes: request) else { return request }
    // Of several the last counts, and an empty text is as good as none.
    if let given = fields.contents(field).last, !given.isEmpty { return request }
    fields.append(field, content: Array(RequestID(using: &random).text.utf8))
    return fields.bytes
  }
}
