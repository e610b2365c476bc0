package simtest

import "testing"

// SetFolder lets plans be below another folder until the test ends.
func SetFolder(t *testing.T, dir string) {
	old := folder
	folder = dir
	t.Cleanup(func() { folder = old })
}
