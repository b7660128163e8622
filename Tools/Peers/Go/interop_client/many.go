package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"

	pb "peers/grpc/testing"
)

// connections counts what a channel opens.
type connections struct{ opened int32 }

func (c *connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context   { return ctx }
func (c *connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (c *connections) HandleRPC(context.Context, stats.RPCStats)                         {}
func (c *connections) HandleConn(_ context.Context, event stats.ConnStats) {
	if _, isBegin := event.(*stats.ConnBegin); isBegin {
		atomic.AddInt32(&c.opened, 1)
	}
}

// manyCalls makes small calls, eight at a time. This client measures the link with a PING in each round trip
// while data flows; it holds when one connection has carried them all.
func manyCalls(target string, security grpc.DialOption, count int) {
	counter := &connections{}
	channel, err := grpc.Dial(target, security, grpc.WithStatsHandler(counter))
	succeeds(err)
	defer channel.Close()
	client := pb.NewTestServiceClient(channel)
	request := &pb.SimpleRequest{ResponseSize: 10, Payload: zeros(10)}
	failures := make(chan error, 8)
	var callers sync.WaitGroup
	for caller := 0; caller < 8; caller++ {
		callers.Add(1)
		go func() {
			defer callers.Done()
			for i := 0; i < count/8; i++ {
				if _, err := client.UnaryCall(context.Background(), request); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	callers.Wait()
	close(failures)
	for err := range failures {
		succeeds(err)
	}
	same(fmt.Sprint(counter.opened), "1", "the number of connections")
}
