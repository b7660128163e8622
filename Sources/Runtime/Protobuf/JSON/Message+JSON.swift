extension Message {
  /// The message in the proto3 JSON mapping.
  ///
  /// - Throws: ``JSONError`` for what has no JSON form: an `Any` of an unknown type, a time outside
  ///   the years 1 to 9999, a message nested too deeply, a proto2 field with the JSON name of another.
  public func jsonString(
    options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws(JSONError) -> String {
    do {
      let value = try withView { view in try JSONEncoding(options: options).value(of: view) }
      return JSONText.text(of: value, pretty: options.pretty)
    } catch let error as JSONError {
      throw error
    } catch {
      throw JSONError("\(error)")
    }
  }

  /// The message as JSON in UTF-8; see ``jsonString(options:)``.
  public func jsonUTF8(
    options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws(JSONError) -> [UInt8] {
    Array(try jsonString(options: options).utf8)
  }

  /// Reads a message from JSON.
  ///
  /// - Throws: ``JSONError`` with line and column, and the path of the field if it is one that does
  ///   not take what it was given.
  public init(
    jsonString text: String, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(JSONError) {
    try self.init(jsonUTF8: Array(text.utf8), options: options)
  }

  /// Reads a message from JSON in UTF-8; see ``init(jsonString:options:)``.
  public init(
    jsonUTF8 bytes: [UInt8], options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(JSONError) {
    let value = try JSONScanner.value(of: bytes, limits: options.limits)
    do {
      var image = try NewImage(Self.descriptor, options.limits)
      try JSONDecoding(options: options).fill(&image.message, from: value)
      self = try image.read(as: Self.self)
    } catch let error as JSONError {
      throw error.located(in: bytes)
    } catch {
      throw JSONError("\(error)").located(in: bytes)
    }
  }
}
