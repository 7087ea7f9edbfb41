// Create a topic, produce, consume and handle an error, with stubs generated from proto/ (see ../README.md).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "example.com/millrace/millracev1"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: go run . HOST:PORT [DATA_HOST:PORT]")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client := dial(os.Args[1])
	topic := fmt.Sprintf("go-%d", time.Now().UnixNano())
	admin := pb.NewAdminClient(client)
	must(admin.CreateTopic(ctx, &pb.CreateTopicRequest{Name: topic, Partitions: 1}))

	offset := produce(ctx, client, topic)
	values := consume(ctx, client, topic)
	expect(len(values) == 1 && values[offset] == "hello from Go", "read back %v", values)
	fmt.Printf("produced and read back offset %d\n", offset)

	if len(os.Args) > 2 {
		data := dial(os.Args[2])
		stream(ctx, data, topic)
		values = consume(ctx, data, topic)
		expect(len(values) == 101, "the data port gave %d records", len(values))
		fmt.Println("streamed 100 records over the data port")
	}
	produceOnce(ctx, client)
	handleError(ctx, client)
	must(admin.DeleteTopic(ctx, &pb.DeleteTopicRequest{Topic: &pb.DeleteTopicRequest_TopicName{TopicName: topic}}))
}

func dial(address string) *grpc.ClientConn {
	return must(grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials())))
}

func entry(topic string, records ...*pb.Record) *pb.ProduceEntry {
	return &pb.ProduceEntry{
		Topic:     &pb.ProduceEntry_TopicName{TopicName: topic},
		Partition: proto.Int32(0),
		Records:   records,
	}
}

func produce(ctx context.Context, client *grpc.ClientConn, topic string) int64 {
	reply := must(pb.NewProducerClient(client).Produce(ctx, &pb.ProduceRequest{
		Acks:    pb.Acks_ACKS_ALL,
		Entries: []*pb.ProduceEntry{entry(topic, &pb.Record{Key: []byte("k"), Value: []byte("hello from Go")})},
	}))
	return reply.Results[0].BaseOffset
}

// Acknowledgements come as they become due, several in one message; each names the correlation of its request.
func stream(ctx context.Context, client *grpc.ClientConn, topic string) {
	const requests = 100
	call := must(pb.NewProducerClient(client).ProduceStream(ctx))
	go func() {
		for n := uint64(1); n <= requests; n++ {
			record := &pb.Record{Value: fmt.Appendf(nil, "streamed %d", n)}
			if call.Send(&pb.ProduceStreamRequest{Correlation: n, Entries: []*pb.ProduceEntry{entry(topic, record)}}) != nil {
				return // Recv says why.
			}
		}
		_ = call.CloseSend()
	}()
	acknowledged := map[uint64]int64{}
	for {
		reply, err := call.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		expect(err == nil, "the stream failed: %v", err)
		for _, row := range reply.Results {
			expect(row.Result.Error == nil, "refused: %v", row.Result.Error)
			acknowledged[row.Correlation] = row.Result.BaseOffset
		}
	}
	expect(len(acknowledged) == requests, "%d acknowledgements", len(acknowledged))
	for n := uint64(2); n <= requests; n++ {
		expect(acknowledged[n] > acknowledged[n-1], "request %d overtook its predecessor", n)
	}
}

func consume(ctx context.Context, client *grpc.ClientConn, topic string) map[int64]string {
	call := must(pb.NewConsumerClient(client).Fetch(ctx, &pb.FetchRequest{
		Partitions: []*pb.FetchPartition{{
			Topic: &pb.FetchPartition_TopicName{TopicName: topic},
			Start: &pb.FetchPartition_Position{Position: pb.Position_POSITION_EARLIEST},
		}},
		StopAtEnd: true,
	}))
	values := map[int64]string{}
	for {
		reply, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return values
		}
		expect(err == nil, "fetch failed: %v", err)
		for _, entry := range reply.Entries {
			expect(entry.Error == nil, "fetch failed: %v", entry.Error)
			for _, record := range entry.Records {
				values[record.Offset] = string(record.Value)
			}
		}
	}
}

// With an id and a sequence a request can be sent again: its records are in the log once.
func produceOnce(ctx context.Context, client *grpc.ClientConn) {
	topic := fmt.Sprintf("go-once-%d", time.Now().UnixNano())
	admin := pb.NewAdminClient(client)
	must(admin.CreateTopic(ctx, &pb.CreateTopicRequest{Name: topic, Partitions: 1}))
	producer := pb.NewProducerClient(client)
	own := must(producer.InitProducer(ctx, &pb.InitProducerRequest{}))
	sequenced := entry(topic, &pb.Record{Value: []byte("one")}, &pb.Record{Value: []byte("two")})
	sequenced.ProducerId = proto.Int64(own.ProducerId)
	sequenced.ProducerEpoch = proto.Int32(own.ProducerEpoch)
	sequenced.FirstSequence = proto.Int32(0)
	for range 2 { // The second time stands for a client that got no answer to the first.
		reply := must(producer.Produce(ctx, &pb.ProduceRequest{Entries: []*pb.ProduceEntry{sequenced}}))
		expect(reply.Results[0].BaseOffset == 0, "stored at offset %d", reply.Results[0].BaseOffset)
	}
	values := consume(ctx, client, topic)
	expect(len(values) == 2 && values[0] == "one" && values[1] == "two", "stored %v", values)
	fmt.Println("sent 2 records twice, stored once")
	must(admin.DeleteTopic(ctx, &pb.DeleteTopicRequest{Topic: &pb.DeleteTopicRequest_TopicName{TopicName: topic}}))
}

// Every error says what became of the request and whether a retry helps.
func handleError(ctx context.Context, client *grpc.ClientConn) {
	_, err := pb.NewProducerClient(client).Produce(ctx, &pb.ProduceRequest{
		Entries: []*pb.ProduceEntry{entry("no-such-topic", &pb.Record{Value: []byte("lost?")})},
	})
	refusal := status.Convert(err)
	expect(refusal.Code() == codes.NotFound, "unexpected: %v", err)
	for _, detail := range refusal.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			expect(info.Reason == "UNKNOWN_TOPIC", "unexpected: %v", info)
			fmt.Printf("refused with %s, outcome %s\n", info.Reason, info.Metadata["outcome"])
			return
		}
	}
	log.Fatal("the error has no details")
}

func must[T any](value T, err error) T {
	expect(err == nil, "%v", err)
	return value
}

func expect(holds bool, format string, args ...any) {
	if !holds {
		log.Fatalf(format, args...)
	}
}
