package random_test

import (
	"fmt"
	"time"

	"raftsim/random"
)

// The fates of a link: which packets are lost does not depend on who else asks.
func Example() {
	const purposeLoss random.Purpose = 1
	link := random.Seed(9).Key("network n1->n2")
	loss := random.Percent(20)
	for packet := range uint64(20) {
		if loss.Hit(link.Fate(purposeLoss, packet)) {
			fmt.Println("lost", packet)
		}
	}
	// Output:
	// lost 13
	// lost 18
}

func ExampleParseDistribution() {
	d, err := random.ParseDistribution("median 5ms p99 40ms")
	if err != nil {
		fmt.Println(err)
		return
	}
	half := d.At(1 << 63)
	fmt.Println(half.Round(time.Microsecond))
	// Output: 5ms
}

// A shrinker takes the bad luck out of a run one fate at a time.
func ExampleOverrides() {
	var o random.Overrides
	o.Set("network n1->n2", 1, 17, 0)
	fmt.Print(&o)
	fmt.Println(random.NewFates(7, &o).Key("network n1->n2").Fate(1, 17))
	// Output:
	// network n1->n2 [1:17] = 0x0
	// 0
}

func ExampleSeed_Chooser() {
	plan := random.Seed(8841).Chooser()
	fmt.Println("hosts", random.Between(plan, "hosts", 3, 7))
	fmt.Println("disk", random.Pick(plan, "disk", "fast", "slow", "failing"))
	// Output:
	// hosts 3
	// disk failing
}
