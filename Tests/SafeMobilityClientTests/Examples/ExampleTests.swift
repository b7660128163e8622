import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import Testing

/// The articles show code that compiles, and does what they say.
@Suite struct ExampleTests {
  private static let examples = URL(filePath: #filePath).deletingLastPathComponent()
  private static let articles = examples.appending(
    path: "../../../Clients/SafeMobilityClient/SafeMobilityClient.docc")

  private static func lines(of file: URL) throws -> [String] {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static func files(in folder: URL, ending: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == ending }.sorted { $0.path < $1.path }
  }

  /// The marked regions of the examples, by name, without the indentation that they have there.
  private static func regions() throws -> [String: [String]] {
    var regions: [String: [String]] = [:]
    for file in try files(in: examples, ending: "swift") where file.path != #filePath {
      var name: String?
      var indentation = 0
      for line in try lines(of: file) {
        let text = line.drop { $0 == " " }
        if text.hasPrefix("// example: ") {
          name = String(text.dropFirst("// example: ".count))
          indentation = line.count - text.count
        } else if text == "// end" {
          name = nil
        } else if let name {
          regions[name, default: []].append(String(line.dropFirst(indentation)))
        }
      }
    }
    return regions
  }

  /// The code blocks of an article with the names in the comments above them.
  private static func blocks(of article: URL) throws -> [(name: String?, code: [String])] {
    var blocks: [(name: String?, code: [String])] = []
    var isCode = false
    var before = ""
    for line in try lines(of: article) {
      if line.hasPrefix("```") {
        isCode.toggle()
        let name = before.firstMatch(of: /^<!-- example: (.+) -->$/).map { String($0.output.1) }
        if isCode { blocks.append((name, [])) }
      } else if isCode {
        blocks[blocks.count - 1].code.append(line)
      }
      before = line
    }
    return blocks
  }

  @Test("every code block of the articles is a region of the examples, and every region is shown")
  func articles() throws {
    let regions = try Self.regions()
    var shown: Set<String> = []
    for article in try Self.files(in: Self.articles, ending: "md") {
      for block in try Self.blocks(of: article) {
        let name = try #require(block.name, "a block of \(article.lastPathComponent) has no name")
        #expect(regions[name] == block.code, "\(name) in \(article.lastPathComponent)")
        shown.insert(name)
      }
    }
    #expect(shown == Set(regions.keys))
  }

  @Test("every article is in the table of contents")
  func contents() throws {
    let files = try Self.files(in: Self.articles, ending: "md")
    let names = files.map { $0.deletingPathExtension().lastPathComponent }
    let root = try Self.lines(of: Self.articles.appending(path: "SafeMobilityClient.md"))
    #expect(names.count > 5)
    for name in names where name != "SafeMobilityClient" {
      #expect(root.contains("- <doc:\(name)>"))
    }
  }

  @Test("a client is made without a server; what has no form of a target is refused")
  func connect() async throws {
    #expect(try ClientExamples.connect().purpose == .resettlement)
    let client = try ClientExamples.develop()
    #expect(ClientExamples.purpose(client).purpose == .reporting)
    await ClientExamples.close(client)
    #expect(throws: SafeMobilityClient.SetupError.target("nowhere")) {
      try SafeMobilityClient(target: "nowhere", identity: .anonymous(tls: nil))
    }
  }

  @Test("the fake of the article answers as it says")
  func fake() async throws {
    let client = try FakeExamples.client()
    let error = await #expect(throws: RPCError.self) {
      _ = try await ClientExamples.hold(.init(), client)
    }
    #expect(error == RPCError(.unavailable, "closed for the day"))
  }

  @Test("code that takes a service's protocol is tested with answers alone")
  func answers() async throws {
    #expect(try await FakeExamples.testedNames() == ["referrals/0ref"])
  }

  @Test("a copy kept as the article shows is right after breaks, and goes on from its token")
  func copy() async throws {
    let gone = RPCError(.unavailable, "gone")
    let feed = WatchedFeed(
      eventCount: 4, repeats: 1, streams: [.init(itemCount: 2, end: .failure(gone))])
    let client = try SafeMobilityClient(
      transport: feed.transport, configuration: FakeTime().configuration)
    var copy = ReadingExamples.Copy(saved: { _ in })
    await #expect(throws: WatchedFeed.theEnd) { try await ReadingExamples.watch(client, &copy) }
    #expect(copy.token == "token-4")
    #expect(Set(copy.referrals.keys) == ["a", "b", "c"])
    await #expect(throws: WatchedFeed.theEnd) { try await ReadingExamples.watch(client, &copy) }
    #expect(feed.tokens == ["token-0", "token-2", "token-4"])
  }

  @Test(
    "a desk kept as the article shows has what is open, and goes on behind what was acknowledged")
  func exchange() async throws {
    let work = SafeMobility.ExchangeResponse.with {
      $0.message = .work(
        .with {
          $0.eventNo = 1
          $0.status = .with {
            $0.uid = "event-1"
            $0.resource = "a"
          }
        })
    }
    let bookmark = SafeMobility.ExchangeResponse.with {
      $0.message = .bookmark(.with { $0.resumeToken = "token-1" })
    }
    let messages = try [work, bookmark].map { try $0.serializedBytes() }
    let transport = ScriptedTransport(open: { call in
      call.index == 0
        ? ScriptedStream(messages, end: .success(()))
        : ScriptedStream([], end: .failure(WatchedFeed.theEnd))
    })
    let client = try SafeMobilityClient(
      transport: transport, configuration: FakeTime().configuration)
    var desk = ExchangeExamples.Desk(open: ["old": .init()])
    await #expect(throws: WatchedFeed.theEnd) { try await ExchangeExamples.work(client, &desk) }
    #expect(Set(desk.open.keys) == ["a"])
    #expect(desk.token == "token-1")
  }
}
