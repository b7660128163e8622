import RPCCore

/// The calls of a program, by its own channelz service.
struct CallCounts {
  var started = 0
  /// Started and not yet ended.
  var open = 0

  static let method = MethodDescriptor(
    service: "grpc.channelz.v1.Channelz", method: "GetServers", kind: .unary)

  /// - Parameter response: a GetServersResponse, of which server.data.calls_… are looked at
  init(response: [UInt8]) throws {
    let servers = try Self.fields(of: response[...]).filter { $0.number == 1 }
    let data = try servers.flatMap { try Self.fields(of: $0.bytes) }.filter { $0.number == 2 }
    let counts = try data.flatMap { try Self.fields(of: $0.bytes) }
    func sum(_ number: Int) -> Int {
      counts.reduce(0) { $1.number == number ? $0 + $1.value : $0 }
    }
    started = sum(2)
    open = started - sum(3) - sum(4)
  }

  private struct Field {
    var number: Int
    var value = 0
    var bytes: ArraySlice<UInt8> = []
  }

  /// The fields of a message that has numbers and lengths only.
  private static func fields(of message: ArraySlice<UInt8>) throws -> [Field] {
    var rest = message
    func varint() throws -> Int {
      var value = 0
      for shift in stride(from: 0, to: 63, by: 7) {
        guard let byte = rest.popFirst() else { throw AttackFailure("channelz: cut short") }
        value |= Int(byte & 0x7F) << shift
        if byte < 0x80 { return value }
      }
      throw AttackFailure("channelz: a number too long")
    }
    var fields: [Field] = []
    while !rest.isEmpty {
      let tag = try varint()
      var field = Field(number: tag >> 3)
      field.value = try varint()
      if tag & 7 == 2 {
        field.bytes = rest.prefix(field.value)
        rest = rest.dropFirst(field.value)
      }
      fields.append(field)
    }
    return fields
  }
}
