import Protobuf

extension Message {
  /// This resource with the fields an Update request changes (AIP-134): those its mask names, or
  /// without a mask those that are populated.
  func merged(with change: Self, mask: GoogleProtobuf.FieldMask?) throws -> Self {
    if let mask, !mask.paths.isEmpty { return try updated(from: change, mask: mask) }
    let populated = try change.withView { view in view.presentFields.map(\.name) }
    return try updated(from: change, mask: GoogleProtobuf.FieldMask(paths: populated))
  }
}
