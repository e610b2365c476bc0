package disk

import "raftsim/vfs"

func (d *Disk) Create(name string) (vfs.File, error) { panic("disk: not yet") }
func (d *Disk) Open(name string) (vfs.File, error)   { panic("disk: not yet") }
func (d *Disk) Remove(name string) error             { panic("disk: not yet") }
func (d *Disk) Rename(oldName, newName string) error { panic("disk: not yet") }
func (d *Disk) MkdirAll(dir string) error            { panic("disk: not yet") }
func (d *Disk) List(dir string) ([]string, error)    { panic("disk: not yet") }
func (d *Disk) SyncDir(dir string) error             { panic("disk: not yet") }
