package random

// What the test of the committed tables needs to see.
var (
	GridFate             = gridFate
	GridPlace            = gridPlace
	Roots                = roots[:]
	ExponentialQuantiles = exponentialQuantiles[:]
	NormalQuantiles      = normalQuantiles[:]
	ParetoQuantiles      = paretoQuantiles[:]
	Log2, Exp2           = log2, exp2
)

const GridPoints = gridPoints
