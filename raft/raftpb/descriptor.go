package raftpb

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
)

// The messages have protobuf struct tags, so protobuf's reflection reads them
// (protoimpl.X.ProtoMessageV2Of). The values of an enum are in no tag: these methods
// tell them. etcd's log visits the enums of its entries this way, to find out which
// version of etcd an entry needs.

// EnumDescriptor returns the compressed descriptor of the file that defines the enum,
// and its place there.
func (EntryType) EnumDescriptor() ([]byte, []int) { return enumsDescriptor(), []int{0} }

// EnumDescriptor returns the compressed descriptor of the file that defines the enum,
// and its place there.
func (MessageType) EnumDescriptor() ([]byte, []int) { return enumsDescriptor(), []int{1} }

// EnumDescriptor returns the compressed descriptor of the file that defines the enum,
// and its place there.
func (ConfChangeTransition) EnumDescriptor() ([]byte, []int) { return enumsDescriptor(), []int{2} }

// EnumDescriptor returns the compressed descriptor of the file that defines the enum,
// and its place there.
func (ConfChangeType) EnumDescriptor() ([]byte, []int) { return enumsDescriptor(), []int{3} }

// enumsDescriptor is a FileDescriptorProto with the enums in the order of raft.proto.
var enumsDescriptor = sync.OnceValue(func() []byte {
	const name, pkg, enum = 1, 2, 5 // fields of FileDescriptorProto
	file := appendText(nil, name, "raft.proto")
	file = appendText(file, pkg, "raftpb")
	file = appendEnum(file, enum, "EntryType", entryTypeNames[:])
	file = appendEnum(file, enum, "MessageType", messageTypeNames[:])
	file = appendEnum(file, enum, "ConfChangeTransition", confChangeTransitionNames[:])
	file = appendEnum(file, enum, "ConfChangeType", confChangeTypeNames[:])
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(file); err != nil {
		panic(fmt.Sprintf("raftpb: compress into memory: %v", err))
	}
	if err := w.Close(); err != nil {
		panic(fmt.Sprintf("raftpb: compress into memory: %v", err))
	}
	return b.Bytes()
})

// appendEnum appends an EnumDescriptorProto with the values by number.
func appendEnum(b []byte, field protowire.Number, enum string, values []string) []byte {
	const name, value, number = 1, 2, 2
	e := appendText(nil, name, enum)
	for i, v := range values {
		entry := appendText(nil, name, v)
		entry = protowire.AppendTag(entry, number, protowire.VarintType)
		entry = protowire.AppendVarint(entry, uint64(i))
		e = protowire.AppendTag(e, value, protowire.BytesType)
		e = protowire.AppendBytes(e, entry)
	}
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, e)
}

func appendText(b []byte, field protowire.Number, text string) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendString(b, text)
}
