//go:build !linux

package main_test

import "syscall"

// dieWithParent is not to be had here: a test that is killed leaves processes.
func dieWithParent() *syscall.SysProcAttr { return nil }
