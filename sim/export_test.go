package sim

import "raftsim/checker"

// Blind makes a run that nobody watches, before it has begun.
func Blind(s *Simulation) { s.protocol = checker.NewProtocol(checker.Options{Blind: true}) }
