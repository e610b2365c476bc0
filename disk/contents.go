package disk

const pageBytes = 4096

type page [pageBytes]byte

// contents are the bytes of a file on the platter, from 0 to length. What nobody
// has written is zero and takes no memory.
type contents struct {
	pages  []*page // nil: zeros
	length int64
}

// pool keeps the pages of removed files for new ones.
type pool struct{ free []*page }

// keptPages bounds what a pool keeps: a removed segment of a log comes back as the
// next one, a removed snapshot is left to the collector.
const keptPages = 32

func (p *pool) get() *page {
	if n := len(p.free); n > 0 {
		pg := p.free[n-1]
		p.free = p.free[:n-1]
		*pg = page{}
		return pg
	}
	return new(page)
}

func (p *pool) put(pg *page) {
	if pg != nil && len(p.free) < keptPages {
		p.free = append(p.free, pg)
	}
}

// read copies the bytes at offset to b, with zeros behind the end.
func (c *contents) read(b []byte, offset int64) {
	for len(b) > 0 {
		at := int(offset % pageBytes)
		n := min(len(b), pageBytes-at)
		if i := offset / pageBytes; i < int64(len(c.pages)) && c.pages[i] != nil {
			copy(b[:n], c.pages[i][at:])
		} else {
			clear(b[:n])
		}
		b, offset = b[n:], offset+int64(n)
	}
}

// write puts b at offset.
func (c *contents) write(p *pool, b []byte, offset int64) {
	c.length = max(c.length, offset+int64(len(b)))
	for need := int((c.length + pageBytes - 1) / pageBytes); len(c.pages) < need; {
		c.pages = append(c.pages, nil)
	}
	for len(b) > 0 {
		i, at := offset/pageBytes, int(offset%pageBytes)
		if c.pages[i] == nil {
			c.pages[i] = p.get()
		}
		n := copy(c.pages[i][at:], b)
		b, offset = b[n:], offset+int64(n)
	}
}

// zero clears the bytes from one position to another.
func (c *contents) zero(from, to int64) {
	for to = min(to, c.length); from < to; {
		i, at := from/pageBytes, from%pageBytes
		n := min(to-from, pageBytes-at)
		if c.pages[i] != nil {
			clear(c.pages[i][at : at+n])
		}
		from += n
	}
}

// cut forgets everything from a position on.
func (c *contents) cut(p *pool, length int64) {
	if length >= c.length {
		return
	}
	keep := int((length + pageBytes - 1) / pageBytes)
	c.zero(length, int64(keep)*pageBytes)
	for _, pg := range c.pages[keep:] {
		p.put(pg)
	}
	clear(c.pages[keep:])
	c.pages, c.length = c.pages[:keep], length
}

// flip changes one bit.
func (c *contents) flip(p *pool, offset int64, bit uint64) {
	var b [1]byte
	c.read(b[:], offset)
	b[0] ^= 1 << bit
	c.write(p, b[:], offset)
}

func (c *contents) clone() contents {
	copied := contents{pages: make([]*page, len(c.pages)), length: c.length}
	for i, pg := range c.pages {
		if pg != nil {
			duplicate := *pg
			copied.pages[i] = &duplicate
		}
	}
	return copied
}
