package confchange

import "fmt"

// check returns which rule of configurations the draft breaks, if any. They are
// the same before and after every change.
func (d *draft) check() error {
	for _, id := range ids(d.Voters.IDs()) {
		pr := d.progress[id]
		if pr == nil {
			return fmt.Errorf("voter %d has no progress (%s)", id, d.Config)
		}
		if pr.IsLearner {
			return fmt.Errorf("voter %d has the progress of a learner (%s)", id, d.Config)
		}
	}
	for _, id := range ids(d.Learners) {
		if _, votes := d.incoming()[id]; votes {
			return fmt.Errorf("learner %d is an incoming voter (%s)", id, d.Config)
		}
		if _, votes := d.outgoing()[id]; votes {
			return fmt.Errorf("learner %d is an outgoing voter (%s)", id, d.Config)
		}
		if pr := d.progress[id]; pr == nil || !pr.IsLearner {
			return fmt.Errorf("learner %d has no progress of a learner (%s)", id, d.Config)
		}
	}
	for _, id := range ids(d.LearnersNext) {
		if _, votes := d.outgoing()[id]; !votes {
			return fmt.Errorf("next learner %d is not an outgoing voter (%s)", id, d.Config)
		}
		if _, votes := d.incoming()[id]; votes {
			return fmt.Errorf("next learner %d is an incoming voter (%s)", id, d.Config)
		}
	}
	if d.joint() {
		return nil
	}
	if d.AutoLeave {
		return fmt.Errorf("configuration is not joint but has to be left (%s)", d.Config)
	}
	if d.Voters[1] != nil {
		return fmt.Errorf("outgoing half is empty but not nil (%s)", d.Config)
	}
	return nil
}
