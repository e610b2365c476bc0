package raftpb_test

import (
	"testing"

	pb "raftsim/raft/raftpb"
)

func BenchmarkMsgApp(b *testing.B) {
	m := pb.Message{Type: pb.MsgApp, To: 1, From: 2, Term: 5, LogTerm: 5, Index: 100_000, Commit: 99_999,
		Entries: []pb.Entry{{Term: 5, Index: 100_001, Data: make([]byte, 64)}}}
	benchmarkCodec(b, &m)
}

func BenchmarkMsgAppResp(b *testing.B) {
	benchmarkCodec(b, &pb.Message{Type: pb.MsgAppResp, To: 2, From: 1, Term: 5, Index: 100_001})
}

func benchmarkCodec(b *testing.B, m *pb.Message) {
	buf := make([]byte, m.Size())
	if _, err := m.MarshalTo(buf); err != nil {
		b.Fatal(err)
	}
	b.Run("marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = m.MarshalTo(buf)
		}
	})
	b.Run("unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var back pb.Message
			_ = back.Unmarshal(buf)
		}
	})
}
