import ArgumentParser

/// Which part of a list to return.
struct PageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most items, up to 1000; 0 means 50.", valueName: "COUNT"))
  var pageSize: Int32 = 0

  @Option(
    help: ArgumentHelp(
      "Where the page before said that the next one begins.", valueName: "TOKEN"))
  var pageToken = ""

  /// Puts them into a request.
  func fill(_ size: inout Int32, _ token: inout String) {
    size = pageSize
    token = pageToken
  }
}
