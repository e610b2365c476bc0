package command_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/internal/command"
)

// narrow takes so many bytes, then fails or takes less than it is given.
type narrow struct {
	left int
	err  error
	got  string
}

func (n *narrow) Write(p []byte) (int, error) {
	took := min(n.left, len(p))
	n.left -= took
	n.got += string(p[:took])
	if took < len(p) {
		return took, n.err
	}
	return took, nil
}

func TestTheFirstErrorIsKeptAndNothingFollowsIt(t *testing.T) {
	full := errors.New("full")
	for want, to := range map[error]*narrow{full: {left: 5, err: full}, io.ErrShortWrite: {left: 5}} {
		failed := 0
		w := &command.Writer{To: to, Failed: func() { failed++ }}
		fmt.Fprint(w, "abc")
		require.NoError(t, w.Err())
		fmt.Fprint(w, "def")
		require.ErrorIs(t, w.Err(), want)
		to.left = 100
		_, err := fmt.Fprint(w, "ghi")
		require.ErrorIs(t, err, want)
		require.Equal(t, "abcde", to.got)
		require.Equal(t, 1, failed)
	}
}
