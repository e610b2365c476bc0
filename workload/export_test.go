package workload

import "slices"

// EncodeKV, EncodeLock and EncodeQueue build the commands that tests write by
// hand: clients draw theirs.
func EncodeKV(op string, key uint64, mark, expect Mark) []byte {
	c := kvCommand{op: byte(slices.Index(kvOps, op)), key: key, mark: mark, expect: expect}
	return c.append(nil, 0)
}

func EncodeLock(op string, lock uint64, mark Mark, token uint64) []byte {
	return lockCommand{op: byte(slices.Index(lockOps, op)), lock: lock, mark: mark, token: token}.append(nil)
}

func EncodeQueue(op string, queue uint64, mark Mark) []byte {
	return queueCommand{op: byte(slices.Index(queueOps, op)), queue: queue, mark: mark}.append(nil)
}
