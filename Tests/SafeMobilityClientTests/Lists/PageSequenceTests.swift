import Protobuf
import RPCCore
import SafeMobilityAPI
import Synchronization
import Testing

@testable import SafeMobilityClient

/// Lists, page by page.
@Suite struct PageSequenceTests {
  private typealias Request = SafeMobility.ListReferralsRequest
  private typealias Page = SafeMobility.ListReferralsResponse

  /// A list in pages of these sizes, and the tokens that were asked for.
  private final class Book: Sendable {
    let sizes: [Int]
    let asked = Mutex<[String]>([])

    init(_ sizes: [Int]) { self.sizes = sizes }

    var list: PageSequence<Request> {
      PageSequence(.with { $0.filter = "state = SENT" }) { [self] (request) throws(RPCError) in
        asked.withLock { $0.append(request.pageToken) }
        #expect(request.filter == "state = SENT")
        return page(Int(request.pageToken) ?? 0)
      }
    }

    private func page(_ index: Int) -> Page {
      let first = sizes[..<index].reduce(0, +)
      return .with {
        $0.referrals = (first..<(first + sizes[index])).map { number in
          .with { $0.name = "\(number)" }
        }
        if index + 1 < sizes.count { $0.nextPageToken = "\(index + 1)" }
      }
    }
  }

  @Test(
    "every item comes once and in order, whatever the pages",
    arguments: [[0], [1], [3], [2, 2], [0, 3], [3, 0], [0, 0, 0], [1, 0, 0, 2, 0]])
  func items(sizes: [Int]) async throws {
    let book = Book(sizes)
    var names: [String] = []
    for try await referral in book.list { names.append(referral.name) }
    #expect(names == (0..<sizes.reduce(0, +)).map(String.init))
    #expect(book.asked.withLock { $0 } == [""] + (1..<sizes.count).map(String.init))
  }

  @Test("the pages can be had themselves, and again from the first")
  func pages() async throws {
    let list = Book([2, 0, 1]).list
    for _ in 0..<2 {
      var counts: [Int] = []
      for try await page in list.pages { counts.append(page.referrals.count) }
      #expect(counts == [2, 0, 1])
    }
  }

  @Test("a page is fetched when it is needed and not before")
  func lazy() async throws {
    let book = Book([2, 2])
    var iterator = book.list.makeAsyncIterator()
    #expect(book.asked.withLock { $0.isEmpty })
    for count in [1, 1, 2, 2] {
      _ = try await iterator.next()
      #expect(book.asked.withLock { $0.count } == count)
    }
    #expect(try await iterator.next() == nil)
    #expect(try await iterator.next() == nil)
    #expect(book.asked.withLock { $0.count } == 2)
  }

  @Test("a failure is told once, as the error it is, and ends the list")
  func failure() async {
    let list = PageSequence(Request()) { (request) throws(RPCError) -> Page in
      guard request.pageToken.isEmpty else { throw RPCError(.permissionDenied, "no more") }
      return .with {
        $0.referrals = [.init()]
        $0.nextPageToken = "2"
      }
    }
    var iterator = list.makeAsyncIterator()
    do throws(RPCError) {
      _ = try await iterator.next()
      _ = try await iterator.next()
      Issue.record("the second page did not fail")
    } catch {
      #expect(error.code == .permissionDenied)
    }
    #expect(await (try? iterator.next()) == nil)
  }

  @Test("a list whose page names itself as the next ends with INTERNAL")
  func circle() async {
    let list = PageSequence(Request()) { (request) throws(RPCError) -> Page in
      .with { $0.nextPageToken = "again" }
    }
    let error = await #expect(throws: RPCError.self) { for try await _ in list {} }
    #expect(error?.code == .internal)
  }

  @Test("every List method of the contract has its sequence")
  func complete() throws {
    let pool = DescriptorPool(SafeMobility.fileDescriptors)
    var count = 0
    for file in SafeMobility.fileDescriptors {
      let proto = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      for service in proto.service {
        for method in service.method where (method.name ?? "").hasPrefix("List") {
          let name = String((method.inputType ?? "").dropFirst())
          let request = try #require(pool.message(named: name) as? any ListRequest.Type, "\(name)")
          #expect(request.method.method == method.name)
          #expect(request.method.service == "\(file.package).\(service.name ?? "")")
          count += 1
        }
      }
    }
    #expect(count == 17)
  }

  @Test("a client lists over its connection, by the noun of a service or by the request")
  func client() async throws {
    let transport = ScriptedTransport { (call) throws(RPCError) in
      let page = SafeMobility.ListReferralsResponse.with {
        $0.referrals = [.with { $0.name = "r\(call.index)" }]
        if call.index % 2 == 0 { $0.nextPageToken = "next" }
      }
      guard let bytes = try? page.serializedBytes() else { throw RPCError(.internal, "") }
      return bytes
    }
    let client = try SafeMobilityClient(transport: transport)
    var names: [String] = []
    for try await referral in client.referrals.all() { names.append(referral.name) }
    for try await referral in client.all(SafeMobility.ListReferralsRequest()) {
      names.append(referral.name)
    }
    #expect(names == ["r0", "r1", "r2", "r3"])
    #expect(
      transport.seen.allSatisfy { $0.method == SafeMobility.ReferralServiceMethods.listReferrals })
  }
}
