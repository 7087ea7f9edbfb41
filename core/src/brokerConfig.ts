/** Configuration of a broker process. (contracts.md, Configuration, and Ports and services) */
import {
  autoBytes,
  byteShare,
  bytes,
  type ConfigOf,
  choice,
  count,
  ms,
  text,
} from './configTable.ts';
import { GROUP_TABLE } from './groupConfig.ts';

const port = (standard: number, sentence: string, kafka: string | null = null) =>
  count({ default: standard, max: 65_535, sentence: `${sentence} 0 takes any free port.`, kafka });

export const BROKER_TABLE = {
  brokerId: count({
    default: 0,
    max: 2 ** 31 - 1,
    sentence: 'Number of this broker in its cluster; fixed once the data directory exists.',
    kafka: 'node.id',
  }),
  dataDir: text({
    default: './data',
    env: 'MILLRACE_DATA',
    sentence: 'Directory of everything the broker keeps; one process at a time.',
    kafka: 'log.dirs',
  }),
  journalDir: text({
    default: '',
    sentence: 'Directory for the journal, on a disk of its own; empty: inside dataDir.',
    kafka: null,
  }),
  host: text({
    default: '127.0.0.1',
    sentence: 'Address to listen on; 0.0.0.0 for all.',
    kafka: 'listeners',
  }),
  advertisedHost: text({
    default: '',
    sentence: 'Name or address that clients and other brokers are told to use; empty: host.',
    kafka: 'advertised.listeners',
  }),
  clientPort: port(7071, 'Port of the whole API, for any gRPC client.', 'listeners'),
  peerPort: port(7072, 'Port of what other brokers ask of the controller.'),
  httpPort: port(7073, 'Port of /livez, /readyz and /metrics.'),
  dataPort: port(
    7074,
    'Port of ProduceStream and Fetch alone, faster; our SDK finds it by itself.',
  ),
  peerDataPort: port(7075, 'Port at which other brokers follow the partitions of this one.'),
  logLevel: choice(['error', 'warn', 'info', 'debug'], {
    default: 'info',
    sentence: 'Least severity of the lines written to standard error.',
    kafka: null,
  }),

  store: choice(['embedded', 'kubernetes'], {
    default: 'embedded',
    sentence:
      'Where the state of the cluster is kept: a file beside the data, or resources of Kubernetes.',
    kafka: null,
  }),
  clusterName: text({
    default: '',
    sentence:
      'Name of the Cluster resource that this broker is of; only where store is kubernetes.',
    kafka: null,
  }),
  namespace: text({
    default: '',
    sentence: 'Namespace of the Cluster resource; empty: that of the pod.',
    kafka: null,
  }),
  clusterId: text({
    default: '',
    sentence: 'Identity that the cluster must have; empty: that of the data or of the store.',
    kafka: 'cluster.id',
  }),
  podName: text({
    default: '',
    sentence: 'Name of the pod, whose number is the broker id; empty: the name of the machine.',
    kafka: null,
  }),
  podIp: text({
    default: '',
    sentence:
      'Address of the pod, by which other brokers reach this one; empty: advertisedHost. A name may lead to the next pod.',
    kafka: null,
  }),
  rack: text({
    default: '',
    sentence: 'Where this broker stands (a zone, a rack): replicas are spread over racks.',
    kafka: 'broker.rack',
  }),
  heartbeatMs: ms({
    default: 2000,
    min: 50,
    sentence: 'Time between heartbeats to the controller.',
    kafka: 'broker.heartbeat.interval.ms',
  }),
  brokerSessionTimeoutMs: ms({
    default: 9000,
    min: 500,
    sentence: 'A broker that is silent for so long is fenced; one that died is noticed at once.',
    kafka: 'broker.session.timeout.ms',
  }),
  replicaLagMsMax: ms({
    default: 10_000,
    min: 500,
    sentence: 'A follower that is behind for longer leaves the ISR.',
    kafka: 'replica.lag.time.max.ms',
  }),
  catchupBytesPerSecondMax: bytes({
    default: 0,
    sentence:
      'What this broker copies per second for replicas that are more than 4 MiB behind, new ones too; 0: no limit. Below what is produced to them they never catch up.',
    kafka: 'follower.replication.throttled.rate',
  }),
  leaseDurationMs: ms({
    default: 15_000,
    min: 1000,
    sentence: 'The controller is taken for dead when its lease was not renewed for so long.',
    kafka: null,
  }),
  leaseRenewMs: ms({
    default: 2000,
    min: 100,
    sentence: 'Time between renewals of the lease of the controller.',
    kafka: null,
  }),
  leaderRebalanceMs: ms({
    default: 300_000,
    min: 1000,
    sentence: 'Time between moves of leaderships back to the preferred replicas.',
    kafka: 'leader.imbalance.check.interval.seconds',
  }),

  memoryBytes: autoBytes({
    min: 64 * 2 ** 20,
    sentence:
      'Memory to plan with; auto takes the limit of the container, or 160 MiB where there is none.',
    kafka: null,
  }),
  tailCacheBytes: byteShare({
    default: { percent: 25 },
    sentence: 'Newest records kept for readers at the tail; a share is of memoryBytes.',
    kafka: null,
  }),
  produceBytesMax: byteShare({
    default: { percent: 10 },
    sentence: 'Produce requests in memory, all connections together; a share is of memoryBytes.',
    kafka: 'queued.max.request.bytes',
  }),
  messageBytesMax: bytes({
    default: 16 * 2 ** 20,
    min: 2 ** 16,
    max: 2 ** 30,
    sentence: 'Largest message taken from a client.',
    kafka: 'socket.request.max.bytes',
  }),
  receiveWindowBytes: bytes({
    default: 8 * 2 ** 20,
    min: 2 ** 16 - 1,
    max: 2 ** 31 - 1,
    sentence: 'HTTP/2 receive window per stream and connection: what a peer may send unasked.',
    kafka: null,
  }),
  connectionBytesMax: bytes({
    default: 32 * 2 ** 20,
    min: 2 ** 16,
    sentence: 'Bytes that one connection may hold in memory, sent or received.',
    kafka: null,
  }),
  connectionsMax: count({
    default: 10_000,
    min: 1,
    sentence: 'Connections to a listener; more are closed at once.',
    kafka: 'max.connections',
  }),
  streamsPerConnectionMax: count({
    default: 1000,
    min: 1,
    max: 2 ** 31 - 1,
    sentence: 'Streams open at once in a connection; further ones wait in the client.',
    kafka: null,
  }),

  journalFileBytes: bytes({
    default: 64 * 2 ** 20,
    min: 2 ** 16,
    max: 2 ** 30,
    sentence: 'Size of a journal file, written whole before use and recycled.',
    kafka: null,
  }),
  journalFilesMax: count({
    default: 8,
    min: 2,
    max: 1024,
    sentence: 'Journal files at most; when all are needed, produce waits for the checkpoint.',
    kafka: null,
  }),
  checkpointMs: ms({
    default: 10_000,
    min: 100,
    sentence: 'Longest time between checkpoints, which free journal files and shorten a restart.',
    kafka: 'log.flush.offset.checkpoint.interval.ms',
  }),
  syncConcurrency: count({
    default: 8,
    min: 1,
    max: 64,
    sentence: 'Files that a checkpoint syncs at once.',
    kafka: null,
  }),
  largeGroups: choice(['copy', 'bypass'], {
    default: 'bypass',
    sentence:
      'Where large groups of appends become durable: copied into the journal, or in their segments, written once.',
    kafka: null,
  }),
  openSegmentsMax: count({
    default: 512,
    min: 8,
    sentence: 'Closed segments kept open for reading; the least recently read is closed.',
    kafka: null,
  }),
  freeSpaceBytesMin: autoBytes({
    sentence:
      'Produce is refused while the disk has less free; ' +
      'auto is 1 GiB or 5 % of the disk, whichever is smaller.',
    kafka: null,
  }),
  producersPerPartitionMax: count({
    default: 10_000,
    min: 1,
    sentence:
      'Idempotent producers that a partition remembers; past it the least recently seen is forgotten.',
    kafka: null,
  }),
  retentionCheckMs: ms({
    default: 30_000,
    min: 100,
    sentence: 'Time between looks for segments that retention no longer wants.',
    kafka: 'log.retention.check.interval.ms',
  }),
  compactionCheckMs: ms({
    default: 15_000,
    min: 100,
    sentence: 'Time between looks for partitions that compaction has something to do in.',
    kafka: 'log.cleaner.backoff.ms',
  }),
  compactionKeysBytes: bytes({
    default: 32 * 2 ** 20,
    min: 2 ** 20,
    sentence:
      'Memory for keys while a partition is compacted, about 20 bytes and the key for each; more keys take more passes.',
    kafka: 'log.cleaner.dedupe.buffer.size',
  }),
  compactionBytesPerSecondMax: bytes({
    default: 0,
    sentence: 'What compaction reads and writes per second; 0: no limit.',
    kafka: 'log.cleaner.io.max.bytes.per.second',
  }),

  ...GROUP_TABLE,
};

export type BrokerConfig = ConfigOf<typeof BROKER_TABLE>;
