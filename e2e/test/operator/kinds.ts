import { resource } from '@millrace/kube/resource';

const kind = (plural: string, name: string) => resource('millrace.dev', 'v1alpha1', plural, name);

export const CLUSTERS = kind('clusters', 'Cluster');
export const TOPICS = kind('topics', 'Topic');
export const CONSUMER_GROUPS = kind('consumergroups', 'ConsumerGroup');
export const ASSIGNMENTS = kind('partitionassignments', 'PartitionAssignment');
export const BROKERS = kind('brokers', 'Broker');
export const CLUSTER_STATES = kind('clusterstates', 'ClusterState');
