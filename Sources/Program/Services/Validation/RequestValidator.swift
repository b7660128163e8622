import Domain
import Protobuf
import SafeMobilityAPI

/// The one place where requests are validated: every field against the rules the schema gives it.
///
/// Rules other than `required` apply to fields that are present; nothing below an output-only field
/// is looked at; of a resource to update only what the mask names (AIP-134, AIP-203).
struct RequestValidator: Sendable {
  /// The rules and classes of every field.
  let rules: FieldRules

  /// Reads the rules from the schema.
  init() throws {
    rules = try FieldRules()
  }

  /// Refuses a request with FIELD_INVALID and one violation for each broken rule, in the order of
  /// the schema.
  ///
  /// - Parameter now: what `when` rules compare with
  func check(_ request: some Message, now: Instant) throws {
    var violations = Violations()
    try request.withView { view in
      let mask = try UpdateMask(of: view)
      for rule in rules[view.descriptor] ?? [] {
        let path = FieldPath.root.field(rule.field.name)
        if let mask, rule.field.number == UpdateMask.resourceNumber {
          try checkUpdate(view, rule, mask, path, now, &violations)
        } else {
          try check(view, rule, path, now, &violations)
        }
      }
    }
    guard violations.all.isEmpty else { throw Refusal(.fieldInvalid, violations: violations.all) }
  }

  /// A resource to update: the masked fields by their rules, and the mask by what it may name.
  private func checkUpdate(
    _ view: borrowing MessageView, _ rule: FieldRule, _ mask: UpdateMask, _ path: FieldPath,
    _ now: Instant, _ violations: inout Violations
  ) throws {
    guard view.isPresent(rule.field) else { return violations.add(path, "is required") }
    guard let type = rule.field.type.messageDescriptor, let fields = rules[type] else { return }
    let maskPath = FieldPath.root.field("update_mask").field("paths")
    for (index, masked) in mask.paths.enumerated() {
      if GoogleProtobuf.FieldMask(paths: [masked]).firstIllegalPath(in: type) != nil {
        violations.add(maskPath.item(index), "names a field the resource does not have")
      } else if isFixed(masked, in: type) {
        violations.add(maskPath.item(index), "names a field that no caller sets")
      }
    }
    try view.withMessage(rule.field) { resource in
      for inner in fields where mask.includes(inner.field.name) || inner.field.name == "name" {
        if inner.isImmutable || (mask.isAbsent && resource.count(inner.field) == 0) { continue }
        try check(resource, inner, path.field(inner.field.name), now, &violations)
      }
    }
  }

  /// Whether a path leads to, or through, a field that an update cannot change.
  private func isFixed(_ path: String, in type: MessageDescriptor) -> Bool {
    var type: MessageDescriptor? = type
    for name in path.split(separator: ".") {
      let rule = type.flatMap { rules[$0] }?.first { $0.field.name == name }
      guard let rule else { return false }
      if rule.isOutputOnly || rule.isImmutable { return true }
      type = rule.field.type.messageDescriptor
    }
    return false
  }

  /// All fields of a message by their rules.
  private func check(
    message: borrowing MessageView, _ path: FieldPath, _ now: Instant,
    _ violations: inout Violations
  ) throws {
    for rule in rules[message.descriptor] ?? [] {
      try check(message, rule, path.field(rule.field.name), now, &violations)
    }
  }

  private func check(
    _ view: borrowing MessageView, _ rule: FieldRule, _ path: FieldPath, _ now: Instant,
    _ violations: inout Violations
  ) throws {
    if rule.isOutputOnly { return }
    let count = view.count(rule.field)
    guard count > 0 else {
      if rule.isRequired { violations.add(path, "is required") }
      return
    }
    guard rule.field.isRepeated else {
      return try check(view, rule, at: 0, path, now, &violations)
    }
    guard rule.itemCount.contains(count) else {
      return violations.add(
        path, "must have \(rule.itemCount.lowerBound) to \(rule.itemCount.upperBound) items")
    }
    var seen: Set<Scalar> = []
    for index in 0..<count {
      let item = path.item(index)
      try check(view, rule, at: index, item, now, &violations)
      if rule.uniqueItems, !rule.field.type.isMessage,
        !seen.insert(try view.scalar(rule.field, at: index)).inserted
      {
        violations.add(item, "repeats an earlier item")
      }
    }
  }

  /// One value of a field: a message, or a scalar.
  private func check(
    _ view: borrowing MessageView, _ rule: FieldRule, at index: Int, _ path: FieldPath,
    _ now: Instant, _ violations: inout Violations
  ) throws {
    guard rule.field.type.isMessage else {
      let value = try view.scalar(rule.field, at: index)
      if let problem = ScalarCheck.problem(with: value, rule) { violations.add(path, problem) }
      return
    }
    _ = try view.withMessage(rule.field, at: index) { message in
      if let problem = try MessageCheck.problem(with: message, rule, now: now) {
        violations.add(path, problem)
      } else {
        try check(message: message, path, now, &violations)
      }
    }
  }
}
