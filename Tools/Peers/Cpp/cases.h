#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// What the peer did is not what a case asks.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The server under test.
struct Peer {
  // Opens another channel to it.
  std::function<std::shared_ptr<grpc::Channel>()> connect;
  // The one that most cases share.
  std::shared_ptr<grpc::Channel> channel = connect();
};

// A case by name; it throws Wrong when it does not hold.
using Case = std::pair<std::string, std::function<void(const Peer&)>>;

extern const std::vector<Case> kCases;
