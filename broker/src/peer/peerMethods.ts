/** The methods of millrace.peer.v1 by their paths. */
export const FOLLOW = '/millrace.peer.v1.Replication/Follow';
export const SESSION = '/millrace.peer.v1.Controller/Session';
export const ALTER_PARTITIONS = '/millrace.peer.v1.Controller/AlterPartitions';
export const PREPARE_STOP = '/millrace.peer.v1.Controller/PrepareStop';
export const ALLOCATE_PRODUCER_IDS = '/millrace.peer.v1.Controller/AllocateProducerIds';
export const FORWARD = '/millrace.peer.v1.Controller/Forward';
export const PARTITION_POSITIONS = '/millrace.peer.v1.Positions/PartitionPositions';
