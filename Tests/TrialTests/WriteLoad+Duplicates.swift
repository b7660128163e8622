import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import StoreSamples
import Trials

// People who register twice: a submission opens a candidate and holds the later one in its own unit of work, and is
// counted in it.
extension WriteLoad {
  private typealias Service = SafeMobility.ApplicantServiceClient

  /// The same name as two clerks write it.
  private static let spellings = [("Xol", "Shol"), ("Caal", "Kaal"), ("Quej", "Kej")]

  /// Somebody hands in a form, then another one under another spelling; a reviewer says what it is.
  func workOnDuplicates(by clerk: Clerk, random: SeededRandom) async {
    var random = random
    await repeatedly {
      let resolution: SafeMobility.DuplicateState = random.next() % 2 == 0 ? .distinct : .undecided
      // First what earlier lives have left open: few pairs are found and settled in one.
      try await resolve(as: resolution, by: clerk.as("iom/REVIEWER"))
      let first = Self.spellings[Int(random.next() % 3)]
      let second = Self.spellings[Int(random.next() % 3)]
      // Another day for each, so that nobody is like those of earlier lives.
      let born = (Int32(1940 + random.next() % 60), Int32(1 + random.next() % 12))
      let day = Int32(1 + random.next() % 28)
      for name in ["\(first.0) \(second.0)", "\(first.1) \(second.1)"] {
        let number = 100_000_000 + Int(random.next() % 900_000_000)
        let form = Self.form("Marta \(name)", (born.0, born.1, day), number: number)
        try await handIn(form, number: number, by: clerk)
      }
    }
  }

  private static func form(
    _ name: String, _ born: (Int32, Int32, Int32), number: Int
  ) -> SafeMobility.CreateRegistrationRequest {
    var request = Requests.registration(memberCount: 0)
    request.registration?.answers = .with { $0.hostStatus = .national }
    request.principal?.fullName = name
    request.principal?.birthDate = .with { ($0.year, $0.month, $0.day) = born }
    request.principal?.phone = "+5025\(1_000_000 + number % 9_000_000)"
    return request
  }

  /// From the empty form to the submission.
  private func handIn(
    _ form: SafeMobility.CreateRegistrationRequest, number: Int, by clerk: Clerk
  ) async throws {
    let created = try await write(form, named: "form", by: clerk) {
      try await Service($0).createRegistration($1)
    }
    let registration = created.registration ?? .init()
    let document = SafeMobility.AddDocumentRequest.with {
      $0.parent = registration.name
      $0.document = .with {
        $0.person = registration.principal
        $0.type = .dpi
        // Too long for a CUI, so that it is nobody's.
        $0.number = "12345678\(number)"
      }
      $0.requestId = Requests.id()
    }
    let added = try await write(document, named: "document", by: clerk) {
      try await Service($0).addDocument($1)
    }
    let consent = try await propose(
      registration.principal, in: registration.name, to: "partners/iom", for: .processing,
      by: clerk)
    try await grant(consent, by: clerk)
    let submission = SafeMobility.SubmitRegistrationRequest.with {
      ($0.name, $0.etag) = (registration.name, added.registration?.etag ?? "")
      $0.requestId = Requests.id()
    }
    _ = try await write(submission, named: "submit", by: clerk) {
      try await Service($0).submitRegistration($1)
    }
  }

  private func resolve(
    as resolution: SafeMobility.DuplicateState, by clerk: Clerk
  ) async throws {
    let list = try await read("candidates") {
      try await Service(clerk.client).listDuplicateCandidates(
        .with { $0.filter = "state = OPEN" })
    }
    for candidate in list.duplicateCandidates {
      let request = SafeMobility.ResolveDuplicateRequest.with {
        ($0.name, $0.etag, $0.requestId) = (candidate.name, candidate.etag, Requests.id())
        $0.resolution = resolution
      }
      _ = try await write(request, named: "resolve", by: clerk) {
        try await Service($0).resolveDuplicate($1)
      }
    }
  }
}
