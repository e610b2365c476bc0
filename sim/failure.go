package sim

import (
	"fmt"

	"raftsim/checker"
	"raftsim/replica"
)

// unexcused is the violation of a process that ended with an error although
// its disk did not refuse or lose anything.
func unexcused(host uint64, err error) checker.Violation {
	return of(host, checker.NoUnexcusedFailure.Unmet(shapeOf(err.Error()), fmt.Sprintf("the process of n%d ended: %v", host, err)))
}

func leading(lead, id uint64) string {
	switch lead {
	case 0:
		return "knows no leader"
	case id:
		return "leads"
	}
	return "follows " + name(lead)
}

// offersWithoutEnd is the violation of a Node that always has one more Ready.
func offersWithoutEnd(host uint64, err *replica.EndlessError) checker.Violation {
	return of(host, checker.NoEnd.Unmet("", fmt.Sprintf("the Node of n%d offers a Ready after %d others, all at one instant", host, err.Readys)))
}

// of is a violation of one host, of which there is no evidence but what it says.
func of(host uint64, v *checker.Violation) checker.Violation {
	v.Hosts = []uint64{host}
	return *v
}
