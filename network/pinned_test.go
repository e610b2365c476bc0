package network_test

// pinnedRun is the digest of the run in TestARunNeverChanges when it was first
// published.
const pinnedRun = 0x7e17a11001b2589d
