// Activity tracking: what users do, in the order in which each of them did it. The user is the key, so that all of one
// user's events go to one partition; two members of a group share the partitions, and each keeps that order.
package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"example.com/millrace/group"
	pb "example.com/millrace/millracev1"
	"example.com/millrace/records"
)

const users, events = 20, 15

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := records.Dial()
	topic := records.CreateTopic(ctx, client, "activity", 4)
	var all []*pb.Record
	for event := range events {
		for user := range users {
			all = append(all, &pb.Record{Key: fmt.Appendf(nil, "user-%d", user), Value: fmt.Append(nil, event)})
		}
	}
	records.Check(records.Produce(ctx, client, topic, all...))

	var members []*group.Member
	for range 2 {
		member, err := group.Join(ctx, client, topic, topic)
		records.Check(err)
		members = append(members, member)
	}
	var mutex sync.Mutex
	paths := map[string][]int{}
	seen := 0
	track := func(entry *pb.FetchEntry) error {
		mutex.Lock()
		defer mutex.Unlock()
		for _, record := range entry.Records {
			user := string(record.Key)
			event, err := strconv.Atoi(string(record.Value))
			if err != nil {
				return err
			}
			// At least once: whoever takes a partition over may get its last records again.
			if !slices.Contains(paths[user], event) {
				paths[user] = append(paths[user], event)
				seen++
			}
		}
		if seen == users*events {
			for _, member := range members {
				member.Close()
			}
		}
		return nil
	}
	var running sync.WaitGroup
	for _, member := range members {
		running.Add(1)
		go func() {
			defer running.Done()
			records.Check(member.Run(track))
		}()
	}
	running.Wait()
	records.Expect(len(paths) == users, "%d users", len(paths))
	for user, path := range paths {
		records.Expect(slices.IsSorted(path) && len(path) == events, "%s: %v", user, path)
	}
	fmt.Printf("%d users, each in order\n", len(paths))
	records.DeleteTopic(ctx, client, topic)
}
