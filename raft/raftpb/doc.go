// Package raftpb holds the values that Raft nodes exchange and store: log
// entries, messages, snapshots, durable state and configuration changes.
//
// They are plain structs. Copying one is cheap and shares only what its slices
// and the Snapshot pointer refer to. Names, fields and the protobuf wire format
// are those of go.etcd.io/raft/v3/raftpb v3.6: Marshal writes the same bytes,
// and Unmarshal accepts the same ones, with two exceptions: it limits the nesting
// of [Message.Responses], and refuses a packed list whose last number reaches
// beyond its end.
package raftpb
