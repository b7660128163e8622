// The standard gRPC interoperability cases, as grpc-go's client runs them. Prints `PASS name` or
// `FAIL name: why` for each and exits 1 when one failed.
package main

import (
	"flag"
	"fmt"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	pb "peers/grpc/testing"
)

// wrong is what a case panics with when it does not hold.
type wrong string

// peer is the server under test, over one channel.
type peer struct {
	pb.TestServiceClient
	channel *grpc.ClientConn
	again   func() *peer
}

func connect(target string, security grpc.DialOption) *peer {
	channel, err := grpc.Dial(target, security)
	if err != nil {
		panic(wrong(err.Error()))
	}
	again := func() *peer { return connect(target, security) }
	return &peer{pb.NewTestServiceClient(channel), channel, again}
}

// holds runs a case, prints its line, and says whether it held.
func holds(name string, run func(*peer), server *peer) (held bool) {
	defer func() {
		switch why := recover().(type) {
		case nil:
			fmt.Println("PASS", name)
			held = true
		case wrong:
			fmt.Printf("FAIL %s: %s\n", name, why)
		default:
			panic(why)
		}
	}()
	run(server)
	return
}

func main() {
	target := flag.String("target", "", "`HOST:PORT` or unix:PATH")
	wanted := flag.String("test-case", "", "a case's `name`, or all")
	ca := flag.String("tls-ca", "", "certificates of the CA, PEM; without it the client speaks plaintext")
	many := flag.Int("many-calls", 0, "instead of the cases, make `COUNT` calls, which one connection must carry")
	name := flag.String("server-name", "localhost", "the name in the server's certificate")
	flag.Parse()

	security := grpc.WithInsecure()
	if *ca != "" {
		transport, err := credentials.NewClientTLSFromFile(*ca, *name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		security = grpc.WithTransportCredentials(transport)
	}
	if *many > 0 {
		run := func(*peer) { manyCalls(*target, security, *many) }
		if !holds("many_calls", run, nil) {
			os.Exit(1)
		}
		return
	}
	server := connect(*target, security)
	known, held := false, true
	for _, each := range cases {
		if *wanted == "all" || *wanted == each.name {
			known = true
			held = holds(each.name, each.run, server) && held
		}
	}
	if !known || *target == "" {
		flag.Usage()
		os.Exit(2)
	}
	if !held {
		os.Exit(1)
	}
}
