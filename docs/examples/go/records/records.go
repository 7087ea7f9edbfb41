// Package records has topics and records for the examples.
package records

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "example.com/millrace/millracev1"
)

const batchRecords = 500

// Dial connects to the address that the program was given.
func Dial() *grpc.ClientConn {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run . HOST:PORT")
	}
	client, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	Check(err)
	return client
}

// CreateTopic answers with its name.
func CreateTopic(ctx context.Context, client *grpc.ClientConn, prefix string, partitions int32) string {
	topic := fmt.Sprintf("%s-%d", prefix, time.Now().UnixNano())
	_, err := pb.NewAdminClient(client).CreateTopic(ctx, &pb.CreateTopicRequest{Name: topic, Partitions: partitions})
	Check(err)
	return topic
}

// DeleteTopic takes its records along.
func DeleteTopic(ctx context.Context, client *grpc.ClientConn, topic string) {
	request := &pb.DeleteTopicRequest{Topic: &pb.DeleteTopicRequest_TopicName{TopicName: topic}}
	_, err := pb.NewAdminClient(client).DeleteTopic(ctx, request)
	Check(err)
}

// Produce returns once all are on disk. Keys decide the partition; records without one are spread.
func Produce(ctx context.Context, client *grpc.ClientConn, topic string, records ...*pb.Record) error {
	producer := pb.NewProducerClient(client)
	for len(records) > 0 {
		count := min(batchRecords, len(records))
		entry := &pb.ProduceEntry{Topic: &pb.ProduceEntry_TopicName{TopicName: topic}, Records: records[:count]}
		reply, err := producer.Produce(ctx, &pb.ProduceRequest{Entries: []*pb.ProduceEntry{entry}})
		if err != nil {
			return err
		}
		for _, result := range reply.Results {
			if result.Error != nil {
				return fmt.Errorf("%s: %s", result.Error.Code, result.Error.Message)
			}
		}
		records = records[count:]
	}
	return nil
}

// Check ends the program if there is an error.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Expect ends the program unless it holds.
func Expect(holds bool, format string, args ...any) {
	if !holds {
		log.Fatalf(format, args...)
	}
}
