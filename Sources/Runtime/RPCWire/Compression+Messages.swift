public import RPCCore

extension CompressionScratch {
  /// Decompresses a request; what is wrong with it is the status that answers it (Q19, Q21).
  public func decompressRequest(
    _ bytes: Span<UInt8>, from encoding: MessageEncoding, byteCountMax: Int
  ) throws(RPCError) -> [UInt8] {
    do throws(CompressionFault) {
      return try decompress(bytes, from: encoding, byteCountMax: byteCountMax)
    } catch {
      throw RPCError(error, of: "request")
    }
  }
}

extension CompressionScratch {
  /// Decompresses a response; what is wrong with it is the status its caller gets (Q19, Q21).
  public func decompressResponse(
    _ bytes: Span<UInt8>, from encoding: MessageEncoding, byteCountMax: Int
  ) throws(RPCError) -> [UInt8] {
    do throws(CompressionFault) {
      return try decompress(bytes, from: encoding, byteCountMax: byteCountMax)
    } catch {
      throw RPCError(error, of: "response")
    }
  }
}
