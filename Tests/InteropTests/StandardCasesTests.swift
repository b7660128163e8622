import Testing

/// The standard interoperability cases, over plaintext, TLS and a unix socket: our client and our server against
/// ones that nobody here wrote. grpcio is asked in every run, grpc++ and grpc-go in the full one.
@Suite("the standard cases", .serialized)
struct StandardCasesTests {
  @Test("every case of every client passes", .timeLimit(.minutes(Peers.isFull ? 20 : 5)))
  func cases() async throws {
    let stock = Peers.isFull ? ["python", "cpp", "go"] : ["python"]
    try await expectAllPass(server: "ours", clients: ["ours"] + stock)
  }

  @Test(
    "our client passes every case of stock servers", .timeLimit(.minutes(Peers.isFull ? 20 : 5)),
    arguments: Peers.isFull ? ["python", "cpp"] : ["python"])
  func client(server: String) async throws {
    try await expectAllPass(server: server, clients: ["ours"])
  }

  private func expectAllPass(server: String, clients: [String]) async throws {
    let (status, said) = try await Peers.run(
      "Tools/Peers/interop", [server] + clients, secondsMax: Peers.isFull ? 1_100 : 280)
    #expect(status == 0, "\(said)")
    // So that a script which runs nothing does not pass.
    let passed = said.split(separator: "\n").filter { $0.hasSuffix("21 passed") }
    #expect(passed.count == clients.count * 3, "\(said)")
  }
}
