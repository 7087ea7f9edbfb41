// Package group is a member of a consumer group with a stock gRPC client: one Consume call does it all.
package group

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"

	"google.golang.org/grpc"

	pb "example.com/millrace/millracev1"
)

const sessionMs = 10_000

// Member has its session kept by the broker as long as the stream lasts, which sends the records of what it is assigned.
type Member struct {
	stream   pb.Consumer_ConsumeClient
	mutex    sync.Mutex // Of sending: one at a time.
	isClosed bool
}

// Join makes a member; its records come with Run.
func Join(ctx context.Context, client *grpc.ClientConn, group string, topics ...string) (*Member, error) {
	stream, err := pb.NewConsumerClient(client).Consume(ctx)
	if err != nil {
		return nil, err
	}
	member := &Member{stream: stream}
	start := &pb.ConsumeStart{
		Group:    group,
		MemberId: rand.Text(),
		Join:     &pb.GroupJoin{Topics: topics, SessionTimeoutMs: sessionMs},
	}
	return member, member.say(&pb.ConsumeRequest{Frame: &pb.ConsumeRequest_Start{Start: start}})
}

// Run hands over some records of one partition at a time and commits them, until the member is closed. What handle
// refuses ends it: what it had is read again by the others, from the last commit on.
func (member *Member) Run(handle func(*pb.FetchEntry) error) error {
	defer member.Close()
	for {
		response, err := member.stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := member.heard(response, handle); err != nil {
			return err
		}
	}
}

// Close leaves: the others have its partitions at once. From any goroutine.
func (member *Member) Close() {
	member.mutex.Lock()
	defer member.mutex.Unlock()
	member.isClosed = true
	_ = member.stream.CloseSend()
}

func (member *Member) heard(response *pb.ConsumeResponse, handle func(*pb.FetchEntry) error) error {
	if assignment := response.GetAssignment(); assignment != nil && len(assignment.Revoking) > 0 {
		// All that came of these before is handled and committed: they may go.
		revoked := &pb.ConsumeRevoked{Revision: assignment.Revision}
		return member.say(&pb.ConsumeRequest{Frame: &pb.ConsumeRequest_Revoked{Revoked: revoked}})
	}
	if failed := response.GetCommitted().GetError(); failed != nil {
		return fmt.Errorf("not committed: %s", failed.Code)
	}
	for _, entry := range response.GetRecords().GetEntries() {
		if entry.Error != nil {
			return fmt.Errorf("%s: %s", entry.Error.Code, entry.Error.Message)
		}
		if len(entry.Records) == 0 {
			continue
		}
		if err := handle(entry); err != nil {
			return err
		}
		if err := member.commit(entry); err != nil {
			return err
		}
	}
	return nil
}

func (member *Member) commit(entry *pb.FetchEntry) error {
	offset := &pb.OffsetToCommit{
		TopicId:     entry.TopicId,
		Partition:   entry.Partition,
		Offset:      entry.NextOffset,
		LeaderEpoch: &entry.LeaderEpoch,
	}
	commit := &pb.ConsumeCommit{Offsets: []*pb.OffsetToCommit{offset}}
	return member.say(&pb.ConsumeRequest{Frame: &pb.ConsumeRequest_Commit{Commit: commit}})
}

func (member *Member) say(request *pb.ConsumeRequest) error {
	member.mutex.Lock()
	defer member.mutex.Unlock()
	if member.isClosed {
		return nil
	}
	return member.stream.Send(request)
}
