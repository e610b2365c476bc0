package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// The files of a folder of certificates: those of the cluster's own authority, and
// two for each server.
const (
	authorityFile    = "ca.pem"
	authorityKeyFile = "ca-key.pem"
	// lifetime is how long a certificate is valid.
	lifetime = 10 * 365 * 24 * time.Hour
)

func certificateFile(id uint64) string { return fmt.Sprintf("server-%d.pem", id) }
func keyFile(id uint64) string         { return fmt.Sprintf("server-%d-key.pem", id) }

// makeCertificates is the command `kvserver certificates`: it makes an authority
// for a cluster unless the folder has one, and a certificate for each server that
// has none there.
func makeCertificates(args []string) error {
	f := flag.NewFlagSet("kvserver certificates", flag.ContinueOnError)
	dir := f.String("dir", "certificates", "folder for the files; the key of the authority in it is needed for later servers only")
	list := f.String("cluster", "", "addresses of the servers: 1=host:port,2=host:port,...")
	if err := f.Parse(args); err != nil {
		return err
	}
	cluster, err := parseCluster(*list)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*dir, 0o700); err != nil {
		return err
	}
	authority, err := openAuthority(*dir)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(cluster)) {
		if err := authority.issue(*dir, id, cluster[id]); err != nil {
			return err
		}
	}
	return nil
}

// authority signs the certificates of one cluster.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// openAuthority reads the authority of a folder, or makes one there.
func openAuthority(dir string) (*authority, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, authorityFile), filepath.Join(dir, authorityKeyFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newAuthority(dir)
	case err != nil:
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("kvserver: %s holds a %T, must hold an ECDSA key", filepath.Join(dir, authorityKeyFile), pair.PrivateKey)
	}
	return &authority{pair.Leaf, key}, nil
}

func newAuthority(dir string) (*authority, error) {
	template := newTemplate("kvserver cluster")
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &authority{template, key}
	der, err := a.sign(template, key)
	if err != nil {
		return nil, err
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	return a, writePair(filepath.Join(dir, authorityFile), filepath.Join(dir, authorityKeyFile), der, key)
}

// issue makes a certificate for a server at an address, unless it has one.
func (a *authority) issue(dir string, id uint64, address string) error {
	file := filepath.Join(dir, certificateFile(id))
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	template := newTemplate(fmt.Sprintf("kvserver server %d", id))
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.URIs = []*url.URL{memberURI(id)}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := a.sign(template, key)
	if err != nil {
		return err
	}
	return writePair(file, filepath.Join(dir, keyFile(id)), der, key)
}

func (a *authority) sign(template *x509.Certificate, key *ecdsa.PrivateKey) ([]byte, error) {
	return x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
}

func newTemplate(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // never fails
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(lifetime),
	}
}

// writePair writes the key first: without it the certificate is of no use, and a
// certificate that exists is never issued again.
func writePair(file, keyFile string, der []byte, key *ecdsa.PrivateKey) error {
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}

// memberURI is the name in a certificate by which a server is known to the others.
func memberURI(id uint64) *url.URL {
	return &url.URL{Scheme: "kvserver", Opaque: "server:" + strconv.FormatUint(id, 10)}
}
