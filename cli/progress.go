package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows on stderr how far a sweep is: a bar on a terminal, a plain
// line every few seconds anywhere else.
type progress struct {
	w     io.Writer
	bar   *progressbar.ProgressBar // nil off a terminal
	shown bool                     // the bar is on the screen
	total int64
	done  int64
	last  time.Time
}

// plainInterval is the time between two lines of progress off a terminal.
const plainInterval = 10 * time.Second

func newProgress(w io.Writer, total int64) *progress {
	p := &progress{w: w, total: total, last: time.Now()}
	if f, ok := w.(*os.File); ok && total > 1 && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription("seeds"),
			progressbar.OptionShowCount(),
			progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("seeds"),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(),
		)
	}
	return p
}

// step counts one more finished run.
func (p *progress) step(failed int64) {
	p.done++
	switch {
	case p.bar != nil:
		p.bar.Add(1)
		p.shown = true
	case p.done < p.total && time.Since(p.last) >= plainInterval:
		p.last = time.Now()
		fmt.Fprintf(p.w, "progress: %d of %d seeds, %d failed\n", p.done, p.total, failed)
	}
}

// hide takes the bar off the screen, so that other lines can be printed. The
// next step brings it back.
func (p *progress) hide() {
	if p.shown {
		p.bar.Clear()
		p.shown = false
	}
}
