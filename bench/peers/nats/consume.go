package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// consume reads the whole topic from the beginning, again and again until the time is over, with one ordered consumer
// per partition (no acknowledgements).
func consume(nc *nats.Conn, c command) (result, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return result{}, err
	}
	start := time.Now()
	var total result
	for {
		records, bytes, err := pass(js, c)
		if err != nil {
			return result{}, err
		}
		total.Records += records
		total.Bytes += bytes
		if time.Since(start).Seconds() >= c.Seconds {
			break
		}
	}
	total.BytesAll = total.Bytes
	total.Seconds = time.Since(start).Seconds()
	return total, nil
}

func pass(js jetstream.JetStream, c command) (records int64, bytes int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	var count, size atomic.Int64
	done := make(chan struct{})
	for p := 0; p < c.Partitions; p++ {
		consumer, err := js.OrderedConsumer(ctx, stream(c.Topic, p), jetstream.OrderedConsumerConfig{})
		if err != nil {
			return 0, 0, err
		}
		running, err := consumer.Consume(func(m jetstream.Msg) {
			size.Add(int64(len(m.Data())))
			if count.Add(1) == c.Records {
				close(done)
			}
		})
		if err != nil {
			return 0, 0, err
		}
		defer running.Stop()
	}
	select {
	case <-done:
		return count.Load(), size.Load(), nil
	case <-ctx.Done():
		return 0, 0, fmt.Errorf("read %d of %d records in 60 s", count.Load(), c.Records)
	}
}
