package clock

// MaxPushes is the number of pushes after which a queue numbers its events
// anew.
const MaxPushes = maxPushes

// SetPushes makes the queue believe that so many events were pushed before.
func (q *Queue[E]) SetPushes(n uint64) { q.pushes = n }
