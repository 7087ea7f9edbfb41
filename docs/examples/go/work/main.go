// Work distribution: tasks that workers share. A task that fails is tried again; one that fails three times is put aside in
// a topic of its own, so that it does not hold up those behind it.
package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"example.com/millrace/group"
	pb "example.com/millrace/millracev1"
	"example.com/millrace/records"
)

const tasks, attemptsMax = 60, 3

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := records.Dial()
	topic := records.CreateTopic(ctx, client, "tasks", 6)
	failed := records.CreateTopic(ctx, client, "failed", 1)
	var all []*pb.Record
	for task := range tasks {
		all = append(all, &pb.Record{Key: fmt.Append(nil, task), Value: fmt.Appendf(nil, "task %d", task)})
	}
	records.Check(records.Produce(ctx, client, topic, all...))

	member, err := group.Join(ctx, client, topic, topic)
	records.Check(err)
	done, aside := map[int]bool{}, map[int]bool{}
	records.Check(member.Run(func(entry *pb.FetchEntry) error {
		for _, record := range entry.Records {
			task, err := strconv.Atoi(string(record.Key))
			if err != nil {
				return err
			}
			if try(task) {
				done[task] = true
				continue
			}
			// Once this is stored, the task counts as processed.
			if err := records.Produce(ctx, client, failed, record); err != nil {
				return err
			}
			aside[task] = true
		}
		if len(done)+len(aside) == tasks {
			member.Close()
		}
		return nil
	}))
	records.Expect(aside[13] && len(done) == tasks-1, "%v done, %v put aside", done, aside)
	fmt.Printf("%d tasks done, %d put aside\n", len(done), len(aside))
	records.DeleteTopic(ctx, client, topic)
	records.DeleteTopic(ctx, client, failed)
}

func try(task int) bool {
	for attempt := 1; attempt <= attemptsMax; attempt++ {
		err := work(task)
		if err == nil {
			return true
		}
		fmt.Printf("attempt %d: %v\n", attempt, err)
		time.Sleep(10 * time.Millisecond << attempt)
	}
	return false
}

var tried = map[int]bool{}

// Some fail once, one for ever.
func work(task int) error {
	if task != 13 && (task%10 != 0 || tried[task]) {
		return nil
	}
	tried[task] = true
	return fmt.Errorf("task %d does not work out", task)
}
