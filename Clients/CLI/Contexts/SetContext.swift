import ArgumentParser
import Foundation
import RPCTransportHTTP2
import SafeMobilityClient

/// `pasarela ctx set`: makes a context, or changes some of its values.
struct SetContext: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Makes a context, or changes values of one.",
    discussion: """
      The values are those of the options of a connection. Paths are kept whole, so that they hold from any folder; \
      the files may be renewed. Headers replace all that there were. For example:

        pasarela ctx set pilot --target office.example:7443 --tls-ca ca.pem --use
        pasarela ctx set pilot --tls-cert me.pem --tls-key me.key.pem
        pasarela ctx set pilot -H 'authorization: Bearer ${TOKEN}' --timeout 5s
        pasarela ctx set pilot --unset header --unset timeout
      """, aliases: ["add"])

  @Argument(help: "Its name.", completion: .custom(Candidates.contexts)) var name: String
  @Flag(help: "Makes it the one that is used.") var use = false
  @Option(help: ArgumentHelp("Takes a value out. Can be repeated.", valueName: "VALUE"))
  var unset: [Value] = []
  @OptionGroup var headers: HeaderOptions
  @OptionGroup var options: GlobalOptions

  /// A value that a context need not have.
  enum Value: String, ExpressibleByArgument, CaseIterable {
    case insecure
    case tlsCa = "tls-ca"
    case tlsCert = "tls-cert"
    case tlsServerName = "tls-server-name"
    case identity = "as"
    case purpose
    case endUser = "end-user"
    case header, timeout
  }

  func validate() throws {
    let isName = name.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9._\-]{0,62}/#) != nil
    guard isName else {
      throw ValidationError("a context's name has letters, digits, '.', '_' and '-', up to 63")
    }
    if let ctx = options.ctx, ctx != name {
      throw ValidationError("the context to set is \(name): leave out --ctx")
    }
    for text in headers.header {
      if let fault = HeaderOptions.faultOfStored(text) { throw ValidationError(fault) }
    }
  }

  func run() throws {
    let surroundings = Surroundings.current
    let file = try ContextNoun.file(of: surroundings)
    var isNew = false
    try file.change { saved throws(CommandFailure) in
      let known = saved.contexts[name]
      isNew = known == nil
      var context: SavedContext
      if let known { context = known } else { context = try made() }
      change(&context)
      if let fault = context.fault { throw CommandFailure(Plain.line("not kept: \(fault)")) }
      saved.contexts[name] = context
      if use { saved.current = name }
    }
    surroundings.writeError("\(isNew ? "made" : "changed") the context \(name)\n")
  }

  private func made() throws(CommandFailure) -> SavedContext {
    guard let target = options.target else {
      throw CommandFailure(
        "there is no context \(name) yet: say where its server is, --target HOST:PORT")
    }
    return SavedContext(target: Self.whole(target.target))
  }

  private func change(_ context: inout SavedContext) {
    for value in unset { Self.remove(value, from: &context) }
    if let target = options.target { context.target = Self.whole(target.target) }
    let tls = options.tlsCa ?? options.tlsCert ?? options.tlsKey ?? options.tlsServerName
    if options.insecure {
      // What was said of TLS is of no use any more, nor what was said of plaintext below.
      (context.tlsCa, context.tlsCert, context.tlsKey, context.tlsServerName) = (nil, nil, nil, nil)
      context.plaintext = true
    } else if tls != nil {
      (context.plaintext, context.identity) = (nil, nil)
    }
    func set(_ path: WritableKeyPath<SavedContext, String?>, _ value: String?) {
      if let value { context[keyPath: path] = value }
    }
    set(\.tlsCa, options.tlsCa.map(Self.whole))
    set(\.tlsCert, options.tlsCert.map(Self.whole))
    set(\.tlsKey, options.tlsKey.map(Self.whole))
    set(\.tlsServerName, options.tlsServerName)
    set(\.identity, options.identity?.description)
    set(\.purpose, options.purpose?.defaultValueDescription)
    set(\.endUser, options.endUser)
    set(\.timeout, options.timeout.map { Self.text(of: $0.duration) })
    if !headers.header.isEmpty {
      context.headers = headers.header.map {
        $0.hasPrefix("@") ? "@" + Self.whole(String($0.dropFirst())) : $0
      }
    }
  }

  private static func remove(_ value: Value, from context: inout SavedContext) {
    switch value {
    case .insecure: context.plaintext = nil
    case .tlsCa: context.tlsCa = nil
    case .tlsCert: (context.tlsCert, context.tlsKey) = (nil, nil)
    case .tlsServerName: context.tlsServerName = nil
    case .identity: context.identity = nil
    case .purpose: context.purpose = nil
    case .endUser: context.endUser = nil
    case .header: context.headers = nil
    case .timeout: context.timeout = nil
    }
  }

  /// A path that holds from any folder.
  private static func whole(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.path
  }

  private static func whole(_ target: ChannelTarget) -> String {
    if case .unix(let path) = target { "unix:" + whole(path) } else { target.description }
  }

  private static func text(of length: Duration) -> String {
    let (seconds, attoseconds) = length.components
    return attoseconds == 0
      ? "\(seconds)s" : "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)ms"
  }
}
