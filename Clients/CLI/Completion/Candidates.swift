import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

/// Words that could stand where somebody types. What goes wrong while they are looked for is passed over: it is told
/// when the command is given.
enum Candidates {
  /// Names of contexts.
  static func contexts(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
    let saved = try? ContextFile(of: .current)?.read()
    return begun(by: prefix, saved?.contexts.keys.sorted() ?? [])
  }

  /// Methods, whole `package.Service/Method`; those that begin so without their package where none does with it.
  static func methods(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
    let names = await names(words, index) { schema in
      schema.methods.map { "\($0.descriptor.service)/\($0.descriptor.method)" }
    }
    let found = begun(by: prefix, names)
    return found.isEmpty ? begun(by: prefix, names.map(short)) : found
  }

  /// Services.
  static func services(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
    begun(by: prefix, await names(words, index) { $0.services })
  }

  /// Services, methods, messages and enums.
  static func symbols(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
    let names = await names(words, index) { schema in
      let methods = schema.methods.map { "\($0.descriptor.service)/\($0.descriptor.method)" }
      return schema.services + methods + Declarations(schema.types.files).typeNames
    }
    let found = begun(by: prefix, names)
    return found.isEmpty ? begun(by: prefix, names.map(short)) : found
  }

  /// Message types.
  static func messages(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
    let names = await names(words, index) { schema in
      Declarations(schema.types.files).typeNames.filter { schema.types.message(named: $0) != nil }
    }
    let found = begun(by: prefix, names)
    return found.isEmpty ? begun(by: prefix, names.map(short)) : found
  }

  /// What schemas have: the server's where one is said and answers, else the compiled one's.
  private static func names(
    _ words: [String], _ index: Int, _ names: (ToolSchema) -> [String]
  ) async -> [String] {
    let surroundings = Surroundings.current
    let typed = typed(words, index, surroundings)
    let server = typed.flatMap { try? ToolServer($0.options, $0.headers, in: surroundings) }
    if let server {
      let told = try? await server.use { server in
        try await SchemaSearch.reflected(by: server) { try await $0.everything() }
      }
      if let told { return names(told) }
      // Another schema's names would be wrong for a server that was named here.
      if typed?.isServerNamed ?? false { return [] }
    }
    return (try? ToolSchema.compiled()).map(names) ?? []
  }

  static func typed(
    _ words: [String], _ index: Int, _ surroundings: Surroundings
  ) -> TypedWords? {
    let areBroken = surroundings.variable("SAP_SHELL") == "bash"
    return try? TypedWords(words, typing: index, areBroken: areBroken)
  }

  static func begun(by prefix: String, _ names: [String]) -> [String] {
    names.filter { $0.hasPrefix(prefix) }
  }

  /// A name without its package: from its last part that begins with a capital on, and a method with its service.
  private static func short(_ name: String) -> String {
    let parts = name.split(separator: ".")
    return parts.drop { $0.first?.isUppercase != true }.joined(separator: ".")
  }
}

extension Candidates {
  /// Names of offices.
  static func offices(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
    await resources(
      SafeMobility.OfficeServiceMethods.listOffices, .programAdministration, words, index, prefix,
      SafeMobility.ListOfficesRequest.with { $0.pageSize = 1_000 }
    ) { (response: SafeMobility.ListOfficesResponse) in response.offices.map(\.name) }
  }

  /// Names of partners.
  static func partners(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
    await resources(
      SafeMobility.PartnerServiceMethods.listPartners, .processing, words, index, prefix,
      SafeMobility.ListPartnersRequest.with { $0.pageSize = 1_000 }
    ) { (response: SafeMobility.ListPartnersResponse) in response.partners.map(\.name) }
  }

  /// Names of pathways.
  static func pathways(_ words: [String], _ index: Int, _ prefix: String) async -> [String] {
    await resources(
      SafeMobility.ReferralServiceMethods.listPathways, .processing, words, index, prefix,
      SafeMobility.ListPathwaysRequest.with { $0.pageSize = 1_000 }
    ) { (response: SafeMobility.ListPathwaysResponse) in response.pathways.map(\.name) }
  }

  private static func resources<Request: Message & RPCMessage, Response: RPCMessage>(
    _ method: MethodDescriptor, _ purpose: SafeMobility.Purpose, _ words: [String], _ index: Int,
    _ prefix: String, _ request: Request, _ names: (Response) -> [String]
  ) async -> [String] {
    let surroundings = Surroundings.current
    guard let typed = typed(words, index, surroundings),
      let session = try? Session(typed.options, purpose: purpose, in: surroundings)
    else { return [] }
    let response: Response? = try? await session.call(method, request)
    await session.close()
    return begun(by: prefix, response.map(names) ?? [])
  }
}
