// anchor.v1.Echo on grpc-go, for side-by-side runs. Prints `listening on HOST:PORT` and serves until it is
// killed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"

	"google.golang.org/grpc"

	pb "peers/anchor/v1"
)

type echo struct{}

func (echo) Unary(_ context.Context, request *pb.EchoRequest) (*pb.EchoReply, error) {
	return &pb.EchoReply{Payload: request.Payload}, nil
}

func (echo) ServerStream(request *pb.StreamRequest, stream pb.Echo_ServerStreamServer) error {
	size := request.Size
	if size < 0 {
		size = 0
	}
	reply := &pb.EchoReply{Payload: make([]byte, size)}
	for i := int32(0); i < request.Count; i++ {
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
	return nil
}

func (echo) Bidi(stream pb.Echo_BidiServer) error {
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := stream.Send(&pb.EchoReply{Payload: request.Payload}); err != nil {
			return err
		}
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`HOST:PORT`; port 0 picks a free one")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterEchoServer(server, echo{})
	fmt.Println("listening on", listener.Addr())
	log.Fatal(server.Serve(listener))
}
