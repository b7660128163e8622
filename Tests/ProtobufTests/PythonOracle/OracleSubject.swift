import Foundation
import KitchenSink
import Protobuf

/// What is put before the oracle: the kitchen sink's types, and our reading of them.
enum OracleSubject {
  /// Of every random choice of the run, on both sides.
  static let seed: UInt64 = {
    let seed =
      ProcessInfo.processInfo.environment["PASARELA_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 1...UInt64.max)
    print("seed \(seed): PASARELA_SEED=\(seed) repeats this run")
    return seed
  }()

  /// In the order of oracle.py's TYPES.
  static let types: [any Message.Type] = [
    KitchenV1.Scalars.self, KitchenV1.Maps.self, KitchenV1.Choices.self, KitchenV1.Tree.self,
    KitchenV1.WellKnown.self, KitchenV1.Names.self, KitchenV1.Nothing.self, KitchenV1.Leaf.self,
  ]

  /// The place of a type in ``types``.
  static func number(of type: any Message.Type) -> UInt8 {
    UInt8(types.firstIndex { $0 == type } ?? 0)
  }

  static let registry = DescriptorPool(
    KitchenV1.fileDescriptors + GoogleProtobuf.fileDescriptors)

  static func json(_ message: some Message) throws(JSONError) -> String {
    var options = JSONEncodingOptions()
    options.registry = registry
    return try message.jsonString(options: options)
  }

  /// The message in a JSON text, or nil when it is refused.
  static func read<Value: Message>(_ json: [UInt8], as type: Value.Type) -> Value? {
    var options = JSONDecodingOptions()
    options.registry = registry
    return try? Value(jsonUTF8: json, options: options)
  }

  /// A message with random fields, of each type in turn.
  static func random(_ number: Int, _ random: inout RandomMessage) throws -> Oracle.Case {
    let type: any Message.Type = types[number % types.count]
    return try made(type, &random)
  }

  private static func made<Value: Message>(
    _ type: Value.Type, _ random: inout RandomMessage
  ) throws -> Oracle.Case {
    try written(random.make(type))
  }

  /// A message of Python's, read and written by us.
  static func reread(_ made: Oracle.Case) throws -> Oracle.Case {
    let type: any Message.Type = types[Int(made.type)]
    return try reread(made.bytes, as: type)
  }

  private static func reread<Value: Message>(
    _ bytes: [UInt8], as type: Value.Type
  ) throws -> Oracle.Case {
    try written(Value(serializedBytes: bytes))
  }

  private static func written<Value: Message>(_ message: Value) throws -> Oracle.Case {
    let json = try? json(message)
    return Oracle.Case(
      type: number(of: Value.self), bytes: try message.serializedBytes(),
      json: json.map { Array($0.utf8) })
  }

  /// Our reading of some bytes, written again; nil when they are refused.
  static func rewritten(_ bytes: [UInt8], as number: UInt8) -> [UInt8]? {
    try? verdict(bytes, as: number).get()
  }

  /// Our reading of some bytes, written again, or why they are refused.
  static func verdict(_ bytes: [UInt8], as number: UInt8) -> Result<[UInt8], DecodingError> {
    let type: any Message.Type = types[Int(number)]
    return verdict(bytes, of: type)
  }

  private static func verdict<Value: Message>(
    _ bytes: [UInt8], of type: Value.Type
  ) -> Result<[UInt8], DecodingError> {
    do throws(DecodingError) {
      let message = try Value(serializedBytes: bytes)
      return .success((try? message.serializedBytes()) ?? [])
    } catch {
      return .failure(error)
    }
  }
}
