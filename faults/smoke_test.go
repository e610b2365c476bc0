package faults_test

import (
	"fmt"
	"testing"

	"raftsim/faults"
	"raftsim/random"
)

func TestSmoke(t *testing.T) {
	s, err := faults.Parse(`2s     partition n1 | n2 n3              for 1.5s
5s     crash leader losing unsynced      for 800ms
8s     skew n2 by +300ms
10s    link n1 -> n3 loses 20%           for 5s
12s    reconfigure add n4 n5, remove n1  joint
15s    transfer leader to n3
20s    pause follower                    for 2s  every 5s..15s until 40s # hm
`)
	fmt.Println(err)
	fmt.Print(s)
	for seed := range random.Seed(4) {
		for _, o := range []faults.GeneratorOptions{{Class: 0}, {Class: 1}, {Class: 2}, {Profile: faults.Safety}, {Profile: faults.Lite}} {
			o.Voters = []uint64{1, 2, 3}
			o.Spare = []uint64{4, 5}
			o.End = 20e9
			fmt.Println(seed, o.Class, o.Profile)
			fmt.Print(faults.Generate(seed.Chooser(), o))
		}
	}
}
