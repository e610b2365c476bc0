package main_test

import "syscall"

// dieWithParent makes a process end when the test does, even if the test is
// killed or panics.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
