package sim

import "raftsim/checker"

// Disabled makes a run that nobody watches, before it has begun.
func Disabled(s *Simulation) { s.protocol = checker.NewProtocol(checker.Options{Disabled: true}) }
