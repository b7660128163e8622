import ArgumentParser
import RPCCore
import RPCTransportHTTP2

/// Where a verb of the tool looks for what it was asked about: in the files that were given, in the schema that was
/// compiled in, or at the server.
struct SchemaSearch: Sendable {
  let files: SchemaOptions
  /// Whether a server was named beside what is asked, so that no other schema will do.
  let isServerNamed: Bool

  /// Finds something in the first schema that has it.
  ///
  /// - Parameters:
  ///   - server: the server, to be asked last; nil when nobody said where it is
  ///   - symbol: the whole name of what is looked for; nil where only its end is known
  ///   - find: what is looked for; nil where a schema does not have it
  /// - Throws: ``CommandFailure`` when the server cannot be asked; what `find` throws
  func first<Found>(
    at server: (() throws -> ToolServer)?, symbol: String?, in surroundings: Surroundings,
    find: (ToolSchema) throws -> Found?
  ) async throws -> Found? {
    if files.areGiven { return try find(try files.read(in: surroundings)) }
    if !isServerNamed, let found = try find(try ToolSchema.compiled()) { return found }
    guard let server = try server?() else { return nil }
    do {
      return try await server.use { server in
        try await Self.reflected(by: server) { reader in
          if let symbol, let schema = try await reader.schema(declaring: symbol),
            let found = try find(schema)
          {
            return found
          }
          return try find(try await reader.everything())
        }
      }
    } catch let failure as CommandFailure
      where failure.exitCode == Self.noReflection && !isServerNamed
    {
      // A server of the programme need not tell its schema: it is the one that was compiled in.
      return nil
    }
  }

  /// The schema to list: the files', the server's, or the one that was compiled in.
  ///
  /// - Parameter server: the server; nil when nobody said where it is
  /// - Throws: ``CommandFailure`` when the server cannot be asked
  func listed(
    at server: (() throws -> ToolServer)?, in surroundings: Surroundings
  ) async throws -> ToolSchema {
    if files.areGiven { return try files.read(in: surroundings) }
    guard let server = try server?() else { return try ToolSchema.compiled() }
    do {
      return try await server.use { server in
        try await Self.reflected(by: server) { try await $0.everything() }
      }
    } catch let failure as CommandFailure
      where failure.exitCode == Self.noReflection && !isServerNamed
    {
      surroundings.writeError(
        "The server does not tell its schema; this is the one that pasarela was built with.\n")
      return try ToolSchema.compiled()
    }
  }

  private static let noReflection = 64 + Int32(StatusCode.unimplemented.rawValue)

  /// Asks a server for its schema.
  ///
  /// - Throws: ``CommandFailure`` that says what else can be done
  static func reflected<Result>(
    by server: ToolServer, _ body: (inout ReflectionReader) async throws -> Result
  ) async throws -> Result {
    do {
      var reader = try await ReflectionReader(server)
      return try await body(&reader)
    } catch let error as RPCError {
      let text =
        error.code == .unimplemented
        ? """
        the server at \(server.connection.target) does not tell its schema by reflection
        Next: give it with -protoset FILE or -proto FILE, or start the server with reflection (a pasarela-server: \
        --reflection)
        """
        : "the server at \(server.connection.target) could not be asked for its schema, \(error.description)"
      throw CommandFailure(Plain.line(text), exitCode: 64 + Int32(error.code.rawValue))
    }
  }
}
