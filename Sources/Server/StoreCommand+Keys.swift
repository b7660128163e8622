import ArgumentParser
import Domain
import Foundation
import Services
import Storage
import StorageSQL

/// A store and its key, for what is derived of both.
struct KeyedStore: ParsableArguments {
  @Option(help: "The store: sqlite:PATH or postgres://USER@HOST/DATABASE.")
  var store: StoreLocation

  @Option(
    help: ArgumentHelp(
      "The store's key file, where PASARELA_KEY does not hold the key. (default: PATH.key beside the store)",
      valueName: "PATH"))
  var keyFile: String?

  /// The keys; servers may go on meanwhile.
  func secrets() async throws -> Secrets {
    let key = try store.key(in: keyFile, isNew: false)
    let now = StoreEnvironment.keyless.now
    let inspected = try store.inspecting(.programme(vault: key.vault, now: now))
    do {
      let lasting = try await inspected.readLastingKey(path: store.name)
      try await inspected.close()
      return try Secrets(of: key, lasting: lasting)
    } catch let error as StoreError {
      throw StartupFailure("cannot read the store: \(error)")
    }
  }
}

/// `pasarela-server store log-key`.
struct LogKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-key", abstract: "Prints the key with which anybody checks the audit log.",
    discussion: """
      A verifier key of C2SP signed-note, nothing secret: give it to the auditors of both governments, for \
      `pasarela audit verify`. A change of the store's key leaves it as it is.
      """)

  @OptionGroup var keyed: KeyedStore

  func run() async throws { Output.line(try await keyed.secrets().checkpointKey) }
}

/// `pasarela-server store policy-key`.
struct PolicyKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy-key",
    abstract: "Prints the key with which anybody checks the signature of an access policy.",
    discussion: """
      An Ed25519 public key, 32 bytes in hexadecimal, nothing secret: give it to partners and auditors, who compare it \
      with `key_id` of GetPolicy and check `signature` over `signed_policy` with it. A change of the store's key leaves \
      it as it is. What `policy_sha256` is the digest of is printed by `pasarela-server policy`.

      Example: pasarela-server store policy-key --store sqlite:pilot.db
      """)

  @OptionGroup var keyed: KeyedStore

  func run() async throws { Output.line(try await keyed.secrets().policyKeyID) }
}

/// `pasarela-server store rotate-key`.
struct RotateKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key", abstract: "Changes the key of a store: seals everything anew.",
    discussion: """
      End all servers first, and make a backup. From the first row on nobody can serve the store until this has ended; \
      stopped in the middle, even by SIGKILL, it goes on where it was when it is run again with both keys. Afterwards \
      the old key opens nothing in the store: keep it for as long as you keep backups that it opens. The key of the \
      log, those for CheckPresence and requests that are repeated stay as they are.
      """)

  @OptionGroup var keyed: KeyedStore

  @Option(
    help: ArgumentHelp(
      "The new key's file, made if there is none, where PASARELA_NEW_KEY does not hold the key.",
      valueName: "PATH"))
  var newKeyFile: String?

  func run() async throws {
    do {
      try keyed.store.demandStore()
      let old = try keyed.store.key(in: keyed.keyFile, isNew: false)
      let opened = try keyed.store.copying()
      let new = try newKey()
      guard new != old else { throw StartupFailure("the new key is the old one") }
      let count = try await rotate(opened, from: old, to: new)
      try await opened.close()
      Output.line(
        "sealed \(count) rows anew: the store opens with the new key alone, give it to every server"
      )
    } catch let failure as StartupFailure {
      throw failure
    } catch {
      throw StartupFailure("cannot change the key: \(error)")
    }
  }

  private func newKey() throws(StartupFailure) -> DeploymentKey {
    if let newKeyFile { return try KeyFile(path: newKeyFile).key(forNew: true, named: "the store") }
    guard let key = try KeyVariable.key(KeyVariable.next) else {
      throw StartupFailure("give --new-key-file PATH or \(KeyVariable.next)")
    }
    return key
  }

  private func rotate(
    _ opened: SQLStore, from old: DeploymentKey, to new: DeploymentKey
  ) async throws -> Int {
    let rotation = StoreRotation(of: opened, path: keyed.store.name)
    let (lasting, isDone) = try await rotation.begin(from: old.vault, to: new.vault)
    if isDone {
      // Perhaps it was stopped behind its last unit.
      try await rotation.scrub()
      return 0
    }
    try await rotation.demandAlone()
    let change = try Secrets(of: new, lasting: lasting).change(from: old.vault)
    let bar = ProgressBar()
    let count = try await rotation.run(change) { progress in
      bar.show(progress.doneCount, of: progress.totalCount, progress.table)
    }
    bar.end()
    return count
  }
}
