// grpc.testing.TestService on grpc++. Prints `listening on HOST:PORT` and serves until SIGTERM.

#include <chrono>
#include <thread>
#include <vector>

#include "arguments.h"
#include "compression.h"
#include "grpc/testing/test.grpc.pb.h"
#include "serve.h"

namespace {

using namespace grpc::testing;
using grpc::ServerContext;
using grpc::Status;

using Answers = grpc::internal::WriterInterface<StreamingOutputCallResponse>;
using Duplex = grpc::ServerReaderWriter<StreamingOutputCallResponse, StreamingOutputCallRequest>;

void EchoMetadata(ServerContext* context) {
  const std::string initial = "x-grpc-test-echo-initial", trailing = "x-grpc-test-echo-trailing-bin";
  for (const auto& [key, value] : context->client_metadata()) {
    const std::string text(value.data(), value.size());
    if (key == initial) context->AddInitialMetadata(initial, text);
    if (key == trailing) context->AddTrailingMetadata(trailing, text);
  }
}

// The status that a request asks for; OK when it asks for none.
template <typename Request>
Status AskedStatus(const Request& request) {
  const auto& status = request.response_status();
  return Status(static_cast<grpc::StatusCode>(status.code()), status.message());
}

// INVALID_ARGUMENT when a request did not come as it says it does.
template <typename Request>
Status CheckCompression(const Request& request, const ServerContext& context) {
  const bool compressed = InteropServerContextInspector::WasCompressed(context);
  if (!request.has_expect_compressed() || request.expect_compressed().value() == compressed) {
    return Status::OK;
  }
  return Status(grpc::StatusCode::INVALID_ARGUMENT,
                compressed ? "the request came compressed" : "the request came plain");
}

// Sends what a request asks for. The call has an encoding; each message may do without it.
Status Answer(const StreamingOutputCallRequest& request, Answers* answers) {
  if (Status status = AskedStatus(request); !status.ok()) return status;
  for (const ResponseParameters& asked : request.response_parameters()) {
    std::this_thread::sleep_for(std::chrono::microseconds(asked.interval_us()));
    StreamingOutputCallResponse response;
    response.mutable_payload()->set_body(std::string(asked.size(), '\0'));
    grpc::WriteOptions options;
    if (!asked.compressed().value()) options.set_no_compression();
    if (!answers->Write(response, options)) return Status(grpc::StatusCode::CANCELLED, "the client is gone");
  }
  return Status::OK;
}

class TestServiceImplementation final : public TestService::Service {
  Status EmptyCall(ServerContext* context, const Empty*, Empty*) override {
    EchoMetadata(context);
    return Status::OK;
  }

  Status UnaryCall(ServerContext* context, const SimpleRequest* request, SimpleResponse* response) override {
    EchoMetadata(context);
    if (Status status = CheckCompression(*request, *context); !status.ok()) return status;
    if (Status status = AskedStatus(*request); !status.ok()) return status;
    if (request->response_compressed().value()) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    response->mutable_payload()->set_body(std::string(request->response_size(), '\0'));
    return Status::OK;
  }

  Status StreamingInputCall(ServerContext* context, grpc::ServerReader<StreamingInputCallRequest>* requests,
                            StreamingInputCallResponse* response) override {
    EchoMetadata(context);
    StreamingInputCallRequest request;
    int total = 0;
    while (requests->Read(&request)) {
      if (Status status = CheckCompression(request, *context); !status.ok()) return status;
      total += request.payload().body().size();
    }
    response->set_aggregated_payload_size(total);
    return Status::OK;
  }

  Status StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                             grpc::ServerWriter<StreamingOutputCallResponse>* answers) override {
    EchoMetadata(context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    return Answer(*request, answers);
  }

  Status FullDuplexCall(ServerContext* context, Duplex* stream) override {
    EchoMetadata(context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      if (Status status = Answer(request, stream); !status.ok()) return status;
    }
    return Status::OK;
  }

  Status HalfDuplexCall(ServerContext* context, Duplex* stream) override {
    EchoMetadata(context);
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    std::vector<StreamingOutputCallRequest> requests;
    StreamingOutputCallRequest request;
    while (stream->Read(&request)) requests.push_back(request);
    for (const auto& each : requests) {
      if (Status status = Answer(each, stream); !status.ok()) return status;
    }
    return Status::OK;
  }
};

}  // namespace

int main(int count, char** values) {
  const Arguments arguments(count, values, "interop_server --listen HOST:PORT [--tls-cert FILE --tls-key FILE]");
  TestServiceImplementation service;
  return Serve(arguments, &service);
}
