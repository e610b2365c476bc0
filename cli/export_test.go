package cli

// Worst is the exit code of a sweep.
var Worst = worst
