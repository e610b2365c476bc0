package main_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// proxy stands in front of one server: what comes to its address goes on to the
// server's, more slowly.
type proxy struct {
	listener net.Listener
	target   string
	// rate is how many bytes a second go to the server on one connection; zero
	// is no limit.
	rate int
	// delay is how long everything takes in addition, in nanoseconds, and stalls
	// how many reads in a thousand take retransmission in addition, as after
	// the loss of a packet.
	delay, stalls atomic.Int64
}

// retransmission is about how long TCP waits before it sends a lost packet again.
const retransmission = 200 * time.Millisecond

func newProxy(t *testing.T, target string, rate int) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	p := &proxy{listener: l, target: target, rate: rate}
	go p.serve()
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.carry(c)
	}
}

func (p *proxy) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	buffer := make([]byte, 16<<10)
	for {
		n, err := client.Read(buffer)
		if n > 0 {
			time.Sleep(p.takes(n))
			if _, err := server.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// takes is how long so many bytes take.
func (p *proxy) takes(n int) time.Duration {
	d := time.Duration(p.delay.Load())
	if p.rate > 0 {
		d += time.Duration(n) * time.Second / time.Duration(p.rate)
	}
	if rand.Int64N(1000) < p.stalls.Load() {
		d += retransmission
	}
	return d
}

// proxyVariable makes the test binary a proxy: the address to listen at, and the
// target. Its standard input has lines of a delay in nanoseconds and stalls in a
// thousand.
const proxyVariable = "KVSERVER_PROXY"

// runProxy is the life of a process that is a proxy; it ends with its input.
func runProxy(addresses string) int {
	var listen string
	p := &proxy{}
	if _, err := fmt.Sscan(addresses, &listen, &p.target); err != nil {
		fmt.Println(err)
		return 2
	}
	var err error
	if p.listener, err = net.Listen("tcp", listen); err != nil {
		fmt.Println(err)
		return 1
	}
	go p.serve()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var delay, stalls int64
		if _, err := fmt.Sscan(lines.Text(), &delay, &stalls); err != nil {
			fmt.Println(err)
			return 2
		}
		p.delay.Store(delay)
		p.stalls.Store(stalls)
	}
	return 0
}
