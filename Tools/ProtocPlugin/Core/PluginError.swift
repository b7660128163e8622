/// A reason to refuse a request; its text goes into `CodeGeneratorResponse.error`, and so to the
/// person who ran `protoc`.
public enum PluginError: Error, Hashable {
  /// A parameter nobody knows, or one with a value it does not take.
  case badParameter(String, reason: String)
  /// The schema uses something this plugin does not generate code for.
  case unsupported(file: String, construct: String)
  /// The request contradicts itself; `protoc` never sends such a thing.
  case malformed(String)

  /// One line for the person who ran `protoc`.
  public var text: String {
    switch self {
    case .badParameter(let parameter, let reason): "parameter '\(parameter)': \(reason)"
    case .unsupported(let file, let construct): "\(file): \(construct)"
    case .malformed(let reason): "malformed request: \(reason)"
    }
  }
}
