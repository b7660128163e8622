// Load on anchor.v1.Echo/Unary over one channel, by grpc++'s completion queue or its callbacks. After a second of
// warm-up, prints what `pasarela-interop load` does: calls COUNT seconds TIME cpu_seconds TIME.

#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include "anchor/v1/echo.grpc.pb.h"
#include "arguments.h"

namespace {

using anchor::v1::Echo;
using anchor::v1::EchoReply;
using anchor::v1::EchoRequest;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

const std::string kPayload = "abcdefghijklmnop";

// What the calls have done so far, and whether there shall be more.
struct Progress {
  std::atomic<long> calls{0};
  std::atomic<bool> over{false};

  // A call that fails or answers something else ends the program: its rate would mean nothing.
  void Count(const grpc::Status& status, const EchoReply& reply) {
    if (!status.ok() || reply.payload() != kPayload) {
      std::cerr << "a call failed: " << status.error_code() << ": " << status.error_message() << std::endl;
      std::_Exit(1);
    }
    calls.fetch_add(1, std::memory_order_relaxed);
  }
};

EchoRequest Request() {
  EchoRequest request;
  request.set_payload(kPayload);
  return request;
}

// Calls on a completion queue, which one thread works off.
class QueueLoad {
 public:
  QueueLoad(const std::shared_ptr<grpc::Channel>& channel, int concurrency, Progress& progress)
      : stub_(Echo::NewStub(channel)), progress_(progress), running_(concurrency), thread_([this] { Run(); }) {}
  void Join() { thread_.join(); }

 private:
  struct Call {
    grpc::ClientContext context;
    EchoReply reply;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<EchoReply>> reader;
  };

  void Begin() {
    auto* call = new Call;
    call->reader = stub_->AsyncUnary(&call->context, request_, &queue_);
    call->reader->Finish(&call->reply, &call->status, call);
  }

  void Run() {
    for (int i = 0; i < running_; i++) Begin();
    void* tag;
    bool ok;
    while (running_ > 0 && queue_.Next(&tag, &ok)) {
      const std::unique_ptr<Call> call(static_cast<Call*>(tag));
      progress_.Count(call->status, call->reply);
      progress_.over.load(std::memory_order_relaxed) ? void(running_--) : Begin();
    }
  }

  const std::unique_ptr<Echo::Stub> stub_;
  const EchoRequest request_ = Request();
  Progress& progress_;
  int running_;
  grpc::CompletionQueue queue_;
  std::thread thread_;
};

// Calls whose answers the library's own threads bring.
class CallbackLoad {
 public:
  CallbackLoad(const std::shared_ptr<grpc::Channel>& channel, int concurrency, Progress& progress)
      : stub_(Echo::NewStub(channel)), progress_(progress), running_(concurrency) {
    for (int i = 0; i < concurrency; i++) Begin();
  }

  void Join() {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  struct Call {
    grpc::ClientContext context;
    EchoReply reply;
  };

  void Begin() {
    auto* call = new Call;
    stub_->async()->Unary(&call->context, &request_, &call->reply, [this, call](const grpc::Status& status) {
      progress_.Count(status, call->reply);
      delete call;
      progress_.over.load(std::memory_order_relaxed) ? End() : Begin();
    });
  }

  void End() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--running_ == 0) ended_.notify_all();
  }

  const std::unique_ptr<Echo::Stub> stub_;
  const EchoRequest request_ = Request();
  Progress& progress_;
  int running_;
  std::mutex mutex_;
  std::condition_variable ended_;
};

double CPUSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return time.tv_sec + time.tv_usec / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Counts for so many seconds, after one of warm-up.
void Measure(Progress& progress, int duration) {
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const long calls = progress.calls;
  const double cpu = CPUSeconds();
  const Clock::time_point begin = Clock::now();
  std::this_thread::sleep_for(std::chrono::seconds(duration));
  std::cout << "calls " << progress.calls - calls << std::fixed << std::setprecision(3) << " seconds "
            << Seconds(Clock::now() - begin).count() << " cpu_seconds " << CPUSeconds() - cpu << std::endl;
  progress.over = true;
}

template <typename Load>
void Run(const std::string& target, int concurrency, int duration) {
  const auto channel = grpc::CreateChannel(target, grpc::InsecureChannelCredentials());
  Progress progress;
  Load load(channel, concurrency, progress);
  Measure(progress, duration);
  load.Join();
}

}  // namespace

int main(int count, char** values) {
  const Arguments arguments(
      count, values, "echo_client --target HOST:PORT --api queue|callback [--concurrency 64] [--duration 5]");
  const auto number = [&](const char* name, int standard) {
    return arguments.Has(name) ? std::stoi(arguments.Get(name)) : standard;
  };
  const std::string target = arguments.Get("target"), api = arguments.Get("api");
  const int concurrency = number("concurrency", 64), duration = number("duration", 5);
  if (concurrency < 1 || duration < 1 || (api != "queue" && api != "callback")) arguments.Misused();
  (api == "queue" ? Run<QueueLoad> : Run<CallbackLoad>)(target, concurrency, duration);
  return 0;
}
