package raftpb

import "strconv"

// String returns the fields in protobuf's compact text form.
func (m *Entry) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *HardState) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *ConfState) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *SnapshotMetadata) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *Snapshot) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *Message) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *ConfChange) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *ConfChangeSingle) String() string { return text(m == nil, m.text) }

// String returns the fields in protobuf's compact text form.
func (m *ConfChangeV2) String() string { return text(m == nil, m.text) }

func text(isNil bool, write func(*printer)) string {
	if isNil {
		return "<nil>"
	}
	var p printer
	write(&p)
	return string(p.b)
}

func (m *Entry) text(p *printer) {
	p.uint("Term", m.Term)
	p.uint("Index", m.Index)
	enum(p, "Type", m.Type)
	p.quoted("Data", m.Data)
}

func (m *HardState) text(p *printer) {
	p.uint("term", m.Term)
	p.uint("vote", m.Vote)
	p.uint("commit", m.Commit)
}

func (m *ConfState) text(p *printer) {
	p.ids("voters", m.Voters)
	p.ids("learners", m.Learners)
	p.ids("voters_outgoing", m.VotersOutgoing)
	p.ids("learners_next", m.LearnersNext)
	p.bool("auto_leave", m.AutoLeave)
}

func (m *SnapshotMetadata) text(p *printer) {
	p.nestedUnlessZero("conf_state", m.ConfState.text)
	p.uint("index", m.Index)
	p.uint("term", m.Term)
}

func (m *Snapshot) text(p *printer) {
	p.quoted("data", m.Data)
	p.nestedUnlessZero("metadata", m.Metadata.text)
}

func (m *Message) text(p *printer) {
	enum(p, "type", m.Type)
	p.uint("to", m.To)
	p.uint("from", m.From)
	p.uint("term", m.Term)
	p.uint("logTerm", m.LogTerm)
	p.uint("index", m.Index)
	for i := range m.Entries {
		p.nested("entries", m.Entries[i].text)
	}
	p.uint("commit", m.Commit)
	p.uint("vote", m.Vote)
	if m.Snapshot != nil {
		p.nested("snapshot", m.Snapshot.text)
	}
	p.bool("reject", m.Reject)
	p.uint("rejectHint", m.RejectHint)
	p.quoted("context", m.Context)
	for i := range m.Responses {
		p.nested("responses", m.Responses[i].text)
	}
}

func (m *ConfChange) text(p *printer) {
	enum(p, "type", m.Type)
	p.uint("node_id", m.NodeID)
	p.quoted("context", m.Context)
	p.uint("id", m.ID)
}

func (m *ConfChangeSingle) text(p *printer) {
	enum(p, "type", m.Type)
	p.uint("node_id", m.NodeID)
}

func (m *ConfChangeV2) text(p *printer) {
	enum(p, "transition", m.Transition)
	for i := range m.Changes {
		p.nested("changes", m.Changes[i].text)
	}
	p.quoted("context", m.Context)
}

// printer builds a text of fields, each followed by a space. Scalars that are
// zero are left out.
type printer struct{ b []byte }

func (p *printer) word(name, value string) {
	p.b = append(p.b, name...)
	p.b = append(p.b, ':')
	p.b = append(p.b, value...)
	p.b = append(p.b, ' ')
}

func (p *printer) uint(name string, v uint64) {
	if v != 0 {
		p.word(name, strconv.FormatUint(v, 10))
	}
}

func (p *printer) bool(name string, v bool) {
	if v {
		p.word(name, "true")
	}
}

func (p *printer) ids(name string, ids []uint64) {
	for _, id := range ids {
		p.word(name, strconv.FormatUint(id, 10))
	}
}

func (p *printer) nested(name string, write func(*printer)) {
	p.b = append(p.b, name...)
	p.b = append(p.b, ":<"...)
	write(p)
	p.b = append(p.b, "> "...)
}

// nestedUnlessZero leaves out the field when there is nothing to print in it.
func (p *printer) nestedUnlessZero(name string, write func(*printer)) {
	before := len(p.b)
	p.nested(name, write)
	if len(p.b)-before == len(name)+len(":<> ") {
		p.b = p.b[:before]
	}
}

// quoted prints bytes as a C string, unless they are nil.
func (p *printer) quoted(name string, v []byte) {
	if v == nil {
		return
	}
	q := []byte{'"'}
	for _, c := range v {
		switch {
		case c == '\n':
			q = append(q, `\n`...)
		case c == '\r':
			q = append(q, `\r`...)
		case c == '\t':
			q = append(q, `\t`...)
		case c == '"' || c == '\\':
			q = append(q, '\\', c)
		case c < 0x20 || c >= 0x7f:
			q = append(q, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		default:
			q = append(q, c)
		}
	}
	p.word(name, string(append(q, '"')))
}

func enum[E interface {
	~int32
	String() string
}](p *printer, name string, v E) {
	if v != 0 {
		p.word(name, v.String())
	}
}
