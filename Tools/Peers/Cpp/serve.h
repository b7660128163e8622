#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>

#include "arguments.h"

// Serves at --listen until SIGTERM or SIGINT, over TLS when the arguments name a certificate. Returns the
// exit code.
inline int Serve(const Arguments& arguments, grpc::Service* service) {
  // Blocked before gRPC starts its threads, so that only the wait below gets it.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  auto credentials = grpc::InsecureServerCredentials();
  if (arguments.Has("tls-cert")) {
    grpc::SslServerCredentialsOptions options;
    options.pem_key_cert_pairs = {{arguments.Read("tls-key"), arguments.Read("tls-cert")}};
    credentials = grpc::SslServerCredentials(options);
  }
  const std::string listen = arguments.Get("listen");
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(listen, credentials, &port).RegisterService(service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::cerr << "cannot listen on " << listen << "\n";
    return 1;
  }
  const bool unix_socket = listen.rfind("unix:", 0) == 0;
  std::cout << "listening on "
            << (unix_socket ? listen : listen.substr(0, listen.rfind(':') + 1) + std::to_string(port))
            << std::endl;
  int signal = 0;
  sigwait(&ending, &signal);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
  return 0;
}
