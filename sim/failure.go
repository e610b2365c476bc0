package sim

import (
	"fmt"

	"raftsim/checker"
	"raftsim/replica"
)

// unexcused is the violation of a process that ended with an error although
// its disk did not refuse or lose anything.
func unexcused(host uint64, err error) checker.Violation {
	return checker.Violation{
		Property: "no unexcused failure", Source: "the disk of the host did all that was asked of it",
		Detail: fmt.Sprintf("the process of n%d ended: %v", host, err),
		Hosts:  []uint64{host}, Signature: "no unexcused failure: " + shapeOf(err.Error()),
	}
}

func leading(lead, id uint64) string {
	switch lead {
	case 0:
		return "follows nobody"
	case id:
		return "leads"
	}
	return "follows " + name(lead)
}

// offersWithoutEnd is the violation of a Node that always has one more Ready.
func offersWithoutEnd(host uint64, err *replica.EndlessError) checker.Violation {
	return checker.Violation{
		Property: "no end", Source: "raft.Ready: work that was handed out is not offered again",
		Detail: fmt.Sprintf("the Node of n%d offers a Ready after %d others, all at one instant", host, err.Readys),
		Hosts:  []uint64{host}, Signature: "no end",
	}
}
