#pragma once

#include <grpcpp/grpcpp.h>

// Whether the last message that a call received was compressed. gRPC tells this only to its own interop
// tests: its contexts have friends of these names, and its library exports the function.
uint32_t grpc_call_test_only_get_message_flags(grpc_call* call);

namespace grpc::testing {

// Set in a message's flags when it was inflated, and when it is yet to be.
constexpr uint32_t kCompressedFlags = 0x40000000u | 0x80000000u;

class InteropClientContextInspector {
 public:
  static bool WasCompressed(const ClientContext& context) {
    return grpc_call_test_only_get_message_flags(context.call_) & kCompressedFlags;
  }
};

class InteropServerContextInspector {
 public:
  static bool WasCompressed(const ServerContext& context) {
    return grpc_call_test_only_get_message_flags(context.call_.call) & kCompressedFlags;
  }
};

}  // namespace grpc::testing
