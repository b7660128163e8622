// The standard gRPC interoperability cases, as grpc++'s client runs them. Prints `PASS name` or
// `FAIL name: why` for each and exits 1 when one failed.

#include "arguments.h"
#include "cases.h"

namespace {

Peer PeerAt(const Arguments& arguments) {
  const std::string target = arguments.Get("target");
  auto credentials = grpc::InsecureChannelCredentials();
  grpc::ChannelArguments channel;
  // Each channel has connections of its own.
  channel.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (arguments.Has("tls-ca")) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = arguments.Read("tls-ca");
    credentials = grpc::SslCredentials(options);
    channel.SetSslTargetNameOverride(arguments.Has("server-name") ? arguments.Get("server-name") : "localhost");
  }
  return {[=] { return grpc::CreateCustomChannel(target, credentials, channel); }};
}

bool Holds(const Case& each, const Peer& peer) {
  try {
    each.second(peer);
    std::cout << "PASS " << each.first << std::endl;
    return true;
  } catch (const Wrong& wrong) {
    std::cout << "FAIL " << each.first << ": " << wrong.what() << std::endl;
    return false;
  }
}

}  // namespace

int main(int count, char** values) {
  const Arguments arguments(
      count, values,
      "interop_client --target HOST:PORT|unix:PATH --test-case NAME|all [--tls-ca FILE --server-name NAME]");
  const std::string wanted = arguments.Get("test-case");
  const Peer peer = PeerAt(arguments);
  bool known = false, held = true;
  for (const Case& each : kCases) {
    if (wanted != "all" && wanted != each.first) continue;
    known = true;
    held = Holds(each, peer) && held;
  }
  if (!known) arguments.Misused();
  return held ? 0 : 1;
}
