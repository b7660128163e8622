// Messages that have no Swift type, as JSON.
extension MessageDescriptor {
  /// A serialized message of this type in the proto3 JSON mapping; see ``Message/jsonString(options:)``.
  ///
  /// - Throws: ``DecodingError`` for bytes that are no message, ``JSONError`` for what has no JSON form.
  public func jsonString(
    of bytes: [UInt8], options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws -> String {
    let value = try withView(of: bytes) { view in try JSONEncoding(options: options).value(of: view)
    }
    return JSONText.text(of: value, pretty: options.pretty)
  }

  /// The bytes of a message of this type that is given as JSON; see ``Message/init(jsonUTF8:options:)``.
  ///
  /// - Throws: ``JSONError`` with line and column, and the path of the field if it is one that does not take what it
  ///   was given.
  public func serializedBytes(
    jsonUTF8 bytes: [UInt8], options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws(JSONError) -> [UInt8] {
    let value = try JSONScanner.value(of: bytes, limits: options.limits)
    do {
      var image = try NewImage(self, options.limits)
      try JSONDecoding(options: options).fill(&image.message, from: value)
      return try image.serializedBytes()
    } catch let error as JSONError {
      throw error.located(in: bytes)
    } catch {
      throw JSONError("\(error)").located(in: bytes)
    }
  }
}
