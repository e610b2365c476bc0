package random_test

import (
	"testing"
	"time"

	"raftsim/random"
)

var sink uint64

func BenchmarkFate(b *testing.B) {
	key := random.Seed(1).Key("network n1->n2")
	for n := uint64(0); b.Loop(); n++ {
		sink += key.Fate(1, n)
	}
}

func BenchmarkFateUnderOverrides(b *testing.B) {
	var o random.Overrides
	o.Set("network n1->n2", 1, 17, 0)
	key := random.NewFates(1, &o).Key("network n1->n2")
	for n := uint64(0); b.Loop(); n++ {
		sink += key.Fate(1, n)
	}
}

func BenchmarkMix(b *testing.B) {
	h := uint64(0)
	for n := uint64(0); b.Loop(); n++ {
		h = random.Mix(h, n)
	}
	sink += h
}

func BenchmarkHit(b *testing.B) {
	r := random.PerMille(5)
	for n := uint64(0); b.Loop(); n += 0x9e3779b97f4a7c15 {
		if r.Hit(n) {
			sink++
		}
	}
}

func BenchmarkDistributionAt(b *testing.B) {
	for _, text := range []string{"5ms", "1ms..5ms", "exp 5ms", "median 5ms p99 40ms"} {
		d, _ := random.ParseDistribution(text)
		b.Run(text, func(b *testing.B) {
			for n := uint64(0); b.Loop(); n += 0x9e3779b97f4a7c15 {
				sink += uint64(d.At(n))
			}
		})
	}
}

func BenchmarkNewLogNormal(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		d := random.LogNormal(5*time.Millisecond, 40*time.Millisecond)
		sink += uint64(d.At(1))
	}
}

func BenchmarkNewKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sink += random.Seed(1).Key("network n1->n2").Fate(1, 1)
	}
}
