package main

import (
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	pb "peers/grpc/testing"
)

var requests, responses = []int{27182, 8, 1828, 45904}, []int{31415, 9, 2653, 58979}

const (
	message        = "test status message"
	specialMessage = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
	initialKey     = "x-grpc-test-echo-initial"
	initialValue   = "test_initial_metadata_value"
	trailingKey    = "x-grpc-test-echo-trailing-bin"
	trailingValue  = "\xab\xab\xab"
)

// A case panics with wrong when it does not hold.
var cases = []struct {
	name string
	run  func(*peer)
}{
	{"empty_unary", emptyUnary},
	{"large_unary", largeUnary},
	{"client_streaming", clientStreaming},
	{"server_streaming", serverStreaming},
	{"ping_pong", pingPong},
	{"empty_stream", emptyStream},
	{"half_duplex", halfDuplex},
	{"client_compressed_unary", clientCompressedUnary},
	{"client_compressed_streaming", clientCompressedStreaming},
	{"server_compressed_unary", serverCompressedUnary},
	{"server_compressed_streaming", serverCompressedStreaming},
	{"cancel_after_begin", cancelAfterBegin},
	{"cancel_after_first_response", cancelAfterFirstResponse},
	{"timeout_on_sleeping_server", timeoutOnSleepingServer},
	{"custom_metadata", customMetadata},
	{"status_code_and_message", statusCodeAndMessage},
	{"special_status_message", specialStatusMessage},
	{"unimplemented_method", unimplementedMethod},
	{"unimplemented_service", unimplementedService},
	{"rpc_soak", rpcSoak},
	{"channel_soak", channelSoak},
}

func emptyUnary(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	response, err := server.EmptyCall(ctx, &pb.Empty{})
	succeeds(err)
	same(response.String(), "", "the response")
}

func largeUnary(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	server.largeCall(ctx, large())
}

func clientStreaming(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	stream, err := server.StreamingInputCall(ctx)
	succeeds(err)
	for _, size := range requests {
		succeeds(stream.Send(&pb.StreamingInputCallRequest{Payload: zeros(size)}))
	}
	response, err := stream.CloseAndRecv()
	succeeds(err)
	same(response.AggregatedPayloadSize, int32(74922), "the sum")
}

func serverStreaming(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	request := &pb.StreamingOutputCallRequest{}
	for _, size := range responses {
		request.ResponseParameters = append(request.ResponseParameters, &pb.ResponseParameters{Size: int32(size)})
	}
	stream, err := server.StreamingOutputCall(ctx, request)
	succeeds(err)
	ends(stream, responses...)
}

func pingPong(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	stream, err := server.FullDuplexCall(ctx)
	succeeds(err)
	for i := range requests {
		succeeds(stream.Send(part(responses[i], requests[i])))
		next(stream, responses[i])
	}
	succeeds(stream.CloseSend())
	ends(stream)
}

func emptyStream(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	stream, err := server.FullDuplexCall(ctx)
	succeeds(err)
	succeeds(stream.CloseSend())
	ends(stream)
}

func halfDuplex(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	stream, err := server.HalfDuplexCall(ctx)
	succeeds(err)
	for _, size := range responses {
		succeeds(stream.Send(part(size, 0)))
	}
	succeeds(stream.CloseSend())
	ends(stream, responses...)
}

func clientCompressedUnary(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	request := large()
	request.ExpectCompressed = &pb.BoolValue{Value: true}
	_, err := server.UnaryCall(ctx, request)
	fails(codes.InvalidArgument, err)
	server.largeCall(ctx, request, grpc.UseCompressor("gzip"))
	request.ExpectCompressed.Value = false
	server.largeCall(ctx, request)
}

func clientCompressedStreaming(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	request := &pb.StreamingInputCallRequest{Payload: zeros(27182), ExpectCompressed: &pb.BoolValue{Value: true}}
	refused, err := server.StreamingInputCall(ctx, grpc.UseCompressor("gzip"))
	succeeds(err)
	// The server may have refused it already; the status tells.
	if err := plainly(func() error { return refused.Send(request) }); err != io.EOF {
		succeeds(err)
	}
	_, err = refused.CloseAndRecv()
	fails(codes.InvalidArgument, err)

	stream, err := server.StreamingInputCall(ctx, grpc.UseCompressor("gzip"))
	succeeds(err)
	succeeds(stream.Send(request))
	request = &pb.StreamingInputCallRequest{Payload: zeros(45904), ExpectCompressed: &pb.BoolValue{Value: false}}
	succeeds(plainly(func() error { return stream.Send(request) }))
	response, err := stream.CloseAndRecv()
	succeeds(err)
	same(response.AggregatedPayloadSize, int32(73086), "the sum")
}

// This grpc-go says that it accepts gzip only with requests that may have it.
var accepting = grpc.UseCompressor("gzip")

func serverCompressedUnary(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	for _, wanted := range []bool{true, false} {
		request := large()
		request.ResponseCompressed = &pb.BoolValue{Value: wanted}
		compressed := wasCompressed(func() { server.largeCall(ctx, request, accepting) })
		same(compressed, wanted, "compression of the response")
	}
}

func serverCompressedStreaming(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	stream, err := server.StreamingOutputCall(ctx, &pb.StreamingOutputCallRequest{
		ResponseParameters: []*pb.ResponseParameters{
			{Size: 31415, Compressed: &pb.BoolValue{Value: true}},
			{Size: 92653, Compressed: &pb.BoolValue{Value: false}},
		}}, accepting)
	succeeds(err)
	same(wasCompressed(func() { next(stream, 31415) }), true, "compression of the first response")
	same(wasCompressed(func() { next(stream, 92653) }), false, "compression of the second response")
	ends(stream)
}

func cancelAfterBegin(server *peer) {
	ctx, cancel := within(limit)
	stream, err := server.StreamingInputCall(ctx)
	succeeds(err)
	cancel()
	_, err = stream.CloseAndRecv()
	fails(codes.Canceled, err)
}

func cancelAfterFirstResponse(server *peer) {
	ctx, cancel := within(limit)
	stream, err := server.FullDuplexCall(ctx)
	succeeds(err)
	succeeds(stream.Send(part(responses[0], requests[0])))
	next(stream, responses[0])
	cancel()
	_, err = stream.Recv()
	fails(codes.Canceled, err)
}

func timeoutOnSleepingServer(server *peer) {
	// Connected before, so that it is the call that takes too long.
	emptyUnary(server)
	ctx, cancel := within(time.Millisecond)
	defer cancel()
	stream, err := server.FullDuplexCall(ctx)
	if err == nil {
		// When the time is up already, sending fails with EOF and receiving tells why.
		_ = stream.Send(&pb.StreamingOutputCallRequest{Payload: zeros(27182)})
		_, err = stream.Recv()
	}
	fails(codes.DeadlineExceeded, err)
}

func isEchoed(initial, trailing metadata.MD) {
	same(fmt.Sprint(initial.Get(initialKey)), fmt.Sprint([]string{initialValue}), initialKey)
	same(fmt.Sprint(trailing.Get(trailingKey)), fmt.Sprint([]string{trailingValue}), trailingKey)
}

func customMetadata(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, initialKey, initialValue, trailingKey, trailingValue)
	var initial, trailing metadata.MD
	server.largeCall(ctx, large(), grpc.Header(&initial), grpc.Trailer(&trailing))
	isEchoed(initial, trailing)

	stream, err := server.FullDuplexCall(ctx)
	succeeds(err)
	succeeds(stream.Send(part(responses[0], requests[0])))
	next(stream, responses[0])
	succeeds(stream.CloseSend())
	ends(stream)
	initial, err = stream.Header()
	succeeds(err)
	isEchoed(initial, stream.Trailer())
}

func unaryStatus(server *peer, message string) {
	ctx, cancel := within(limit)
	defer cancel()
	status := &pb.EchoStatus{Code: int32(codes.Unknown), Message: message}
	_, err := server.UnaryCall(ctx, &pb.SimpleRequest{ResponseStatus: status})
	failsWith(codes.Unknown, message, err)
}

func statusCodeAndMessage(server *peer) {
	unaryStatus(server, message)
	ctx, cancel := within(limit)
	defer cancel()
	stream, err := server.FullDuplexCall(ctx)
	succeeds(err)
	status := &pb.EchoStatus{Code: int32(codes.Unknown), Message: message}
	succeeds(stream.Send(&pb.StreamingOutputCallRequest{ResponseStatus: status}))
	succeeds(stream.CloseSend())
	_, err = stream.Recv()
	failsWith(codes.Unknown, message, err)
}

func specialStatusMessage(server *peer) { unaryStatus(server, specialMessage) }

func unimplementedMethod(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	_, err := server.UnimplementedCall(ctx, &pb.Empty{})
	fails(codes.Unimplemented, err)
}

func unimplementedService(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	_, err := pb.NewUnimplementedServiceClient(server.channel).UnimplementedCall(ctx, &pb.Empty{})
	fails(codes.Unimplemented, err)
}

func rpcSoak(server *peer) {
	ctx, cancel := within(limit)
	defer cancel()
	for i := 0; i < 100; i++ {
		server.largeCall(ctx, large())
	}
}

func channelSoak(server *peer) {
	for i := 0; i < 10; i++ {
		another := server.again()
		largeUnary(another)
		another.channel.Close()
	}
}
