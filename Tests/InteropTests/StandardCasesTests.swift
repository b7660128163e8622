import Testing

/// The standard interoperability cases, with clients that nobody here wrote: grpcio in every run, grpc++ and
/// grpc-go in the full one, over plaintext, TLS and a unix socket.
@Suite("the standard cases")
struct StandardCasesTests {
  @Test("every case of every client passes", .timeLimit(.minutes(Peers.isFull ? 20 : 5)))
  func cases() async throws {
    let clients = Peers.isFull ? ["python", "cpp", "go"] : ["python"]
    let (status, said) = try await Peers.run(
      "Tools/Peers/interop", ["ours"] + clients, secondsMax: Peers.isFull ? 1_100 : 280)
    #expect(status == 0, "\(said)")
    // So that a script which runs nothing does not pass.
    let passed = said.split(separator: "\n").filter { $0.hasSuffix("21 passed") }
    #expect(passed.count == clients.count * 3, "\(said)")
  }
}
