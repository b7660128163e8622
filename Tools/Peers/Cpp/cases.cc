// The standard cases, each a function of the peer under test.

#include "cases.h"

#include <chrono>
#include <sstream>

#include "compression.h"
#include "grpc/testing/test.grpc.pb.h"

namespace {

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;

constexpr int kSecondsMax = 20;
constexpr int kLargeRequest = 271828, kLargeResponse = 314159;
const std::vector<int> kRequests = {27182, 8, 1828, 45904}, kResponses = {31415, 9, 2653, 58979};
const std::string kMessage = "test status message";
const std::string kSpecialMessage = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
const std::string kInitialKey = "x-grpc-test-echo-initial", kInitial = "test_initial_metadata_value";
const std::string kTrailingKey = "x-grpc-test-echo-trailing-bin", kTrailing = "\xab\xab\xab";

template <typename Value>
void Same(const Value& got, const Value& wanted, const std::string& what) {
  if (got == wanted) return;
  std::ostringstream text;
  text << what << " is '" << got << "', not '" << wanted << "'";
  throw Wrong(text.str());
}

void Holds(bool what, const std::string& otherwise) {
  if (!what) throw Wrong(otherwise);
}

void Fails(StatusCode code, const Status& status) {
  Same<int>(status.error_code(), code, "the status (" + status.error_message() + ")");
}

void Fails(StatusCode code, const std::string& message, const Status& status) {
  Fails(code, status);
  Same(status.error_message(), message, "the message");
}

void Succeeds(const Status& status) { Fails(StatusCode::OK, status); }

// A context with a deadline, so that no case waits for ever, and with gzip as its encoding or none.
struct Context : ClientContext {
  explicit Context(grpc_compression_algorithm encoding = GRPC_COMPRESS_NONE,
                   std::chrono::milliseconds limit = std::chrono::seconds(kSecondsMax)) {
    set_deadline(std::chrono::system_clock::now() + limit);
    set_compression_algorithm(encoding);
  }
};

std::unique_ptr<TestService::Stub> Stub(const Peer& peer) { return TestService::NewStub(peer.channel); }

std::string Zeros(int size) { return std::string(size, '\0'); }

// A response must have a payload of so many zeros.
template <typename Response>
void IsZeros(const Response& response, int size) {
  const std::string& body = response.payload().body();
  Same<int>(body.size(), size, "the size");
  Holds(body.find_first_not_of('\0') == std::string::npos, "the payload is not all zeros");
}

SimpleRequest Large() {
  SimpleRequest request;
  request.set_response_size(kLargeResponse);
  request.mutable_payload()->set_body(Zeros(kLargeRequest));
  return request;
}

void LargeCall(const Peer& peer, Context& context, const SimpleRequest& request = Large()) {
  SimpleResponse response;
  Succeeds(Stub(peer)->UnaryCall(&context, request, &response));
  IsZeros(response, kLargeResponse);
}

StreamingOutputCallRequest Part(int response, int request) {
  StreamingOutputCallRequest part;
  part.add_response_parameters()->set_size(response);
  if (request > 0) part.mutable_payload()->set_body(Zeros(request));
  return part;
}

// The rest of a stream must be responses of these sizes, and OK.
template <typename Stream>
void Gives(Stream& stream, const std::vector<int>& sizes) {
  StreamingOutputCallResponse response;
  for (const int size : sizes) {
    Holds(stream.Read(&response), "the stream ended early");
    IsZeros(response, size);
  }
  Holds(!stream.Read(&response), "the stream went on too long");
  Succeeds(stream.Finish());
}

// Writes one request and reads the one response to it.
template <typename Stream>
void Exchange(Stream& stream, int request, int response) {
  StreamingOutputCallResponse read;
  Holds(stream.Write(Part(response, request)), "the request could not be written");
  Holds(stream.Read(&read), "the stream ended early");
  IsZeros(read, response);
}

void EmptyUnary(const Peer& peer) {
  Context context;
  Empty response;
  Succeeds(Stub(peer)->EmptyCall(&context, Empty(), &response));
  Same<size_t>(response.ByteSizeLong(), 0, "the response's size");
}

void LargeUnary(const Peer& peer) {
  Context context;
  LargeCall(peer, context);
}

void ClientStreaming(const Peer& peer) {
  Context context;
  StreamingInputCallResponse response;
  const auto stream = Stub(peer)->StreamingInputCall(&context, &response);
  for (const int size : kRequests) {
    StreamingInputCallRequest request;
    request.mutable_payload()->set_body(Zeros(size));
    Holds(stream->Write(request), "the request could not be written");
  }
  stream->WritesDone();
  Succeeds(stream->Finish());
  Same(response.aggregated_payload_size(), 74922, "the sum");
}

void ServerStreaming(const Peer& peer) {
  Context context;
  StreamingOutputCallRequest request;
  for (const int size : kResponses) request.add_response_parameters()->set_size(size);
  Gives(*Stub(peer)->StreamingOutputCall(&context, request), kResponses);
}

void PingPong(const Peer& peer) {
  Context context;
  const auto stream = Stub(peer)->FullDuplexCall(&context);
  for (size_t i = 0; i < kRequests.size(); i++) Exchange(*stream, kRequests[i], kResponses[i]);
  stream->WritesDone();
  Gives(*stream, {});
}

void EmptyStream(const Peer& peer) {
  Context context;
  const auto stream = Stub(peer)->FullDuplexCall(&context);
  stream->WritesDone();
  Gives(*stream, {});
}

void HalfDuplex(const Peer& peer) {
  Context context;
  const auto stream = Stub(peer)->HalfDuplexCall(&context);
  for (const int size : kResponses) Holds(stream->Write(Part(size, 0)), "the request could not be written");
  stream->WritesDone();
  Gives(*stream, kResponses);
}

void ClientCompressedUnary(const Peer& peer) {
  SimpleRequest request = Large();
  request.mutable_expect_compressed()->set_value(true);
  Context probe, compressed(GRPC_COMPRESS_GZIP), plain;
  SimpleResponse response;
  Fails(StatusCode::INVALID_ARGUMENT, Stub(peer)->UnaryCall(&probe, request, &response));
  LargeCall(peer, compressed, request);
  request.mutable_expect_compressed()->set_value(false);
  LargeCall(peer, plain, request);
}

void ClientCompressedStreaming(const Peer& peer) {
  StreamingInputCallRequest request;
  request.mutable_payload()->set_body(Zeros(27182));
  request.mutable_expect_compressed()->set_value(true);
  const auto plain = grpc::WriteOptions().set_no_compression();
  StreamingInputCallResponse response;

  Context probe(GRPC_COMPRESS_GZIP);
  const auto refused = Stub(peer)->StreamingInputCall(&probe, &response);
  refused->Write(request, plain);
  refused->WritesDone();
  Fails(StatusCode::INVALID_ARGUMENT, refused->Finish());

  Context context(GRPC_COMPRESS_GZIP);
  const auto stream = Stub(peer)->StreamingInputCall(&context, &response);
  Holds(stream->Write(request), "the request could not be written");
  request.mutable_payload()->set_body(Zeros(45904));
  request.mutable_expect_compressed()->set_value(false);
  Holds(stream->Write(request, plain), "the request could not be written");
  stream->WritesDone();
  Succeeds(stream->Finish());
  Same(response.aggregated_payload_size(), 73086, "the sum");
}

void ServerCompressedUnary(const Peer& peer) {
  for (const bool wanted : {true, false}) {
    Context context;
    SimpleRequest request = Large();
    request.mutable_response_compressed()->set_value(wanted);
    LargeCall(peer, context, request);
    Same(InteropClientContextInspector::WasCompressed(context), wanted, "compression of the response");
  }
}

void ServerCompressedStreaming(const Peer& peer) {
  const std::vector<std::pair<int, bool>> parts = {{31415, true}, {92653, false}};
  Context context;
  StreamingOutputCallRequest request;
  for (const auto& [size, compressed] : parts) {
    ResponseParameters* part = request.add_response_parameters();
    part->set_size(size);
    part->mutable_compressed()->set_value(compressed);
  }
  const auto stream = Stub(peer)->StreamingOutputCall(&context, request);
  for (const auto& [size, compressed] : parts) {
    StreamingOutputCallResponse response;
    Holds(stream->Read(&response), "the stream ended early");
    IsZeros(response, size);
    Same(InteropClientContextInspector::WasCompressed(context), compressed, "compression of the response");
  }
  Gives(*stream, {});
}

void CancelAfterBegin(const Peer& peer) {
  Context context;
  StreamingInputCallResponse response;
  const auto stream = Stub(peer)->StreamingInputCall(&context, &response);
  context.TryCancel();
  Fails(StatusCode::CANCELLED, stream->Finish());
}

void CancelAfterFirstResponse(const Peer& peer) {
  Context context;
  const auto stream = Stub(peer)->FullDuplexCall(&context);
  Exchange(*stream, kRequests[0], kResponses[0]);
  context.TryCancel();
  Fails(StatusCode::CANCELLED, stream->Finish());
}

void TimeoutOnSleepingServer(const Peer& peer) {
  // Connected before, so that it is the call that takes too long.
  EmptyUnary(peer);
  Context context(GRPC_COMPRESS_NONE, std::chrono::milliseconds(1));
  const auto stream = Stub(peer)->FullDuplexCall(&context);
  StreamingOutputCallRequest request;
  request.mutable_payload()->set_body(Zeros(27182));
  stream->Write(request);
  Fails(StatusCode::DEADLINE_EXCEEDED, stream->Finish());
}

void SendMetadata(ClientContext& context) {
  context.AddMetadata(kInitialKey, kInitial);
  context.AddMetadata(kTrailingKey, kTrailing);
}

void IsEchoed(const ClientContext& context) {
  const auto& initial = context.GetServerInitialMetadata();
  const auto& trailing = context.GetServerTrailingMetadata();
  Same<size_t>(initial.count(kInitialKey), 1, "the number of " + kInitialKey);
  Same<size_t>(trailing.count(kTrailingKey), 1, "the number of " + kTrailingKey);
  Holds(initial.find(kInitialKey)->second == kInitial, kInitialKey + " has another value");
  Holds(trailing.find(kTrailingKey)->second == kTrailing, kTrailingKey + " has another value");
}

void CustomMetadata(const Peer& peer) {
  Context unary, duplex;
  SendMetadata(unary);
  LargeCall(peer, unary);
  IsEchoed(unary);

  SendMetadata(duplex);
  const auto stream = Stub(peer)->FullDuplexCall(&duplex);
  Exchange(*stream, kRequests[0], kResponses[0]);
  stream->WritesDone();
  Gives(*stream, {});
  IsEchoed(duplex);
}

template <typename Request>
Request Asking(const std::string& message) {
  Request request;
  request.mutable_response_status()->set_code(StatusCode::UNKNOWN);
  request.mutable_response_status()->set_message(message);
  return request;
}

void UnaryStatus(const Peer& peer, const std::string& message) {
  Context context;
  SimpleResponse response;
  const Status status = Stub(peer)->UnaryCall(&context, Asking<SimpleRequest>(message), &response);
  Fails(StatusCode::UNKNOWN, message, status);
}

void StatusCodeAndMessage(const Peer& peer) {
  UnaryStatus(peer, kMessage);
  Context context;
  const auto stream = Stub(peer)->FullDuplexCall(&context);
  stream->Write(Asking<StreamingOutputCallRequest>(kMessage));
  stream->WritesDone();
  StreamingOutputCallResponse response;
  Holds(!stream->Read(&response), "a response came though a status was asked for");
  Fails(StatusCode::UNKNOWN, kMessage, stream->Finish());
}

void SpecialStatusMessage(const Peer& peer) { UnaryStatus(peer, kSpecialMessage); }

void UnimplementedMethod(const Peer& peer) {
  Context context;
  Empty response;
  Fails(StatusCode::UNIMPLEMENTED, Stub(peer)->UnimplementedCall(&context, Empty(), &response));
}

void UnimplementedServiceCall(const Peer& peer) {
  Context context;
  Empty response;
  const auto stub = UnimplementedService::NewStub(peer.channel);
  Fails(StatusCode::UNIMPLEMENTED, stub->UnimplementedCall(&context, Empty(), &response));
}

// Runs something so many times, within the time of one call.
void Often(int count, const std::function<void()>& run) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(kSecondsMax);
  for (int i = 0; i < count; i++) {
    Holds(std::chrono::steady_clock::now() < limit, "the calls took too long");
    run();
  }
}

void RpcSoak(const Peer& peer) {
  Often(100, [&] { LargeUnary(peer); });
}

void ChannelSoak(const Peer& peer) {
  Often(10, [&] { LargeUnary(Peer{peer.connect}); });
}

}  // namespace

const std::vector<Case> kCases = {
    {"empty_unary", EmptyUnary},
    {"large_unary", LargeUnary},
    {"client_streaming", ClientStreaming},
    {"server_streaming", ServerStreaming},
    {"ping_pong", PingPong},
    {"empty_stream", EmptyStream},
    {"half_duplex", HalfDuplex},
    {"client_compressed_unary", ClientCompressedUnary},
    {"client_compressed_streaming", ClientCompressedStreaming},
    {"server_compressed_unary", ServerCompressedUnary},
    {"server_compressed_streaming", ServerCompressedStreaming},
    {"cancel_after_begin", CancelAfterBegin},
    {"cancel_after_first_response", CancelAfterFirstResponse},
    {"timeout_on_sleeping_server", TimeoutOnSleepingServer},
    {"custom_metadata", CustomMetadata},
    {"status_code_and_message", StatusCodeAndMessage},
    {"special_status_message", SpecialStatusMessage},
    {"unimplemented_method", UnimplementedMethod},
    {"unimplemented_service", UnimplementedServiceCall},
    {"rpc_soak", RpcSoak},
    {"channel_soak", ChannelSoak},
};
