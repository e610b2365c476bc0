package lint

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// word is what a text must not say, and what it says instead.
type word struct {
	pattern *regexp.Regexp
	instead string
}

func never(pattern, instead string) word {
	return word{regexp.MustCompile(`(?i)\b(?:` + pattern + `)\b`), instead}
}

// unwritten are the words that stand nowhere: not in code, comments, documents,
// scenarios or what is printed. docs/architecture.md has the words that do.
var unwritten = []word{
	never(`(?:first|second) act`, "fault phase, recovery phase"),
	never(`goes by|go by`, "uses, follows"),
	never(`whoever|whomever`, "the host that, any host that"),
	never(`in vain`, "no effect"),
	never(`imprints?`, "checksum"),
	never(`imagined? (?:a )?crash(?:es)?`, "crash probe"),
	never(`outside (?:of )?the model`, "out of model"),
	never(`reigns?`, "leadership"),
	never(`deeds?|tolls?`, "effect, losses"),
}

// unprinted are the words that no text which is printed has, in addition: a
// reader in a hurry, in a second language, must know them.
var unprinted = []word{
	never(`tells?|told`, "the verb of the message: sends, answers, reports"),
	never(`hands? over|handed over|hands? it over|hand-over`, "transfers the leadership"),
	never(`st(?:oo|an)ds? still`, "paused"),
	never(`somebody|anybody`, "a host, a client"),
	never(`to and fro`, "back and forth"),
	never(`whatsoever|hitherto|lest|thereof|therein|moreover`, "a plain word"),
	never(`nothing to be`, "what was missing"),
	never(`in the hand`, "in memory"),
}

// Vocabulary reports words that a text must not use: the first list in every
// text below root (Go, Markdown, YAML), the second in what is printed: the string
// literals of Go outside tests, and what scenarios and planted bugs are about.
func Vocabulary(root string) ([]Finding, error) {
	var findings []Finding
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		extension := filepath.Ext(path)
		if entry.IsDir() || extension != ".go" && extension != ".md" && extension != ".yaml" {
			return nil
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if name == "lint/vocabulary.go" || name == "lint/vocabulary_test.go" {
			return nil // they quote what they forbid
		}
		findings = append(findings, spoken(name, source, unwritten)...)
		printed, err := printedPart(name, source)
		findings = append(findings, spoken(name, printed, unprinted)...)
		return err
	})
	sortFindings(findings)
	return findings, err
}

// printedPart is the part of a file that may be printed, in its place.
func printedPart(name string, source []byte) ([]byte, error) {
	switch extension := filepath.Ext(name); {
	case extension == ".yaml":
		at := aboutKey.FindIndex(source)
		if at == nil {
			return nil, nil
		}
		return append(blank(source[:at[0]]), source[at[0]:at[1]]...), nil
	case extension == ".go" && !strings.HasSuffix(name, "_test.go"):
		return literals(source)
	}
	return nil, nil
}

// aboutKey is the key about of a YAML file, with its lines.
var aboutKey = regexp.MustCompile(`(?m)^about:.*(?:\n +.*)*`)

// blank is a text without anything but its lines.
func blank(text []byte) []byte {
	lines := bytes.Repeat([]byte(" "), len(text))
	for i, b := range text {
		if b == '\n' {
			lines[i] = b
		}
	}
	return lines
}

// spoken finds the words in a text.
func spoken(name string, text []byte, words []word) (findings []Finding) {
	for i, line := range bytes.Split(text, []byte("\n")) {
		for _, w := range words {
			if at := w.pattern.FindIndex(line); at != nil {
				findings = append(findings, Finding{
					Rule: "vocabulary", File: name, Line: i + 1, Column: at[0] + 1,
					Message: string(line[at[0]:at[1]]) + ": say " + w.instead,
				})
			}
		}
	}
	return findings
}

// literals is the source with everything but its string literals blank. Import
// paths and tags are none.
func literals(source []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	printed := blank(source)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			n.Tag = nil
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				copy(printed[fset.Position(n.Pos()).Offset:], source[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
			}
		}
		return true
	})
	return printed, nil
}
