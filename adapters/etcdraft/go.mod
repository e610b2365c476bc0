module raftsim/adapters/etcdraft

go 1.26.0

require (
	github.com/stretchr/testify v1.12.1
	go.etcd.io/raft/v3 v3.6.0
	pgregory.net/rapid v1.3.0
	raftsim v0.0.0
)

require (
	github.com/anishathalye/porcupine v1.3.1 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	github.com/gogo/protobuf v1.3.2 // indirect
	github.com/golang/protobuf v1.5.4 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace raftsim => ../..
