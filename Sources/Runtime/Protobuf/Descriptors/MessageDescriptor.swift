import Synchronization

/// A message type as the schema declares it, and the tables that libprotobuf-c works by.
///
/// There is one for each message type, it lives as long as the program, and any thread may use it.
@safe
public final class MessageDescriptor: Sendable {
  /// For example `safemobility.v1.Office`.
  public let fullName: String

  /// The fields in ascending order of their numbers.
  public let fields: [FieldDescriptor]

  /// Whether this is the entry of a map field.
  public let isMapEntry: Bool

  // SAFETY: written only by `complete`, under the lock, before `isComplete` is released.
  nonisolated(unsafe) let layout: UnsafeMutablePointer<Layout>

  private let isComplete = Atomic(false)

  /// Generated code calls this, once for each message type.
  ///
  /// - Parameters:
  ///   - fullName: package and name, without a leading dot.
  ///   - fields: in strictly ascending order of their numbers.
  public convenience init(_ fullName: String, _ fields: [FieldDescriptor]) {
    self.init(fullName, fields, isMapEntry: false)
  }

  convenience init(mapEntryOf name: String, _ fields: [FieldDescriptor]) {
    self.init(name, fields, isMapEntry: true)
  }

  private init(_ fullName: String, _ fields: [FieldDescriptor], isMapEntry: Bool) {
    let placed = Self.placed(fields)
    self.fullName = fullName
    self.fields = placed
    self.isMapEntry = isMapEntry
    // Two steps, because the tables point back to this object.
    let memory = UnsafeMutablePointer<Layout>.allocate(capacity: 1)
    unsafe layout = memory
    unsafe LayoutBuilder.build(at: memory, for: self, fullName: fullName, fields: placed)
    // Tables are never freed, so what they point back to must not be either.
    _ = unsafe Unmanaged.passRetained(self)
  }

  /// The fields with what follows from all of them. A field's slot is its index; the members of a oneof
  /// share the slot of the first of them.
  private static func placed(_ fields: [FieldDescriptor]) -> [FieldDescriptor] {
    var slotsByOneof: [String: Int] = [:]
    var jsonNames: Set<String> = []
    var result = fields
    for index in result.indices {
      precondition(
        index == 0 || result[index - 1].number < result[index].number,
        "fields of a descriptor must ascend")
      result[index].slot = index
      result[index].sharesJSONName = !jsonNames.insert(result[index].jsonName).inserted
      guard let oneof = result[index].oneofName else { continue }
      result[index].slot = slotsByOneof[oneof, default: index]
      slotsByOneof[oneof] = result[index].slot
    }
    return result
  }
}

extension MessageDescriptor {
  /// The field with this number.
  public func field(number: Int) -> FieldDescriptor? {
    guard let number = UInt32(exactly: number) else { return nil }
    // SAFETY: `layout` is immortal; entries and fields have the same order.
    let layout = unsafe self.layout.pointee
    return unsafe layout.entry(number).map { unsafe fields[$0 - layout.entries] }
  }

  /// The field with this name in the .proto file.
  public func field(named name: String) -> FieldDescriptor? {
    fields.first { $0.name == name }
  }

  /// The names of the oneofs, in the order of their first members.
  public var oneofNames: [String] {
    var names: [String] = []
    for case let name? in fields.map(\.oneofName) where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}

extension MessageDescriptor {
  private static let completing = Mutex(())

  /// The tables with every pointer to another message filled in.
  var completeLayout: UnsafePointer<Layout> {
    if !isComplete.load(ordering: .acquiring) {
      complete()
    }
    return unsafe UnsafePointer(layout)
  }

  /// Links this message and all it can contain. Other threads wait; only building an object of this
  /// type happens inside, and that takes no lock.
  private func complete() {
    Self.completing.withLock { _ in
      var linked: [ObjectIdentifier: MessageDescriptor] = [:]
      var waiting = [self]
      while let next = waiting.popLast() {
        guard !next.isComplete.load(ordering: .relaxed),
          linked.updateValue(next, forKey: ObjectIdentifier(next)) == nil
        else { continue }
        unsafe LayoutBuilder.link(next.layout, next.fields)
        waiting += next.fields.compactMap(\.type.messageDescriptor)
      }
      for descriptor in linked.values {
        descriptor.isComplete.store(true, ordering: .releasing)
      }
    }
  }
}
