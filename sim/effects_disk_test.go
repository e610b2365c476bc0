package sim_test

import (
	"bytes"
	"math/bits"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/disk"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/vfs"
)

const sector = 512

// diskStage is a host that does nothing, and a file of its disk, which a test
// uses in its place. Each operation takes 10ms.
type diskStage struct {
	*stage
	disk *disk.Disk
	file vfs.File
}

func withDisk(t *testing.T, changes ...func(*sim.Options)) *diskStage {
	s := setUp(t, append([]func(*sim.Options){actors(&actor{}), func(o *sim.Options) {
		ten := random.Constant(10 * time.Millisecond)
		o.Disk = disk.Profile{Read: ten, Write: ten, Sync: ten}
	}}, changes...)...)
	d := &diskStage{stage: s, disk: s.Host(1).Disk()}
	d.disk.At(s.Now())
	file, err := d.disk.Create("log")
	require.NoError(t, err)
	d.file = file
	require.NoError(t, d.disk.SyncDir("."))
	d.wait()
	return d
}

// wait lets what was asked of the disk end.
func (d *diskStage) wait() {
	d.t.Helper()
	d.pass(max(0, d.disk.Done().Sub(d.Now())))
	d.disk.At(d.Now())
}

// write writes sectors full of a letter each, and waits.
func (d *diskStage) write(letters string) {
	d.t.Helper()
	require.NoError(d.t, d.append(letters))
	d.wait()
}

// append asks for one write for each letter.
func (d *diskStage) append(letters string) error {
	size, err := d.file.Size()
	for i := 0; i < len(letters) && err == nil; i++ {
		_, err = d.file.WriteAt(bytes.Repeat([]byte{letters[i]}, sector), size+int64(i)*sector)
	}
	return err
}

// sync makes durable what was written, or not, and waits.
func (d *diskStage) sync() {
	d.t.Helper()
	require.NoError(d.t, d.file.Sync())
	d.wait()
}

// contents is the first letter of each sector of the file, opened again; "."
// stands for zeros, "?" for what cannot be read.
func (d *diskStage) contents() string {
	d.disk.At(d.Now())
	file, err := d.disk.Open("log")
	if err != nil {
		return "no file"
	}
	d.file = file
	size, err := file.Size()
	require.NoError(d.t, err)
	text := make([]byte, (size+sector-1)/sector)
	for i := range text {
		switch _, err := file.ReadAt(text[i:i+1], int64(i)*sector); {
		case err != nil:
			text[i] = '?'
		case text[i] == 0:
			text[i] = '.'
		}
	}
	d.wait()
	return string(text)
}

// loses makes the power fail, and returns what is left.
func (d *diskStage) loses(losing string) string {
	d.inject("crash n1 losing " + losing + " for 100ms")
	d.pass(100 * time.Millisecond)
	return d.contents()
}

func stallDelaysWhatIsAskedMeanwhile(t *testing.T) {
	d := withDisk(t)
	begin := d.Now()
	d.inject("disk n1 stalls for 1s")
	require.NoError(t, d.append("a"))
	require.Equal(t, 1010*time.Millisecond, d.disk.Done().Sub(begin))
	d.wait()
	begin = d.Now()
	require.NoError(t, d.append("b"))
	require.Equal(t, 10*time.Millisecond, d.disk.Done().Sub(begin))
}

func slowAddsToEachOperation(t *testing.T) {
	d := withDisk(t)
	d.inject("disk n1 slows by 50ms for 10s")
	begin := d.Now()
	require.NoError(t, d.append("abcdefghij"))
	require.Equal(t, 600*time.Millisecond, d.disk.Done().Sub(begin))
}

func readsFailInTheirShare(t *testing.T) {
	d := withDisk(t)
	d.write("a")
	read := func() (failed int) {
		for range 1000 {
			if _, err := d.file.ReadAt(make([]byte, 1), 0); err != nil {
				require.ErrorIs(t, err, disk.ErrIO)
				failed++
			}
		}
		return failed
	}
	d.inject("disk n1 fails-read 10% for 1m")
	require.InDelta(t, 100, read(), 30)
	d.wait()
	d.pass(time.Minute)
	require.Zero(t, read())
	d.wait()
	d.inject("disk n1 fails-read once for 1m")
	require.Equal(t, 1, read())
}

func writesFailThreeTimes(t *testing.T) {
	d := withDisk(t)
	d.inject("disk n1 fails-write 3 times for 1m")
	for range 3 {
		require.ErrorIs(t, d.append("a"), disk.ErrIO)
	}
	require.NoError(t, d.append("a"))
}

func failedSyncMayLoseItsPages(t *testing.T) {
	for effect, left := range map[string]string{"once": "abcd", "once losing pages": "ab.d"} {
		d := withDisk(t)
		d.write("ab")
		d.sync()
		d.inject("disk n1 fails-sync " + effect + " for 1m")
		d.write("c")
		require.ErrorIs(t, d.file.Sync(), disk.ErrIO)
		d.wait()
		d.write("d")
		d.sync() // and this one says that all is well
		require.Equal(t, "abcd", d.contents())
		require.Equal(t, left, d.loses("unsynced"), effect)
	}
}

func lyingSyncMakesNothingDurable(t *testing.T) {
	d := withDisk(t)
	d.write("a")
	d.sync()
	d.inject("disk n1 lies 100% for 1m")
	d.write("bcd")
	d.sync()
	require.Equal(t, "a", d.loses("unsynced"))
}

func misdirectedWriteIsElsewhere(t *testing.T) {
	d := withDisk(t)
	d.write("abcdefgh")
	d.sync()
	d.inject("disk n1 misdirects once for 1m")
	_, err := d.file.WriteAt(bytes.Repeat([]byte{'X'}, sector), 2*sector)
	require.NoError(t, err)
	d.sync()
	require.Equal(t, byte('X'), d.contents()[2], "the cache shows it where it should be")
	require.Equal(t, byte('c'), d.loses("unsynced")[2], "the disk does not")
}

func rotFlipsSoManyBits(t *testing.T) {
	d := withDisk(t)
	d.write("aaaaaaaaaaaaaaaa")
	d.sync()
	d.inject("disk n1 rots 3 bits in log")
	contents := make([]byte, 16*sector)
	_, err := d.file.ReadAt(contents, 0)
	require.NoError(t, err)
	flipped := 0
	for _, b := range contents {
		flipped += bits.OnesCount8(b ^ 'a')
	}
	require.Equal(t, 3, flipped)
}

func spoiltSectorsCannotBeRead(t *testing.T) {
	d := withDisk(t)
	d.write("aaaaaaaaaaaaaaaa")
	d.sync()
	d.inject("disk n1 spoils 2 sectors in log")
	unreadable := bytes.Count([]byte(d.contents()), []byte("?"))
	require.Equal(t, 2, unreadable)
	_, err := d.file.WriteAt(bytes.Repeat([]byte{'b'}, 16*sector), 0)
	require.NoError(t, err)
	d.sync()
	require.Equal(t, "bbbbbbbbbbbbbbbb", d.contents(), "until they are written again")
}

// kept is what a crash that loses a suffix leaves of sixteen writes in sixteen
// sectors of zeros, for one seed.
func kept(t *testing.T, seed random.Seed, fault string) string {
	d := withDisk(t, func(o *sim.Options) { o.Seed = seed })
	_, err := d.file.WriteAt(make([]byte, 16*sector), 0)
	require.NoError(t, err)
	d.sync()
	if fault != "" {
		d.inject(fault)
	}
	for i := range int64(16) {
		_, err := d.file.WriteAt(bytes.Repeat([]byte{'a' + byte(i)}, sector), i*sector)
		require.NoError(t, err)
	}
	d.wait()
	return d.loses("suffix")
}

func scrambledWritesAreLostInAnyOrder(t *testing.T) {
	const all = "abcdefghijklmnop"
	for seed := range random.Seed(5) {
		left := bytes.TrimRight([]byte(kept(t, seed, "")), ".")
		require.Equal(t, all[:len(left)], string(left), "a suffix is lost, and nothing before it")
		scrambled := kept(t, seed, "disk n1 scrambles for 1m")
		require.Contains(t, scrambled, ".")
		require.NotRegexp(t, `^[a-p]*\.*$`, scrambled, "a write is there without the one before it")
	}
}

func fullDiskTakesWhatWasLeft(t *testing.T) {
	d := withDisk(t)
	d.write("abcd")
	d.inject("disk n1 fills leaving 2KB for 1m")
	require.NoError(t, d.append("efgh"))
	require.ErrorIs(t, d.append("i"), disk.ErrNoSpace)
	d.wait()
	d.pass(time.Minute)
	require.NoError(t, d.append("i"))
	d.wait()
	require.Equal(t, "abcdefghi", d.contents())
}

func swappedDiskIsTheCopy(t *testing.T) {
	d := withDisk(t)
	d.write("ab")
	d.sync()
	d.write("c")
	d.inject("disk n1 copied")
	d.write("de")
	d.sync()
	require.Equal(t, "abcde", d.contents())
	d.inject("disk n1 swapped")
	require.Equal(t, "ab", d.contents(), "the copy has what was durable")
	require.True(t, d.Host(1).Running(), "it restarts")
}

func lostDiskIsEmpty(t *testing.T) {
	d := withDisk(t)
	d.write("ab")
	d.sync()
	d.inject("disk n1 lost")
	require.Equal(t, "no file", d.contents())
	require.True(t, d.Host(1).Running(), "it restarts")
}
