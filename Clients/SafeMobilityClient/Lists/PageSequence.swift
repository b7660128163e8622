public import RPCCore

/// Everything that a List method lists, fetched page by page as it is read.
///
///     for try await referral in client.referrals.all() { … }
///     for try await page in client.referrals.all().pages { … }
///
/// A page is fetched when its first item is asked for; who stops reading fetches no more. Every iterator
/// begins with the first page. A failure ends the sequence: by then the call has been tried again for as long as the
/// client's patience lasts.
public struct PageSequence<Request: ListRequest>: AsyncSequence, Sendable {
  /// What is listed.
  public typealias Element = Request.Page.Item
  /// How a call failed.
  public typealias Failure = RPCError
  /// Fetches one page.
  public typealias Fetch = @Sendable (Request) async throws(RPCError) -> Request.Page

  /// The pages as they come.
  public let pages: Pages

  /// Reads from the page that `request` asks for, usually the first.
  ///
  /// - Parameter fetch: makes the call; a fake in tests
  public init(_ request: Request, fetch: @escaping Fetch) {
    pages = Pages(request: request, fetch: fetch)
  }

  /// Begins anew.
  public func makeAsyncIterator() -> Iterator { Iterator(pages: pages.makeAsyncIterator()) }

  /// Reads one item after the other.
  public struct Iterator: AsyncIteratorProtocol {
    var pages: Pages.Iterator
    private var items: ArraySlice<Element> = []

    init(pages: Pages.Iterator) { self.pages = pages }

    /// The next item, nil after the last.
    public mutating func next() async throws(RPCError) -> Element? {
      while items.isEmpty {
        guard let page = try await pages.next() else { return nil }
        items = page.items[...]
      }
      return items.removeFirst()
    }

    /// The next item, nil after the last.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCError) -> Element? {
      try await next()
    }
  }
}

extension PageSequence {
  /// The responses themselves, for what is said beside the items.
  public struct Pages: AsyncSequence, Sendable {
    /// A response.
    public typealias Element = Request.Page
    /// How a call failed.
    public typealias Failure = RPCError

    let request: Request
    let fetch: Fetch

    /// Begins anew.
    public func makeAsyncIterator() -> Iterator { Iterator(next: request, fetch: fetch) }

    /// Reads one page after the other.
    public struct Iterator: AsyncIteratorProtocol {
      private var request: Request?
      private let fetch: Fetch

      init(next request: Request, fetch: @escaping Fetch) {
        self.request = request
        self.fetch = fetch
      }

      /// The next page, nil after the last.
      ///
      /// - Throws: how the call failed; INTERNAL when a page names itself as the next, since that list would never end
      public mutating func next() async throws(RPCError) -> Request.Page? {
        guard var request else { return nil }
        self.request = nil
        let page = try await fetch(request)
        if !page.nextPageToken.isEmpty {
          guard page.nextPageToken != request.pageToken else {
            throw RPCError(.internal, "the server's list goes round in a circle")
          }
          request.pageToken = page.nextPageToken
          self.request = request
        }
        return page
      }

      /// The next page, nil after the last.
      public mutating func next(
        isolation actor: isolated (any Actor)?
      ) async throws(RPCError) -> Request.Page? {
        try await next()
      }
    }
  }
}
