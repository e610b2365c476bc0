package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"raftsim/internal/outfile"
)

// clusterID names a cluster. Every request between servers carries it, and every
// server's directory: a message or a server of another cluster is refused, however
// the addresses got mixed up. Zero is no cluster.
type clusterID uint64

func (c clusterID) String() string {
	return hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(c)))
}

// parseClusterID reads what String printed.
func parseClusterID(text string) (clusterID, error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != 8 {
		return 0, fmt.Errorf("cluster id is %q, must be 16 hexadecimal digits", text)
	}
	return clusterID(binary.BigEndian.Uint64(b)), nil
}

// foundedID is the id of the cluster that these servers found together. Each of
// them computes the same one, before they have met. Clusters that are founded with
// the same addresses differ by their token.
func foundedID(cluster map[uint64]string, token string) clusterID {
	h := sha256.New()
	fmt.Fprintf(h, "%q", token)
	for _, id := range slices.SortedFunc(maps.Keys(cluster), cmp.Compare[uint64]) {
		fmt.Fprintf(h, " %d=%q", id, cluster[id])
	}
	return clusterID(binary.BigEndian.Uint64(h.Sum(nil)))
}

// identity is whose data a directory holds.
type identity struct {
	Cluster string `json:"cluster"`
	Server  uint64 `json:"server"`
}

const identityFile = "identity.json"

// readIdentity returns whose data a directory holds, nil if it holds none.
func readIdentity(dir string) (*identity, error) {
	text, err := os.ReadFile(filepath.Join(dir, identityFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var i identity
	if err := json.Unmarshal(text, &i); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, identityFile), err)
	}
	return &i, nil
}

// keepIdentity makes an identity durable, before there is anything else in the
// directory.
func keepIdentity(dir string, i identity) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	return outfile.Write(filepath.Join(dir, identityFile), string(text)+"\n")
}
