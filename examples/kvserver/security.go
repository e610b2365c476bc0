package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
)

// security is how servers know one another: by certificates of the cluster's own
// authority (mutual TLS), or not at all, which is for one machine only.
type security struct {
	authority   *x509.CertPool
	certificate tls.Certificate
	on          bool
}

// openSecurity reads the certificates of a server. dir is empty where there are
// none.
func openSecurity(dir string, id uint64) (*security, error) {
	if dir == "" {
		return &security{}, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, authorityFile))
	if err != nil {
		return nil, err
	}
	s := &security{authority: x509.NewCertPool(), on: true}
	if !s.authority.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("kvserver: %s holds no certificate", filepath.Join(dir, authorityFile))
	}
	if s.certificate, err = tls.LoadX509KeyPair(filepath.Join(dir, certificateFile(id)), filepath.Join(dir, keyFile(id))); err != nil {
		return nil, err
	}
	if names(s.certificate.Leaf, id) {
		return s, nil
	}
	return nil, fmt.Errorf("kvserver: %s is not the certificate of server %d", filepath.Join(dir, certificateFile(id)), id)
}

// serving is the TLS of the listener, nil for none. Clients need no certificate;
// a server without one is a stranger.
func (s *security) serving() *tls.Config {
	if !s.on {
		return nil
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{s.certificate},
		ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: s.authority,
	}
}

// calling is the TLS of requests to one server, nil for none: the server that answers must
// have that server's certificate.
func (s *security) calling(id uint64) *tls.Config {
	if !s.on {
		return nil
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{s.certificate}, RootCAs: s.authority,
		VerifyConnection: func(state tls.ConnectionState) error {
			if !names(state.PeerCertificates[0], id) {
				return fmt.Errorf("kvserver: the certificate at this address is not that of server %d", id)
			}
			return nil
		},
	}
}

// scheme is that of the servers' addresses.
func (s *security) scheme() string {
	if s.on {
		return "https"
	}
	return "http"
}

// is says whether a connection is that of a server, as far as can be known.
func (s *security) is(state *tls.ConnectionState, id uint64) bool {
	return !s.on || state != nil && len(state.VerifiedChains) > 0 && names(state.PeerCertificates[0], id)
}

// allows says what is wrong with an address: without certificates everything must
// stay on this machine.
func (s *security) allows(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address is %q, must be HOST:PORT", address)
	}
	if ip := net.ParseIP(host); s.on || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("address is %q, must be on the loopback interface unless -certificates is given: without them any program may pose as a server", address)
}

// names says whether a certificate is that of a server.
func names(c *x509.Certificate, id uint64) bool {
	want := memberURI(id).String()
	return slices.ContainsFunc(uris(c), func(uri string) bool { return uri == want })
}

func uris(c *x509.Certificate) (all []string) {
	for _, uri := range c.URIs {
		all = append(all, uri.String())
	}
	return all
}
