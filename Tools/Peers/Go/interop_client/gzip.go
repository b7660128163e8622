package main

import (
	"compress/gzip"
	"io"
	"sync/atomic"

	"google.golang.org/grpc/encoding"
)

// The gzip of this client tells what grpc-go does not: how many messages came compressed. And it can leave
// a message as it is: where a compressor writes nothing, grpc-go sends the message plain, under the call's
// encoding. The cases run one after another, so that one of each is enough.
var (
	inflated int32
	idle     int32
)

type observed struct{}

func init() { encoding.RegisterCompressor(observed{}) }

func (observed) Name() string { return "gzip" }

func (observed) Compress(to io.Writer) (io.WriteCloser, error) {
	if atomic.LoadInt32(&idle) != 0 {
		return nothing{}, nil
	}
	return gzip.NewWriter(to), nil
}

func (observed) Decompress(from io.Reader) (io.Reader, error) {
	atomic.AddInt32(&inflated, 1)
	return gzip.NewReader(from)
}

type nothing struct{}

func (nothing) Write(bytes []byte) (int, error) { return len(bytes), nil }
func (nothing) Close() error                    { return nil }

// plainly sends what send does without compression, though the call has an encoding.
func plainly(send func() error) error {
	atomic.StoreInt32(&idle, 1)
	defer atomic.StoreInt32(&idle, 0)
	return send()
}

// wasCompressed says whether a message that receive gets came compressed.
func wasCompressed(receive func()) bool {
	before := atomic.LoadInt32(&inflated)
	receive()
	return atomic.LoadInt32(&inflated) > before
}
