/// One row of the import table of ARCHITECTURE.md: a room, its floor, and what it may import.
struct Room: Sendable {
  /// The module's name, as in Package.swift.
  var module: String
  /// Where its files are, from the top of the repository.
  var path: String
  /// A room imports only rooms of lower floors. Tools stand on the top floor.
  var floor: Int
  /// Our own modules it may import.
  var rooms: [String] = []
  /// Modules from outside: packages, Foundation, Glibc.
  var outside: [String] = []
  /// The C module that is this room's alone.
  var c: [String] = []
  /// Planned, and so free to be absent from Package.swift.
  var toCome = false

  var mayImport: Set<String> { Set(rooms + outside + c) }
}

/// The table itself. To move a wall, change the row here and in ARCHITECTURE.md, and say why there
/// under "Design decisions".
enum ImportTable {
  /// Parts of the standard library that are modules by name. Domain, which has no locks, forgoes them.
  static let standardLibrary: Set<String> = ["Swift", "Synchronization"]

  static let runtime: [Room] = [
    Room(module: "RPCCore", path: "Sources/Runtime/RPCCore", floor: 1),
    Room(module: "HTTP2", path: "Sources/Runtime/HTTP2", floor: 1, c: ["CNghttp2"]),
    Room(module: "Protobuf", path: "Sources/Runtime/Protobuf", floor: 1, c: ["CProtobufC"]),
    Room(
      module: "RPCWire", path: "Sources/Runtime/RPCWire", floor: 2, rooms: ["RPCCore"],
      c: ["CZlib"]),
    Room(
      module: "RPCPolicy", path: "Sources/Runtime/RPCPolicy", floor: 2,
      rooms: ["RPCCore", "Protobuf"]),
    Room(
      module: "RPCTransportHTTP2", path: "Sources/Runtime/RPCTransportHTTP2", floor: 3,
      rooms: ["RPCCore", "RPCPolicy", "RPCWire", "HTTP2"],
      outside: ["NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Logging", "Metrics", "Glibc"]),
    Room(
      module: "RPCTransportInProcess", path: "Sources/Runtime/RPCTransportInProcess", floor: 3,
      rooms: ["RPCCore"]),
    Room(
      module: "RPCObservability", path: "Sources/Runtime/RPCObservability", floor: 3,
      rooms: ["RPCCore"],
      outside: ["Glibc", "Logging", "Metrics", "NIOCore", "NIOHTTP1", "NIOPosix", "Tracing"]),
    Room(
      module: "RPCServices", path: "Sources/Runtime/RPCServices", floor: 3,
      rooms: ["RPCCore", "Protobuf"]),
  ]

  static let contract: [Room] = [
    Room(
      module: "SafeMobilityAPI", path: "Sources/Contract/SafeMobilityAPI", floor: 2,
      rooms: ["Protobuf", "RPCCore"])
  ]

  static let program: [Room] = [
    Room(module: "Domain", path: "Sources/Program/Domain", floor: 1),
    Room(module: "Storage", path: "Sources/Program/Storage", floor: 2, rooms: ["Domain"]),
    Room(
      module: "AuditProof", path: "Sources/Program/AuditProof", floor: 3,
      rooms: ["Domain", "Protobuf", "SafeMobilityAPI"], outside: ["Crypto", "FoundationEssentials"]),
    Room(
      module: "StorageSQL", path: "Sources/Program/StorageSQL", floor: 3,
      rooms: ["Domain", "Storage"],
      outside: ["Dispatch", "FoundationEssentials", "GRDB", "GRDBSQLite", "Glibc"],
      c: ["CPostgres"]),
    Room(
      module: "Services", path: "Sources/Program/Services", floor: 4,
      rooms: ["AuditProof", "Domain", "Storage", "SafeMobilityAPI", "Protobuf", "RPCCore"],
      outside: ["Crypto"]),
    Room(
      module: "Server", path: "Sources/Server", floor: 5,
      rooms: [
        "Domain", "Storage", "StorageSQL", "Services", "SafeMobilityAPI", "RPCCore",
        "RPCObservability", "RPCServices", "RPCTransportHTTP2",
      ],
      outside: [
        "ArgumentParser", "Foundation", "Glibc", "Logging", "Metrics", "NIOPosix",
        "ServiceLifecycle", "Tracing", "UnixSignals",
      ]),
  ]

  static let clients: [Room] = [
    Room(
      module: "SafeMobilityClient", path: "Clients/SafeMobilityClient", floor: 4,
      rooms: ["SafeMobilityAPI", "Protobuf", "RPCCore", "RPCPolicy", "RPCTransportHTTP2"]),
    Room(
      module: "CLI", path: "Clients/CLI", floor: 5,
      rooms: [
        "AuditProof", "SafeMobilityClient", "SafeMobilityAPI", "Protobuf", "RPCCore",
        "RPCServices", "RPCTransportHTTP2", "RPCWire", "CallRecorder",
      ],
      outside: [
        "ArgumentParser", "Crypto", "Foundation", "Glibc", "NIOCore", "NIOPosix", "NIOSSL",
        "NIOTLS", "UnixSignals",
      ]),
  ]

  static let tools: [Room] = [
    Room(
      module: "ProtocPlugin", path: "Tools/ProtocPlugin/Core", floor: 2, rooms: ["Protobuf"]),
    Room(
      module: "ProtocPluginMain", path: "Tools/ProtocPlugin/Main", floor: 5,
      rooms: ["ProtocPlugin", "Protobuf"], outside: ["Foundation", "Glibc"]),
    Room(
      module: "Interop", path: "Tools/Interop", floor: 5,
      rooms: ["Protobuf", "RPCCore", "RPCServices", "RPCTransportHTTP2"],
      outside: [
        "ArgumentParser", "Foundation", "Glibc", "Logging", "NIOPosix", "ServiceLifecycle",
        "UnixSignals",
      ]),
    Room(
      module: "StoreBench", path: "Tools/StoreBench", floor: 5,
      rooms: [
        "Domain", "Storage", "StorageSQL", "Services", "SafeMobilityAPI", "SafeMobilityClient",
        "Protobuf", "RPCCore", "RPCTransportHTTP2", "RPCTransportInProcess",
      ],
      outside: [
        "ArgumentParser", "Foundation", "Glibc", "PostgresFixture", "StoreSamples", "Trials",
      ]),
    Room(
      module: "DevCertificates", path: "Tools/DevCertificates", floor: 5,
      outside: ["ArgumentParser", "Crypto", "Foundation", "Glibc", "SwiftASN1", "X509"]),
    Room(
      module: "FuzzTargets", path: "Tools/Fuzzing/Targets", floor: 3,
      rooms: ["HTTP2", "Protobuf", "RPCCore", "RPCWire"], outside: ["KitchenSink"]),
    Room(
      module: "FuzzEntry", path: "Tools/Fuzzing/Entry", floor: 5, rooms: ["FuzzTargets"],
      outside: ["Glibc"]),
    Room(
      module: "CallRecorder", path: "Tools/CallRecorder", floor: 4,
      rooms: ["Protobuf", "RPCCore"], outside: ["Crypto"]),
    Room(
      module: "LoadGenerator", path: "Tools/LoadGenerator", floor: 5,
      rooms: ["Protobuf", "RPCCore", "RPCTransportHTTP2"],
      outside: ["ArgumentParser", "Foundation", "Glibc", "Histogram", "NIOPosix"], toCome: true),
  ]

  static let rooms = runtime + contract + program + clients + tools

  /// The C modules of floor 0 and where each comes from.
  static let cModules = ["CNghttp2", "CProtobufC", "CPostgres", "CZlib"]

  /// The room a file belongs to: the one with the longest path that leads to it.
  static func room(of path: String) -> Room? {
    rooms.filter { path.hasPrefix($0.path + "/") }.max { $0.path.utf8.count < $1.path.utf8.count }
  }

  /// The one room that may import a C module.
  static func owner(ofC module: String) -> Room? { rooms.first { $0.c.contains(module) } }
}
