package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// addMember serves PUT /members/{id}: the body is the address, and ?learner=1
// adds the server without a vote, which a second PUT gives it.
func (s *server) addMember(w http.ResponseWriter, r *http.Request) {
	id, ok := pathNumber(w, r, "id")
	if !ok {
		return
	}
	text, ok := body(w, r, 1024)
	if !ok {
		return
	}
	address := strings.TrimSpace(string(text))
	if id == raft.None {
		http.Error(w, "id is 0, must be 1 or more", http.StatusBadRequest)
		return
	}
	if s.peers.isRemoved(id) {
		http.Error(w, fmt.Sprintf("server %d was removed: a new one takes another id", id), http.StatusConflict)
		return
	}
	switch code, err := s.checkMember(r.Context(), id, address); {
	case err != nil:
		http.Error(w, err.Error(), code)
	case r.URL.Query().Has("learner"):
		s.change(w, r, pb.ConfChangeAddLearnerNode, id, address)
	default:
		s.change(w, r, pb.ConfChangeAddNode, id, address)
	}
}

// removeMember serves DELETE /members/{id}.
func (s *server) removeMember(w http.ResponseWriter, r *http.Request) {
	if id, ok := pathNumber(w, r, "id"); ok {
		s.change(w, r, pb.ConfChangeRemoveNode, id, "")
	}
}

func (s *server) change(w http.ResponseWriter, r *http.Request, typ pb.ConfChangeType, id uint64, address string) {
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	if err := s.changeMembers(ctx, typ, id, address); err != nil {
		unavailable(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// status serves GET /status.
func (s *server) status(w http.ResponseWriter, r *http.Request) {
	type status struct {
		Cluster  string            `json:"cluster"`
		ID       uint64            `json:"id"`
		Term     uint64            `json:"term"`
		Leader   uint64            `json:"leader"` // 0: not known
		Role     string            `json:"role"`
		Commit   uint64            `json:"commit"`
		Applied  uint64            `json:"applied"`
		Snapshot uint64            `json:"snapshot"` // index of the latest
		Voters   string            `json:"voters"`
		Members  map[uint64]string `json:"members"` // addresses of all that are known
	}
	var now raft.Status
	var snapshot uint64
	if err := s.world.call(r.Context(), func() { now, snapshot = s.replica.Node().Status(), s.replica.Snapshotted() }); err != nil {
		unavailable(w, err)
		return
	}
	members := s.peers.addresses()
	members[s.id] = s.cluster[s.id]
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(status{
		Cluster: s.identity.Cluster, ID: now.ID, Term: now.Term, Leader: now.Lead, Role: now.RaftState.String(),
		Commit: now.Commit, Applied: now.Applied, Snapshot: snapshot,
		Voters: now.Config.Voters.String(), Members: members,
	})
}
