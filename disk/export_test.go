package disk

import (
	"fmt"
	"slices"
)

// Check says what is wrong with the books of a disk: files that are freed too
// early or never, bytes counted wrongly, pages that two files share or that are
// not zero where nothing was written.
func (d *Disk) Check() error {
	needed := map[*inode]bool{}
	for _, t := range []tree{d.names, d.durable} {
		for _, e := range t {
			needed[e.node] = true
		}
	}
	for i := range d.changes {
		needed[d.changes[i].node] = true
	}
	pages := map[*page]bool{}
	for _, pg := range d.pool.free {
		if pages[pg] {
			return fmt.Errorf("a page is free twice")
		}
		pages[pg] = true
	}
	used := int64(0)
	for _, n := range d.nodes {
		if !needed[n] && n.handles == 0 {
			return fmt.Errorf("file %d is never freed", n.id)
		}
		delete(needed, n)
		if err := n.check(pages); err != nil {
			return fmt.Errorf("file %d: %w", n.id, err)
		}
		used += n.extent
	}
	if len(needed) > 0 {
		return fmt.Errorf("%d files are freed and have names", len(needed))
	}
	if used != d.used {
		return fmt.Errorf("%d bytes are counted, there are %d", d.used, used)
	}
	for _, s := range d.syncs {
		if s.node != nil && !slices.Contains(d.nodes, s.node) {
			return fmt.Errorf("file %d is freed while it is synced", s.node.id)
		}
	}
	return nil
}

func (n *inode) check(pages map[*page]bool) error {
	for i, pg := range n.data.pages {
		if pg == nil {
			continue
		}
		if pages[pg] {
			return fmt.Errorf("page %d belongs to two files", i)
		}
		pages[pg] = true
		rest := max(0, min(pageBytes, n.data.length-int64(i)*pageBytes))
		if *pg != (page{}) && slices.ContainsFunc(pg[rest:], func(b byte) bool { return b != 0 }) {
			return fmt.Errorf("page %d is not zero behind the end", i)
		}
	}
	ghosts, length, extent, arena := 0, n.size, n.data.length, 0
	for i := range n.writes {
		w := &n.writes[i]
		if w.ghost {
			ghosts++
		}
		length = w.after(length)
		if w.truncate {
			extent = min(extent, w.offset)
		} else {
			extent = max(extent, w.offset+int64(w.length))
		}
		arena += w.length
	}
	if n.data.length > n.size || ghosts != n.ghosts || length != n.length || extent != n.extent || arena != len(n.arena) {
		return fmt.Errorf("%d bytes of contents in %d; %d ghosts, %d counted; length %d, %d counted; extent %d, %d counted; arena %d, %d counted",
			n.data.length, n.size, ghosts, n.ghosts, length, n.length, extent, n.extent, arena, len(n.arena))
	}
	return nil
}
