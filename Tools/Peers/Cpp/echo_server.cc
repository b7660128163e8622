// anchor.v1.Echo on grpc++'s callback API, for side-by-side runs.

#include <algorithm>
#include <string>
#include <utility>

#include "anchor/v1/echo.grpc.pb.h"
#include "arguments.h"
#include "serve.h"

namespace {

using anchor::v1::Echo;
using anchor::v1::EchoReply;
using anchor::v1::EchoRequest;
using anchor::v1::StreamRequest;
using grpc::Status;

// Writes one reply as often as asked.
class ServerStream final : public grpc::ServerWriteReactor<EchoReply> {
 public:
  explicit ServerStream(const StreamRequest& request) : left_(request.count()) {
    reply_.set_payload(std::string(std::max(0, request.size()), '\0'));
    Next();
  }
  void OnWriteDone(bool ok) override { ok ? Next() : Finish(Status::CANCELLED); }
  void OnDone() override { delete this; }

 private:
  void Next() { left_-- > 0 ? StartWrite(&reply_) : Finish(Status::OK); }

  int left_;
  EchoReply reply_;
};

// Reads one message, writes it back, and so on.
class Bidi final : public grpc::ServerBidiReactor<EchoRequest, EchoReply> {
 public:
  Bidi() { StartRead(&request_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(Status::OK);
    reply_.set_payload(std::move(*request_.mutable_payload()));
    StartWrite(&reply_);
  }
  void OnWriteDone(bool ok) override { ok ? StartRead(&request_) : Finish(Status::CANCELLED); }
  void OnDone() override { delete this; }

 private:
  EchoRequest request_;
  EchoReply reply_;
};

class EchoService final : public Echo::CallbackService {
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const EchoRequest* request,
                                  EchoReply* reply) override {
    reply->set_payload(request->payload());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<EchoReply>* ServerStream(grpc::CallbackServerContext*,
                                                    const StreamRequest* request) override {
    return new class ServerStream(*request);
  }

  grpc::ServerBidiReactor<EchoRequest, EchoReply>* Bidi(grpc::CallbackServerContext*) override {
    return new class Bidi();
  }
};

}  // namespace

int main(int count, char** values) {
  const Arguments arguments(count, values, "echo_server --listen HOST:PORT");
  EchoService service;
  return Serve(arguments, &service);
}
