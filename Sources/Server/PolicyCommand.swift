import ArgumentParser
import Foundation
import Services

/// `pasarela-server policy`: what the digest of the access policy is of.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Writes the access policy of this build, whose SHA-256 GetPolicy and the log name.",
    discussion: """
      The roles and purposes of every method, the data class of every field and the release profiles, as rows of bytes: \
      before each element its length in four bytes, the highest first; numbers have eight. Two builds that print the \
      same enforce the same. What one partner may do of it is what GetPolicy answers.

      Example: pasarela-server policy | sha256sum
      """)

  func run() throws {
    let policy: AccessPolicy
    do {
      policy = try AccessPolicy()
    } catch {
      throw StartupFailure("\(error)")
    }
    FileHandle.standardOutput.write(Data(policy.canonicalBytes))
  }
}
