// Package text reads and writes what all packages read and write the same way:
// durations, numbers of bytes, counts, lists of words and ranges of seeds, and
// what a misspelt word was probably meant to be. Everything here is exact and
// depends on its arguments alone.
package text
