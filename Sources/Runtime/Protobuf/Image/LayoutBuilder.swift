internal import CProtobufC

/// Builds the tables of a message type, once, in memory that is never freed.
///
/// Building has two phases, because messages may contain each other: `build` needs nothing but the
/// fields themselves; `link` fills in the pointers to the tables of other messages.
enum LayoutBuilder {
  /// The first phase.
  static func build(
    at layout: UnsafeMutablePointer<Layout>, for descriptor: MessageDescriptor, fullName: String,
    fields: [FieldDescriptor]
  ) {
    let imageByteCount = ImageFormat.offset(ofSlot: fields.count)
    let libraryFields = unsafe immortal(ProtobufCFieldDescriptor.self, fields.count)
    let entries = unsafe immortal(FieldEntry.self, fields.count)
    var singleMessageCount = 0
    for (index, field) in fields.enumerated() {
      // SAFETY: both arrays have one element for each field.
      unsafe (libraryFields + index).initialize(to: libraryField(field))
      unsafe (entries + index).initialize(to: entry(field, &singleMessageCount))
    }

    let denseCount = 1 + (fields.last.map { min($0.number, Layout.denseNumberMax) } ?? 0)
    let dense = unsafe immortal(UInt16.self, denseCount)
    unsafe dense.initialize(repeating: 0, count: denseCount)
    for (index, field) in fields.enumerated() where field.number < denseCount {
      // SAFETY: the number was just found to be inside the table.
      unsafe dense[field.number] = UInt16(index + 1)
    }

    let library = unsafe immortal(ProtobufCMessageDescriptor.self, 1)
    unsafe layout.initialize(
      to: Layout(
        descriptor: Unmanaged.passUnretained(descriptor), library: library,
        libraryFields: libraryFields, entries: entries, entryCount: fields.count,
        imageByteCount: imageByteCount, dense: dense, denseCount: UInt32(denseCount)))
    unsafe library.initialize(to: libraryDescriptor(fullName, fields, layout))
  }

  /// The second phase for one message; its sub-messages may still be unlinked.
  static func link(_ layout: UnsafeMutablePointer<Layout>, _ fields: [FieldDescriptor]) {
    for (index, field) in fields.enumerated() {
      guard let inner = field.type.messageDescriptor else { continue }
      // SAFETY: the arrays have one element for each field, and nobody decodes before linking ends.
      unsafe layout.pointee.entries[index].message = unsafe UnsafePointer(inner.layout)
      unsafe layout.pointee.libraryFields[index].descriptor = UnsafeRawPointer(
        inner.layout.pointee.library)
    }
  }

  private static func libraryField(_ field: FieldDescriptor) -> ProtobufCFieldDescriptor {
    var result = unsafe ProtobufCFieldDescriptor()
    unsafe result.name = unsafe immortal(field.name)
    unsafe result.id = UInt32(field.number)
    // LABEL_OPTIONAL for every single field, with a has-flag: with LABEL_NONE the library loses
    // scalars when it merges a message that arrives in two parts.
    unsafe result.label = field.isRepeated ? PROTOBUF_C_LABEL_REPEATED : PROTOBUF_C_LABEL_OPTIONAL
    unsafe result.type = field.type.libraryType
    let offset = ImageFormat.offset(ofSlot: field.slot)
    unsafe result.offset = UInt32(offset)
    unsafe result.quantifier_offset = UInt32(offset + ImageFormat.quantifierOffset)
    switch field.cardinality {
    case .packed: unsafe result.flags = PROTOBUF_C_FIELD_FLAG_PACKED.rawValue
    case .member: unsafe result.flags = PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue
    case .implicit, .explicit, .repeated, .map: break
    }
    return unsafe result
  }

  private static func entry(
    _ field: FieldDescriptor, _ singleMessageCount: inout Int
  ) -> FieldEntry {
    let kind = field.type.kind
    var bit = 0
    if kind == .message, !field.isRepeated {
      bit = singleMessageCount
      singleMessageCount += 1
    }
    let offset = ImageFormat.offset(ofSlot: field.slot)
    return unsafe FieldEntry(
      number: UInt32(field.number), kind: kind, wireType: kind.wireType.rawValue,
      isRepeated: field.isRepeated, isMember: field.oneofName != nil,
      singleMessageBit: UInt8(min(bit, 64)), valueOffset: Int32(offset),
      quantifierOffset: Int32(offset + ImageFormat.quantifierOffset), message: nil)
  }

  private static func libraryDescriptor(
    _ fullName: String, _ fields: [FieldDescriptor], _ layout: UnsafeMutablePointer<Layout>
  ) -> ProtobufCMessageDescriptor {
    let name = unsafe immortal(fullName)
    let dot = fullName.lastIndex(of: ".")
    let shortName = dot.map { String(fullName[$0...].dropFirst()) } ?? fullName
    let packageName = dot.map { String(fullName[..<$0]) } ?? ""

    var result = unsafe ProtobufCMessageDescriptor()
    unsafe result.magic = UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
    unsafe result.name = name
    unsafe result.short_name = unsafe immortal(shortName)
    unsafe result.c_name = name
    unsafe result.package_name = unsafe immortal(packageName)
    unsafe result.sizeof_message = layout.pointee.imageByteCount
    unsafe result.n_fields = UInt32(fields.count)
    unsafe result.fields = UnsafePointer(layout.pointee.libraryFields)
    unsafe result.fields_sorted_by_name = unsafe sortedByName(fields)
    let ranges = fieldRanges(fields)
    unsafe result.n_field_ranges = UInt32(ranges.count - 1)
    unsafe result.field_ranges = unsafe immortal(ranges)
    // The library leaves this pointer alone; it leads from an image back to our own tables.
    unsafe result.reserved1 = UnsafeMutableRawPointer(layout)
    return unsafe result
  }

  private static func sortedByName(_ fields: [FieldDescriptor]) -> UnsafePointer<UInt32> {
    let order = fields.indices.sorted { fields[$0].name < fields[$1].name }
    return unsafe immortal(order.map { UInt32($0) })
  }

  /// Runs of consecutive numbers, and the sentinel the library wants after the last.
  private static func fieldRanges(_ fields: [FieldDescriptor]) -> [ProtobufCIntRange] {
    var ranges: [ProtobufCIntRange] = []
    var previous: Int?
    for (index, field) in fields.enumerated() {
      if previous.map({ $0 + 1 }) != field.number {
        ranges.append(
          ProtobufCIntRange(start_value: Int32(field.number), orig_index: UInt32(index)))
      }
      previous = field.number
    }
    ranges.append(ProtobufCIntRange(start_value: 0, orig_index: UInt32(fields.count)))
    return ranges
  }

  private static func immortal<T>(_ type: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
    UnsafeMutablePointer<T>.allocate(capacity: max(count, 1))
  }

  private static func immortal<T>(_ elements: [T]) -> UnsafePointer<T> {
    let copy = unsafe immortal(T.self, elements.count)
    // SAFETY: the memory has room for every element and is not initialized yet.
    for (index, element) in elements.enumerated() {
      unsafe (copy + index).initialize(to: element)
    }
    return unsafe UnsafePointer(copy)
  }

  private static func immortal(_ text: String) -> UnsafePointer<CChar> {
    unsafe immortal(text.utf8CString.map { $0 })
  }
}
