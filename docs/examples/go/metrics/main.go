// Metrics and log shipping: many small records, taken out batch by batch and written somewhere else. Offsets are committed
// once that has happened: nothing is lost, and little is doubled.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"example.com/millrace/group"
	pb "example.com/millrace/millracev1"
	"example.com/millrace/records"
)

const lines = 5_000

type line struct {
	Host  string
	Level string
}

type place struct {
	partition int32
	offset    int64
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := records.Dial()
	topic := records.CreateTopic(ctx, client, "logs", 3)
	levels := []string{"info", "info", "info", "warn", "error"}
	var all []*pb.Record
	for n := range lines {
		value, err := json.Marshal(line{Host: fmt.Sprintf("web-%d", n%7), Level: levels[n%5]})
		records.Check(err)
		all = append(all, &pb.Record{Value: value})
	}
	records.Check(records.Produce(ctx, client, topic, all...))

	member, err := group.Join(ctx, client, topic, topic)
	records.Check(err)
	// Stands for a store of logs: it takes a line twice without harm.
	shipped := map[place]line{}
	records.Check(member.Run(func(entry *pb.FetchEntry) error {
		for _, record := range entry.Records {
			var one line
			if err := json.Unmarshal(record.Value, &one); err != nil {
				return err
			}
			shipped[place{entry.Partition, record.Offset}] = one
		}
		if len(shipped) == lines {
			member.Close()
		}
		return nil
	}))
	perLevel := map[string]int{}
	for _, one := range shipped {
		perLevel[one.Level]++
	}
	records.Expect(perLevel["info"] == 3000 && perLevel["warn"] == 1000 && perLevel["error"] == 1000, "%v", perLevel)
	fmt.Printf("%d lines: %d errors\n", lines, perLevel["error"])
	records.DeleteTopic(ctx, client, topic)
}
