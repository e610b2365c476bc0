package faults

import (
	"path"
	"strconv"
	"strings"
	"time"

	"raftsim/internal/text"
	"raftsim/random"
)

// Duration takes a time from least to most, such as "1.5s".
func (p *Parser) Duration(least, most time.Duration) time.Duration {
	word := p.Word("a time such as 1.5s")
	d, ok := text.ParseDuration(word)
	switch {
	case p.Failed():
		return 0
	case !ok:
		p.failAt(p.next-1, "%s is not a time: write a decimal and ns, us, ms, s, m or h, such as 1.5s", text.Quote(word))
	case d < least:
		p.failAt(p.next-1, "time is %s, must be at least %s", word, text.Duration(least))
	case d > most:
		p.failAt(p.next-1, "time is %s, must be at most %s", word, text.Duration(most))
	default:
		return d
	}
	return 0
}

// Offset takes a time with a sign, from -most to most and not zero. Without a
// sign it is positive.
func (p *Parser) Offset(most time.Duration) time.Duration {
	word := p.Word("a time with a sign such as +300ms")
	digits, negative := strings.CutPrefix(word, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	d, ok := text.ParseDuration(digits)
	switch {
	case p.Failed():
		return 0
	case !ok:
		p.failAt(p.next-1, "%s is not a time with a sign: write +300ms or -1.5s", text.Quote(word))
	case d == 0 || d > most:
		p.failAt(p.next-1, "time is %s, must not be zero nor beyond %s either way", word, text.Duration(most))
	case negative:
		return -d
	default:
		return d
	}
	return 0
}

// Span takes "5s" or "5s..15s" with both ends from least to most. The second
// result is zero when there is one end only, or when both are equal.
func (p *Parser) Span(least, most time.Duration) (from, to time.Duration) {
	word := p.Word("a time such as 1.5s or 1s..2s")
	if p.Failed() {
		return 0, 0
	}
	first, second, isRange := strings.Cut(word, "..")
	if !isRange {
		p.next--
		return p.Duration(least, most), 0
	}
	from, ok1 := text.ParseDuration(first)
	to, ok2 := text.ParseDuration(second)
	switch {
	case !ok1 || !ok2:
		p.failAt(p.next-1, "%s is not a range of times: write 5s..15s", text.Quote(word))
	case from > to:
		p.failAt(p.next-1, "range %s is descending: write %s..%s", word, text.Duration(to), text.Duration(from))
	case from < least:
		p.failAt(p.next-1, "range is %s, must begin at %s or later", word, text.Duration(least))
	case to > most:
		p.failAt(p.next-1, "range is %s, must end at %s or earlier", word, text.Duration(most))
	case from == to:
		return from, 0
	default:
		return from, to
	}
	return 0, 0
}

// Distribution takes a distribution of times: "5ms", "1ms..5ms", "exp 5ms",
// "median 5ms p99 40ms" or "heavy median 5ms p99 200ms".
func (p *Parser) Distribution() random.Distribution {
	start := p.next
	words := 1
	switch p.Peek() {
	case "exp":
		words = 2
	case "median":
		words = 4
	case "heavy":
		words = 5
	}
	var form []string
	for range words {
		form = append(form, p.Word("a distribution such as 5ms, 1ms..5ms, exp 5ms or median 5ms p99 40ms"))
	}
	if p.Failed() {
		return random.Distribution{}
	}
	d, err := random.ParseDistribution(strings.Join(form, " "))
	switch {
	case err != nil:
		p.failAt(start, "%s is not a distribution: write 5ms, 1ms..5ms, exp 5ms, median 5ms p99 40ms or heavy median 5ms p99 200ms",
			text.Quote(strings.Join(form, " ")))
	case d.Zero():
		p.failAt(start, "a distribution of nothing but 0s has no effect, must be above")
	default:
		return d
	}
	return random.Distribution{}
}

// Ratio takes a probability above zero, such as "20%", "0.5%" or "1/3".
func (p *Parser) Ratio() random.Ratio {
	word := p.Word("a share such as 20%")
	if p.Failed() {
		return random.Ratio{}
	}
	r, err := random.ParseRatio(word)
	switch {
	case err != nil:
		p.failAt(p.next-1, "%s is not a share from 0%% to 100%%: write 20%%, 0.5%% or 1/3", text.Quote(word))
	case r.Zero():
		p.failAt(p.next-1, "share is %s, must be above zero", word)
	default:
		return r
	}
	return random.Ratio{}
}

// Count takes a whole number from least to most.
func (p *Parser) Count(least, most int) int {
	word := p.Word("a number")
	if p.Failed() {
		return 0
	}
	n, ok := parseWhole(word)
	switch {
	case !ok:
		p.failAt(p.next-1, "%s is not a whole number, must be from %d to %d", text.Quote(word), least, most)
	case n < int64(least) || n > int64(most):
		p.failAt(p.next-1, "number is %s, must be from %d to %d", word, least, most)
	default:
		return int(n)
	}
	return 0
}

// Bytes takes a size above zero with its unit, such as "64KB".
func (p *Parser) Bytes() int64 {
	word := p.Word("a size such as 64KB")
	n, ok := text.ParseSize(word)
	switch {
	case p.Failed():
		return 0
	case !ok:
		p.failAt(p.next-1, "%s is not a size: write a whole number and B, KB, MB or GB", text.Quote(word))
	case n == 0:
		p.failAt(p.next-1, "size is %s, must be above zero", word)
	}
	return n
}

// Rate takes a bandwidth above zero in bytes per second, such as "100KB/s".
func (p *Parser) Rate() int64 {
	word := p.Word("a bandwidth such as 100KB/s")
	if p.Failed() {
		return 0
	}
	size, perSecond := strings.CutSuffix(word, "/s")
	n, ok := text.ParseSize(size)
	switch {
	case !ok || !perSecond:
		p.failAt(p.next-1, "%s is not a bandwidth: write a whole number and B/s, KB/s, MB/s or GB/s", text.Quote(word))
	case n == 0:
		p.failAt(p.next-1, "bandwidth is %s, must be above zero: use cut to close a link", word)
	}
	return n
}

// ppm takes a drift with its sign and unit, such as "+200ppm".
func (p *Parser) ppm() int64 {
	word := p.Word("a drift such as +200ppm")
	if p.Failed() {
		return 0
	}
	number, unit := strings.CutSuffix(word, "ppm")
	digits, negative := strings.CutPrefix(number, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	n, ok := parseWhole(digits)
	switch {
	case !ok || !unit:
		p.failAt(p.next-1, "%s is not a drift: write +200ppm or -50000ppm", text.Quote(word))
	case n == 0 || n > MaxDrift:
		p.failAt(p.next-1, "drift is %s, must not be zero nor beyond %sppm either way", word, strconv.Itoa(MaxDrift))
	case negative:
		return -n
	default:
		return n
	}
	return 0
}

// messageType takes the name of a message type: it begins with a capital
// letter, and one that begins with Msg must be known.
func (p *Parser) messageType() string {
	if strings.HasPrefix(p.Peek(), "Msg") {
		return p.Choice("a message type", MessageTypes())
	}
	word := p.Word("a message type such as MsgApp")
	if !p.Failed() && (word[0] < 'A' || word[0] > 'Z') {
		p.failAt(p.next-1, "%s is not a message type: write one such as MsgApp", text.Quote(word))
	}
	return word
}

// pattern takes a pattern of file names.
func (p *Parser) pattern() string {
	word := p.Word("a pattern of file names such as *.wal")
	if _, err := path.Match(word, ""); err != nil {
		p.failAt(p.next-1, "%s is not a pattern of file names: write one such as *.wal", text.Quote(word))
	}
	return word
}
