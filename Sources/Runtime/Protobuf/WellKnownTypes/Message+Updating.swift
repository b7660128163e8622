extension Message {
  /// This message with the fields of `mask` taken from `source`.
  ///
  /// A field of the mask that `source` does not have is cleared; a path into a message that this one
  /// lacks creates it. Repeated fields are replaced whole. The path `*` takes everything. Unknown
  /// fields stay this message's own.
  ///
  /// - Throws: ``EncodingError`` or ``DecodingError`` when a message is beyond the limits. Paths that
  ///   lead nowhere are passed over: check them first with
  ///   ``GoogleProtobuf/FieldMask/firstIllegalPath(in:)``.
  public func updated(from source: Self, mask: GoogleProtobuf.FieldMask) throws -> Self {
    var image = try NewImage(Self.descriptor, .standard)
    try withView { old in
      try source.withView { new in
        try image.message.merge(old: old, new: new, paths: mask.paths)
      }
    }
    var result = try image.read(as: Self.self)
    result.unknownFields = unknownFields
    return result
  }
}

extension MessageBuilder {
  /// Fills this message from `new` where a path says so, else from `old`.
  fileprivate mutating func merge(
    old: borrowing MessageView, new: borrowing MessageView, paths: [String]
  ) throws {
    let steps = paths.map { GoogleProtobuf.FieldMask.split($0) }
    for field in descriptor.fields {
      let matching = steps.filter { $0.name == field.name || $0.name == "*" }
      if matching.contains(where: { $0.rest == nil }) {
        try copy(field, from: new)
      } else if matching.isEmpty || field.isRepeated || !field.type.isMessage {
        try copyUnlessAnotherMemberIsSet(field, from: old)
      } else {
        try mergeInner(field, old: old, new: new, paths: matching.compactMap(\.rest))
      }
    }
  }

  /// A member of a oneof from the old message yields to one the mask brought from the new one, which
  /// then is set already or comes later in the order of numbers and replaces it.
  private mutating func copyUnlessAnotherMemberIsSet(
    _ field: FieldDescriptor, from view: borrowing MessageView
  ) throws {
    guard field.oneofName == nil || !isSlotTaken(field) else { return }
    try copy(field, from: view)
  }

  private mutating func mergeInner(
    _ field: FieldDescriptor, old: borrowing MessageView, new: borrowing MessageView,
    paths: [String]
  ) throws {
    guard let type = field.type.messageDescriptor else { return }
    guard old.isPresent(field) || new.isPresent(field) else { return }
    var inner = try addMessage(to: field)
    try old.withMessageOrEmpty(field, type) { oldInner in
      try new.withMessageOrEmpty(field, type) { newInner in
        try inner.merge(old: oldInner, new: newInner, paths: paths)
        inner.setUnknownFields(oldInner.unknownFields)
      }
    }
  }

  /// Copies every value of a field.
  mutating func copy(_ field: FieldDescriptor, from view: borrowing MessageView) throws {
    for index in 0..<view.count(field) {
      guard field.type.isMessage else {
        try add(view.scalar(field, at: index), to: field)
        continue
      }
      var inner = try addMessage(to: field)
      _ = try view.withMessage(field, at: index) { try inner.copyAll(from: $0) }
    }
  }

  /// Copies every field, the unknown ones too.
  private mutating func copyAll(from view: borrowing MessageView) throws {
    for field in view.presentFields { try copy(field, from: view) }
    setUnknownFields(view.unknownFields)
  }
}

extension MessageView {
  fileprivate func withMessageOrEmpty(
    _ field: FieldDescriptor, _ type: MessageDescriptor,
    _ body: (borrowing MessageView) throws -> Void
  ) throws {
    if try withMessage(field, body) == nil {
      try type.withView(of: [], body)
    }
  }
}
