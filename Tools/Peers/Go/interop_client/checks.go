package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "peers/grpc/testing"
)

const limit = 20 * time.Second

// within is the context of a call: no case waits for ever.
func within(limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), limit)
}

func same(got, wanted interface{}, what string) {
	if got != wanted {
		panic(wrong(fmt.Sprintf("%s is %q, not %q", what, fmt.Sprint(got), fmt.Sprint(wanted))))
	}
}

func fails(code codes.Code, err error) {
	same(status.Code(err), code, fmt.Sprintf("the status (%v)", err))
}

func failsWith(code codes.Code, message string, err error) {
	fails(code, err)
	same(status.Convert(err).Message(), message, "the message")
}

func succeeds(err error) { fails(codes.OK, err) }

func zeros(size int) *pb.Payload { return &pb.Payload{Body: make([]byte, size)} }

// isZeros: the payload must be so many zeros.
func isZeros(payload *pb.Payload, size int) {
	same(len(payload.GetBody()), size, "the size")
	for _, each := range payload.GetBody() {
		same(each, byte(0), "a byte of the payload")
	}
}

const largeRequest, largeResponse = 271828, 314159

func large() *pb.SimpleRequest {
	return &pb.SimpleRequest{ResponseSize: largeResponse, Payload: zeros(largeRequest)}
}

func (server *peer) largeCall(ctx context.Context, request *pb.SimpleRequest, options ...grpc.CallOption) {
	response, err := server.UnaryCall(ctx, request, options...)
	succeeds(err)
	isZeros(response.Payload, largeResponse)
}

// answers is the reading side of a stream of responses.
type answers interface {
	Recv() (*pb.StreamingOutputCallResponse, error)
}

// next reads a response, which must be of this size.
func next(stream answers, size int) {
	response, err := stream.Recv()
	succeeds(err)
	isZeros(response.Payload, size)
}

// ends: the rest of the stream must be responses of these sizes, and OK.
func ends(stream answers, sizes ...int) {
	for _, size := range sizes {
		next(stream, size)
	}
	_, err := stream.Recv()
	same(err, io.EOF, "the stream's end")
}

// part is a request of a duplex call, with a payload, and the size of the response to it.
func part(response, request int) *pb.StreamingOutputCallRequest {
	return &pb.StreamingOutputCallRequest{
		ResponseParameters: []*pb.ResponseParameters{{Size: int32(response)}},
		Payload:            zeros(request),
	}
}
