package workload

// The functions of this file make single commands of the key-value store, for
// tests that direct a run by hand. A client's generator makes its own.

// KVPut is the command that sets a key to a value with this mark.
func KVPut(key uint64, m Mark) Command { return kvWrite(kvCommand{op: kvPut, key: key, mark: m}) }

// KVAppend is the command that adds a piece with this mark to a key's value.
func KVAppend(key uint64, m Mark) Command {
	return kvWrite(kvCommand{op: kvAppend, key: key, mark: m})
}

// KVCompareAndSet is the command that sets a key to a value with this mark if
// the last piece of its value carries the mark expect; the zero Mark stands for
// a key that was never written.
func KVCompareAndSet(key uint64, expect, m Mark) Command {
	return kvWrite(kvCommand{op: kvCAS, key: key, expect: expect, mark: m})
}

// KVDelete is the command that deletes a key, leaving a tombstone with this mark.
func KVDelete(key uint64, m Mark) Command {
	return kvWrite(kvCommand{op: kvDelete, key: key, mark: m})
}

// KVGet is the command that reads a key.
func KVGet(key uint64) Command {
	c := kvCommand{op: kvGet, key: key}
	return Command{Bytes: c.append(nil, 0), ReadOnly: true}
}

// KVStaleGet is the command that reads a key and is content with an old value.
func KVStaleGet(key uint64) Command {
	c := kvCommand{op: kvStaleGet, key: key}
	return Command{Bytes: c.append(nil, 0), ReadOnly: true, Stale: true}
}

func kvWrite(c kvCommand) Command { return Command{Bytes: c.append(nil, 0)} }
