// Command natsload is the NATS JetStream side of the bench: one command per line on stdin, one JSON result per line on
// stdout (bench/src/load/protocol.ts). A partition is a stream of its own, since only a stream keeps an order and has
// replicas. Only acknowledged records are counted; latencies run from the intended send time.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

type command struct {
	Op                string  `json:"op"`
	Topic             string  `json:"topic"`
	Partitions        int     `json:"partitions"`
	ReplicationFactor int     `json:"replicationFactor"`
	RecordBytes       int     `json:"recordBytes"`
	Records           int64   `json:"records"`
	PerSecond         float64 `json:"perSecond"`
	Seconds           float64 `json:"seconds"`
	WarmupSeconds     float64 `json:"warmupSeconds"`
}

type result struct {
	Records  int64   `json:"records"`
	Bytes    int64   `json:"bytes"`
	BytesAll int64   `json:"bytesAll"`
	Seconds  float64 `json:"seconds"`
	P50Ms    float64 `json:"p50Ms,omitempty"`
	P99Ms    float64 `json:"p99Ms,omitempty"`
	P999Ms   float64 `json:"p999Ms,omitempty"`
	MaxMs    float64 `json:"maxMs,omitempty"`
	Error    string  `json:"error,omitempty"`
}

func stream(topic string, partition int) string { return fmt.Sprintf("%s-%d", topic, partition) }

func main() {
	nc, err := nats.Connect(os.Args[1], nats.MaxReconnects(-1))
	if err != nil {
		panic(err)
	}
	out := json.NewEncoder(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var c command
		var r result
		err := json.Unmarshal(in.Bytes(), &c)
		if err == nil {
			r, err = run(nc, c)
		}
		if err != nil {
			r = result{Error: err.Error()}
		}
		if err := out.Encode(r); err != nil {
			return
		}
	}
}

func run(nc *nats.Conn, c command) (result, error) {
	switch c.Op {
	case "create":
		return result{}, create(nc, c)
	case "delete":
		return result{}, remove(nc, c)
	case "fill", "produce":
		return produce(nc, c)
	case "rate":
		return rate(nc, c)
	case "consume":
		return consume(nc, c)
	}
	return result{}, fmt.Errorf("unknown op %q", c.Op)
}

// create retries: a cluster that has just started has no leader to ask yet, and its first streams wait for one.
func create(nc *nats.Conn, c command) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	until := time.Now().Add(60 * time.Second)
	for p := 0; p < c.Partitions; p++ {
		for {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
				Name: stream(c.Topic, p), Subjects: []string{stream(c.Topic, p)},
				Storage: jetstream.FileStorage, Replicas: c.ReplicationFactor,
			})
			cancel()
			if err == nil {
				break
			}
			if time.Now().After(until) {
				return err
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return nil
}

func remove(nc *nats.Conn, c command) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	for p := 0; p < c.Partitions; p++ {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		err = js.DeleteStream(ctx, stream(c.Topic, p))
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}
