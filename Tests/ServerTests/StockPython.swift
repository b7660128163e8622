import Foundation

/// The Python that Tools/bootstrap made, with stock grpcio.
enum StockPython {
  /// The top of the repository.
  static var top: URL {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    return here.deletingLastPathComponent().deletingLastPathComponent()
  }

  static var executable: URL {
    URL(
      filePath: ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
        ?? top.appending(path: ".build-tools/python/bin/python").path)
  }
}
