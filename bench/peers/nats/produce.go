package main

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"slices"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bytes that may be unacknowledged at once. [the client's own limit counts messages and, when full, fails after
// 200 ms: a sync-always server trips it, so the bench bounds itself below it]
const (
	inFlightBytesMax   = 8 << 20
	inFlightRecordsMax = 16384
)

type publisher struct {
	js     jetstream.JetStream
	slots  chan struct{}
	acked  atomic.Int64
	failed atomic.Pointer[error]
}

// onAck runs on the client's one reply goroutine, with the message as it was published.
func newPublisher(nc *nats.Conn, recordBytes int, onAck func(*nats.Msg)) (*publisher, error) {
	p := &publisher{slots: make(chan struct{}, max(16, min(inFlightRecordsMax, inFlightBytesMax/recordBytes)))}
	js, err := jetstream.New(nc,
		jetstream.WithPublishAsyncMaxPending(4*inFlightRecordsMax),
		jetstream.WithPublishAsyncAckHandler(func(_ jetstream.JetStream, m *nats.Msg, _ *jetstream.PubAck) {
			onAck(m)
			p.acked.Add(1)
			<-p.slots
		}),
		jetstream.WithPublishAsyncErrHandler(func(_ jetstream.JetStream, _ *nats.Msg, err error) {
			p.failed.CompareAndSwap(nil, &err)
			<-p.slots
		}))
	p.js = js
	return p, err
}

func (p *publisher) send(subject string, value []byte) error {
	p.slots <- struct{}{}
	_, err := p.js.PublishAsync(subject, value)
	return err
}

// drain waits until every record is acknowledged, then surfaces the first failure.
func (p *publisher) drain() error {
	defer p.js.CleanupPublisher()
	select {
	case <-p.js.PublishAsyncComplete():
	case <-time.After(60 * time.Second):
		return fmt.Errorf("%d records unacknowledged after 60 s", p.js.PublishAsyncPending())
	}
	for len(p.slots) > 0 {
		time.Sleep(time.Millisecond)
	}
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func payload(c command) []byte {
	value := make([]byte, c.RecordBytes)
	rand.New(rand.NewSource(1)).Read(value)
	return value
}

func subjects(c command) []string {
	names := make([]string, c.Partitions)
	for i := range names {
		names[i] = stream(c.Topic, i)
	}
	return names
}

// produce sends flat out: until c.Records (fill), else for c.Seconds after c.WarmupSeconds.
func produce(nc *nats.Conn, c command) (result, error) {
	p, err := newPublisher(nc, c.RecordBytes, func(*nats.Msg) {})
	if err != nil {
		return result{}, err
	}
	value, names := payload(c), subjects(c)
	start := time.Now()
	from := start.Add(time.Duration(c.WarmupSeconds * 1e9))
	end := from.Add(time.Duration(c.Seconds * 1e9))
	var atFrom, atEnd int64
	var fromTaken, endTaken time.Time
	for i := int64(0); ; i++ {
		if c.Records > 0 && i == c.Records {
			break
		}
		if c.Records == 0 && i%64 == 0 {
			now := time.Now()
			if fromTaken.IsZero() && !now.Before(from) {
				atFrom, fromTaken = p.acked.Load(), now
			}
			if !fromTaken.IsZero() && !now.Before(end) {
				atEnd, endTaken = p.acked.Load(), now
				break
			}
		}
		if err := p.send(names[i%int64(len(names))], value); err != nil {
			return result{}, err
		}
	}
	if err := p.drain(); err != nil {
		return result{}, err
	}
	all := p.acked.Load()
	if c.Records > 0 {
		fromTaken, endTaken, atEnd = start, time.Now(), all
	}
	size := int64(c.RecordBytes)
	return result{Records: atEnd - atFrom, Bytes: (atEnd - atFrom) * size, BytesAll: all * size, Seconds: endTaken.Sub(fromTaken).Seconds()}, nil
}

// rate sends c.PerSecond records a second round robin over the partitions. The record's index travels in its first bytes.
func rate(nc *nats.Conn, c command) (result, error) {
	skip := int(c.WarmupSeconds * c.PerSecond)
	total := skip + int(c.Seconds*c.PerSecond)
	ms := make([]float64, total)
	interval := 1e9 / c.PerSecond
	start := time.Now()
	due := func(i int) time.Time { return start.Add(time.Duration(float64(i) * interval)) }
	p, err := newPublisher(nc, c.RecordBytes, func(m *nats.Msg) {
		i := int(binary.LittleEndian.Uint64(m.Data))
		ms[i] = float64(time.Since(due(i))) / 1e6
	})
	if err != nil {
		return result{}, err
	}
	template, names := payload(c), subjects(c)
	start = time.Now()
	for i := 0; i < total; i++ {
		if wait := time.Until(due(i)); wait > 0 {
			time.Sleep(wait)
		}
		value := slices.Clone(template)
		binary.LittleEndian.PutUint64(value, uint64(i))
		if err := p.send(names[i%len(names)], value); err != nil {
			return result{}, err
		}
	}
	if err := p.drain(); err != nil {
		return result{}, err
	}
	seconds := time.Since(start).Seconds() - c.WarmupSeconds
	sorted := ms[skip:]
	slices.Sort(sorted)
	at := func(q float64) float64 { return sorted[int(float64(len(sorted)-1)*q)] }
	size := int64(c.RecordBytes)
	return result{
		Records: int64(total - skip), Bytes: int64(total-skip) * size, BytesAll: int64(total) * size, Seconds: seconds,
		P50Ms: at(0.5), P99Ms: at(0.99), P999Ms: at(0.999), MaxMs: at(1),
	}, nil
}
