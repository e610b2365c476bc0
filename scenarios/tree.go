package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"raftsim/internal/text"
)

// node is one value of a YAML document with its place: the only view that the
// rest of the package has of the parser's tree.
type node struct {
	kind         kind
	line, column int
	// text is a scalar's value: unquoted and unescaped, otherwise as written.
	text string
	// quoted is the width of what stands before a scalar's first character.
	quoted int
	// entries are a mapping's, in order, no key twice.
	entries []entry
	// items are a list's.
	items []*node
}

// entry is one key of a mapping and its value.
type entry struct{ key, value *node }

type kind uint8

const (
	scalar kind = iota
	nothing
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"a plain value", "nothing", "a list", "a mapping"}[k]
}

// Limits of a document. The parser's time grows faster than the text it reads
// in each of these; no scenario comes near.
const (
	maxDepth      = 16
	maxKeys       = 2000
	maxTokens     = 50_000
	maxEmptyLines = 500
)

// parseTree reads the one document of data. It never panics.
func parseTree(file string, data []byte) (root *node, err error) {
	t := &tree{file: file}
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, t.fail(0, 0, "is not YAML that can be read (%v)", r)
		}
	}()
	text := strings.TrimPrefix(string(data), "\ufeff")
	if err := t.checkText(text); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(text)
	if err := t.checkTokens(tokens); err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, t.syntax(err)
	}
	body, err := t.document(parsed)
	if err != nil {
		return nil, err
	}
	return t.node(body)
}

// tree turns the parser's tree into ours.
type tree struct{ file string }

func (t *tree) fail(line, column int, format string, args ...any) error {
	return &Error{File: t.file, Line: line, Column: column, Message: fmt.Sprintf(format, args...)}
}

func (t *tree) failAt(tk *token.Token, format string, args ...any) error {
	if tk == nil || tk.Position == nil {
		return t.fail(0, 0, format, args...)
	}
	return t.fail(tk.Position.Line, max(tk.Position.Column, 1), format, args...)
}

// checkText refuses what is not text, and what the lexer is slow on.
func (t *tree) checkText(text string) error {
	empty := 0
	number := 0
	for line := range strings.Lines(text) {
		number++
		if at := strings.IndexFunc(line, unprintable); at >= 0 {
			r, _ := utf8.DecodeRuneInString(line[at:])
			return t.fail(number, utf8.RuneCountInString(line[:at])+1, "character %q is not text, a scenario is plain UTF-8", r)
		}
		if strings.TrimSpace(line) != "" {
			empty = 0
		} else if empty++; empty > maxEmptyLines {
			return t.fail(number, 1, "more than %d empty lines in a row", maxEmptyLines)
		}
	}
	return nil
}

func unprintable(r rune) bool {
	return r == utf8.RuneError || r == 0x7f || (r < ' ' && r != '\t' && r != '\n' && r != '\r')
}

// checkTokens refuses what the parser is slow on, and the parts of YAML that a
// scenario has no use for.
func (t *tree) checkTokens(tokens token.Tokens) error {
	if len(tokens) > maxTokens {
		return t.failAt(tokens[maxTokens], "more than %d words and signs", maxTokens)
	}
	depth, dashes, line, keys := 0, 0, 0, 0
	for _, tk := range tokens {
		if tk.Position.Line != line {
			line, dashes = tk.Position.Line, 0
		}
		switch tk.Type {
		case token.InvalidType:
			return t.failAt(tk, "%s", inWords(tk.Error))
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		case token.MappingValueType:
			keys++
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.MappingKeyType, token.DirectiveType:
			return t.failAt(tk, "%q: anchors, aliases, tags, merge keys, complex keys and directives are not part of a scenario", strings.TrimSpace(tk.Origin))
		}
		switch {
		case depth > maxDepth || dashes > maxDepth:
			return t.failAt(tk, "values are nested more than %d deep", maxDepth)
		case keys > maxKeys:
			return t.failAt(tk, "more than %d keys", maxKeys)
		}
	}
	return nil
}

// syntax gives the parser's error its place.
func (t *tree) syntax(err error) error {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		return t.failAt(syntax.Token, "%s", inWords(syntax.Message))
	}
	return t.fail(0, 0, "%s", inWords(err.Error()))
}

// inWords is a message of the parser, or for the slips that are made most what
// they come from.
func inWords(message string) string {
	message, _, _ = strings.Cut(message, "\n")
	message = text.Cut(message, 200)
	for _, slip := range []struct{ part, words string }{
		{"mapping value is not allowed in this context", `a second ": " in one line, or a key that is indented deeper than the one above: quote a text that holds ": ", and give all keys of a mapping the same indentation`},
		{`'\t' that cannot start any token`, "a tab begins the line, indent with spaces"},
		{"sequence end token ']' not found", `this "[" is never closed by "]"`},
		{"could not find flow mapping end token '}'", `this "{" is never closed by "}"`},
	} {
		if strings.Contains(strings.ReplaceAll(message, "\t", `\t`), slip.part) {
			return slip.words
		}
	}
	return message
}

// document returns the body of the only document there may be.
func (t *tree) document(f *ast.File) (ast.Node, error) {
	var body ast.Node
	for _, d := range f.Docs {
		switch {
		case d.Body == nil:
		case body != nil:
			return nil, t.failAt(d.Body.GetToken(), "a second document starts here, a file holds one scenario")
		default:
			body = d.Body
		}
	}
	if body == nil {
		return nil, t.fail(0, 0, "holds no scenario, only %s", "space and comments")
	}
	return body, nil
}

func (t *tree) node(n ast.Node) (*node, error) {
	tk := n.GetToken()
	out := &node{line: tk.Position.Line, column: max(tk.Position.Column, 1)}
	switch n := n.(type) {
	case *ast.MappingNode:
		return out, t.mapping(out, n)
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			item, err := t.node(v)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, item)
		}
	case *ast.NullNode:
		out.kind = nothing
	case *ast.LiteralNode:
		out.text = strings.TrimSpace(n.Value.Value)
	case ast.ScalarNode:
		out.text = tk.Value
		if tk.Type == token.SingleQuoteType || tk.Type == token.DoubleQuoteType {
			out.quoted = 1
		}
	default:
		return nil, t.failAt(tk, "%s is not part of a scenario", strings.ToLower(n.Type().String()))
	}
	return out, nil
}

func (t *tree) mapping(out *node, n *ast.MappingNode) error {
	out.kind = mapping
	seen := map[string]*node{}
	for i, v := range n.Values {
		key, err := t.node(v.Key)
		if err != nil {
			return err
		}
		if i == 0 && !n.IsFlowStyle {
			out.line, out.column = key.line, key.column
		}
		if first := seen[key.text]; first != nil {
			return t.fail(key.line, key.column, "key %s is given twice, first in line %d", text.Quote(key.text), first.line)
		}
		seen[key.text] = key
		value, err := t.node(v.Value)
		if err != nil {
			return err
		}
		out.entries = append(out.entries, entry{key, value})
	}
	return nil
}
