// swift-tools-version: 6.2
//
// The house, floor by floor. A target may depend only on targets of lower floors; which of them is
// the import table of ARCHITECTURE.md, and Tests/ArchitectureTests holds the sources to it.

import PackageDescription

/// The settings every target shares: warnings are errors, unsafe code marks itself, imports are
/// private unless a signature needs them.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Debug builds of the rooms are optimised, with all their checks: the tests take a third of the time, the build a
/// third more, and what optimised code does otherwise, such as where a task goes on after a wait, is tested too. Not in
/// a package that depends on this one: SwiftPM lets nobody's dependency choose flags.
func checkedButFast(_ path: String) -> [SwiftSetting] {
  let isRoom = ["Sources/Program/", "Sources/Contract/", "Sources/Runtime/"]
    .contains { path.hasPrefix($0) }
  if !isRoom || Context.packageDirectory.contains("/checkouts/") { return [] }
  return [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]
}

func room(
  _ name: String, _ path: String, _ dependencies: [Target.Dependency] = [],
  exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, exclude: exclude, resources: resources,
    swiftSettings: house + checkedButFast(path))
}

func program(
  _ name: String, _ path: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: house)
}

func tests(
  _ module: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(module)Tests", dependencies: dependencies, path: "Tests/\(module)Tests",
    exclude: exclude, swiftSettings: house)
}

extension Target.Dependency {
  static let nioCore = product(name: "NIOCore", package: "swift-nio")
  static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
  static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
  static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
  static let grdb = product(name: "GRDB", package: "GRDB.swift")
  static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
  static let crypto = product(name: "Crypto", package: "swift-crypto")
  static let certificates = product(name: "X509", package: "swift-certificates")
  static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
  static let arguments = product(name: "ArgumentParser", package: "swift-argument-parser")
  static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
  static let signals = product(name: "UnixSignals", package: "swift-service-lifecycle")
  static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
  static let metrics = product(name: "Metrics", package: "swift-metrics")
  static let tracing = product(name: "Tracing", package: "swift-distributed-tracing")
  static let logging = product(name: "Logging", package: "swift-log")
}

let package = Package(
  name: "pasarela",
  products: [
    .executable(name: "pasarela-server", targets: ["Server"]),
    .executable(name: "pasarela", targets: ["CLI"]),
    .executable(name: "protoc-gen-pasarela", targets: ["ProtocPluginMain"]),
    .executable(name: "pasarela-interop", targets: ["Interop"]),
    .executable(name: "pasarela-store-bench", targets: ["StoreBench"]),
    // With what a partner's programme names beside it: messages, errors, targets, and a transport for its tests.
    .library(
      name: "SafeMobilityClient",
      targets: [
        "SafeMobilityClient", "SafeMobilityAPI", "Protobuf", "RPCCore", "RPCPolicy",
        "RPCTransportHTTP2", "RPCTransportInProcess",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Floor 0: C headers, nothing else.
    .systemLibrary(name: "CNghttp2", path: "Sources/System/CNghttp2"),
    .systemLibrary(name: "CProtobufC", path: "Sources/System/CProtobufC"),
    .systemLibrary(name: "CPostgres", path: "Sources/System/CPostgres"),
    .systemLibrary(name: "CZlib", path: "Sources/System/CZlib"),

    // Floor 1: pure cores.
    room("Domain", "Sources/Program/Domain"),
    room("RPCCore", "Sources/Runtime/RPCCore"),
    room("HTTP2", "Sources/Runtime/HTTP2", ["CNghttp2"]),
    room("Protobuf", "Sources/Runtime/Protobuf", ["CProtobufC"]),

    // Floor 2: rules and seams.
    room("RPCPolicy", "Sources/Runtime/RPCPolicy", ["Protobuf", "RPCCore"]),
    room("RPCWire", "Sources/Runtime/RPCWire", ["CZlib", "RPCCore"]),
    room("SafeMobilityAPI", "Sources/Contract/SafeMobilityAPI", ["Protobuf", "RPCCore"]),
    room("Storage", "Sources/Program/Storage", ["Domain"]),

    // Floor 3: the outside world.
    room(
      "RPCTransportHTTP2", "Sources/Runtime/RPCTransportHTTP2",
      [
        "RPCCore", "RPCPolicy", "RPCWire", "HTTP2", .nioCore, .nioPosix, .nioTLS, .nioSSL, .logging,
      ]),
    room("RPCTransportInProcess", "Sources/Runtime/RPCTransportInProcess", ["RPCCore"]),
    room(
      "RPCObservability", "Sources/Runtime/RPCObservability",
      ["RPCCore", .logging, .metrics, .nioCore, .nioHTTP1, .nioPosix, .tracing]),
    room("RPCServices", "Sources/Runtime/RPCServices", ["Protobuf", "RPCCore"]),
    room(
      "AuditProof", "Sources/Program/AuditProof",
      ["Domain", "Protobuf", "SafeMobilityAPI", .crypto]),
    room(
      "StorageSQL", "Sources/Program/StorageSQL",
      ["CPostgres", "Domain", "Storage", .grdb, .grdbSQLite]),

    // Floor 4: the programme, and the client partners build on.
    room(
      "Services", "Sources/Program/Services",
      ["AuditProof", "Domain", "Storage", "SafeMobilityAPI", "Protobuf", "RPCCore", .crypto]),
    room(
      "SafeMobilityClient", "Clients/SafeMobilityClient",
      ["SafeMobilityAPI", "Protobuf", "RPCCore", "RPCPolicy", "RPCTransportHTTP2"]),

    // Floor 5: what people run.
    program(
      "Server", "Sources/Server",
      [
        "Domain", "Storage", "StorageSQL", "Services", "SafeMobilityAPI", "RPCCore", "RPCServices",
        "RPCObservability", "RPCTransportHTTP2", .nioPosix, .arguments, .lifecycle, .signals,
        .logging,
        .metrics, .tracing,
      ]),
    program(
      "CLI", "Clients/CLI",
      [
        "AuditProof", "SafeMobilityClient", "SafeMobilityAPI", "Protobuf", "RPCCore",
        "RPCServices", "RPCTransportHTTP2", "RPCWire", "CallRecorder", .arguments, .crypto,
        .nioCore, .nioPosix, .nioSSL, .nioTLS, .signals,
      ]),

    // Tools.
    room(
      "CallRecorder", "Tools/CallRecorder",
      ["Protobuf", "RPCCore", .crypto], exclude: ["Proto"]),
    room("ProtocPlugin", "Tools/ProtocPlugin/Core", ["Protobuf"]),
    program("ProtocPluginMain", "Tools/ProtocPlugin/Main", ["ProtocPlugin", "Protobuf"]),
    program(
      "Interop", "Tools/Interop",
      [
        "Protobuf", "RPCCore", "RPCServices", "RPCTransportHTTP2", .nioPosix, .arguments,
        .lifecycle,
        .logging, .signals,
      ],
      exclude: ["Proto"]),
    program(
      "StoreBench", "Tools/StoreBench",
      [
        "Domain", "PostgresFixture", "Protobuf", "RPCCore", "RPCTransportHTTP2",
        "RPCTransportInProcess", "SafeMobilityAPI", "SafeMobilityClient", "Services", "Storage",
        "StorageSQL", "StoreSamples", "Trials", .arguments,
      ]),
    program(
      "DevCertificates", "Tools/DevCertificates", [.certificates, .asn1, .crypto, .arguments]),
    room(
      "FuzzTargets", "Tools/Fuzzing/Targets",
      ["HTTP2", "KitchenSink", "Protobuf", "RPCCore", "RPCWire"]),
    room("FuzzEntry", "Tools/Fuzzing/Entry", ["FuzzTargets"]),

    // What tests share.
    room(
      "KitchenSink", "Tests/Support/KitchenSink", ["Protobuf", "RPCCore"], exclude: ["Protos"]),

    // Tests, one folder per module.
    tests(
      "CallRecorder",
      [
        "CLI", "CallRecorder", "KitchenSink", "Protobuf", "RPCCore", "RPCTransportHTTP2",
        "SafeMobilityAPI", "ServiceFixture", "Trials",
      ], exclude: ["Python"]),
    tests("Architecture"),
    tests("DevCertificates", ["DevCertificates", .arguments]),
    tests("AuditProof", ["AuditProof", "Domain", "Protobuf", "SafeMobilityAPI"]),
    tests("Domain", ["Domain"]),
    room("MemoryStore", "Tests/Support/MemoryStore", ["Domain", "Storage"]),
    tests(
      "ProtocPlugin",
      ["KitchenSink", "Protobuf", "ProtocPlugin", "RPCCore", "RPCTransportInProcess"],
      exclude: ["Golden"]),
    tests(
      "Protobuf", ["CProtobufC", "KitchenSink", "Protobuf"], exclude: ["PythonOracle/oracle.py"]),
    tests("RPCCore", ["RPCCore"]),
    tests(
      "RPCObservability",
      [
        "RPCCore", "RPCObservability", "RPCTransportHTTP2", "RPCTransportInProcess", "RawHTTP2",
        .logging, .metrics, .tracing,
      ],
      exclude: ["Python"]),
    room("CallSuite", "Tests/Support/CallSuite", ["RPCCore"]),
    tests("RPCTransportInProcess", ["CallSuite", "RPCCore", "RPCTransportInProcess"]),
    tests(
      "RPCTransportHTTP2",
      [
        "CallSuite", "HTTP2", "RPCCore", "RPCPolicy", "RPCTransportHTTP2", "RPCWire", "RawHTTP2",
      ],
      exclude: ["Python"]),
    tests(
      "RPCServices",
      [
        "KitchenSink", "Protobuf", "RPCCore", "RPCServices", "RPCTransportHTTP2", "SafeMobilityAPI",
      ],
      exclude: ["Python"]),
    room("RawHTTP2", "Tests/Support/RawHTTP2", ["HTTP2"]),
    tests("HTTP2", ["CNghttp2", "HTTP2", "RawHTTP2"]),
    tests("FuzzTargets", ["FuzzTargets"]),
    tests("Interop", ["Trials", "Interop", "Protobuf", "RPCCore", "RPCTransportHTTP2"]),
    tests("RPCPolicy", ["RPCCore", "RPCPolicy"]),
    tests("RPCWire", ["RPCCore", "RPCWire"]),
    room("PostgresFixture", "Tests/Support/PostgresFixture", ["Storage", "StorageSQL"]),
    room("StoreSamples", "Tests/Support/StoreSamples", ["Domain", "Storage"]),
    tests(
      "Storage",
      ["Domain", "Storage", "StorageSQL", "MemoryStore", "PostgresFixture", "StoreSamples"]),
    room(
      "Trials", "Tests/Support/Trials",
      [
        "Domain", "PostgresFixture", "RPCCore", "RPCPolicy", "RPCTransportHTTP2", "Services",
        "Storage", "StorageSQL", "StoreSamples", .grdb,
      ]),
    tests(
      "Trial",
      [
        "PostgresFixture",
        "Domain", "Protobuf", "RPCCore", "RPCPolicy", "RPCTransportHTTP2", "SafeMobilityAPI",
        "SafeMobilityClient", "Server",
        "StoreSamples", "Trials",
      ], exclude: ["raw_cases.py", "stock_cases.py"]),
    tests(
      "Attack",
      [
        "HTTP2", "Interop", "KitchenSink", "Protobuf", "RPCCore", "RPCServices",
        "RPCTransportHTTP2", "RPCWire", "RawHTTP2", "Trials",
      ]),
    tests(
      "StoreBench",
      [
        "Domain", "Services", "Storage", "StorageSQL", "StoreBench", "StoreSamples", "Trials",
        .arguments,
      ]),
    tests(
      "StorageSQL",
      ["Domain", "MemoryStore", "PostgresFixture", "Storage", "StorageSQL", "StoreSamples"]),
    room(
      "ServiceFixture", "Tests/Support/ServiceFixture",
      [
        "Domain", "MemoryStore", "PostgresFixture", "Protobuf", "RPCCore", "RPCTransportInProcess",
        "SafeMobilityAPI", "Services", "Storage", "StorageSQL",
      ]),
    tests(
      "Services",
      [
        "AuditProof", "Domain", "Protobuf", "RPCCore", "RPCPolicy", "RPCTransportHTTP2",
        "RPCTransportInProcess",
        "SafeMobilityAPI", "SafeMobilityClient", "ServiceFixture", "Services", "Storage",
        "PostgresFixture", "StorageSQL", "StoreSamples", .crypto,
      ]),
    tests(
      "SafeMobilityClient",
      [
        "Protobuf", "RPCCore", "RPCPolicy", "RPCTransportHTTP2", "RPCTransportInProcess",
        "SafeMobilityAPI", "SafeMobilityClient",
      ]),
    tests(
      "CLI",
      [
        "AuditProof", "CLI", "DevCertificates", "KitchenSink", "Protobuf", "RPCCore", "RPCServices",
        "RPCTransportHTTP2", "RPCTransportInProcess", "SafeMobilityAPI", "SafeMobilityClient",
        "ServiceFixture", "Services", "Trials", .arguments,
      ], exclude: ["Golden", "Python"]),
    tests(
      "Server",
      [
        "DevCertificates", "Domain", "Protobuf", "RPCCore", "RPCTransportHTTP2", "RawHTTP2",
        "SafeMobilityAPI", "Server", "ServiceFixture", "Storage", .grdb,
      ], exclude: ["Python"]),
  ]
)

// For Tools/fuzz: one static library, which it links with libFuzzer, since SwiftPM cannot (it renames the
// `main` of executables). Rooms above the pure ones, and packages, have no part in that.
if Context.environment["PASARELA_FUZZ"] != nil {
  let fuzzed: Set = [
    "CNghttp2", "CProtobufC", "CZlib", "FuzzEntry", "FuzzTargets", "HTTP2", "KitchenSink",
    "Protobuf",
    "RPCCore", "RPCWire",
  ]
  package.targets.removeAll { !fuzzed.contains($0.name) }
  package.products = [.library(name: "FuzzEntry", type: .static, targets: ["FuzzEntry"])]
  package.dependencies = []
}
