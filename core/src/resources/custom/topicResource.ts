/** Topic (kubernetes.md, Custom resources): what a user asks for. One way only: the resource is the truth. */
import { PARTITIONS_PER_TOPIC_MAX } from '../partitionAssignment.ts';
import { CLUSTER_REF } from './clusterRef.ts';
import { CONDITIONS, OBSERVED_GENERATION } from './condition.ts';
import { customResource, type CustomObject, type SpecOf, type StatusOf } from './customResource.ts';
import { choice, defaulted, integer, list, object, optional, text } from './schema.ts';
import { topicConfigField } from './topicConfigField.ts';

const REPLICAS_MAX = 100;
const PLACED_MAX = 200;

export const TOPIC_DELETION_POLICIES = ['Retain', 'Delete'] as const;

const BROKER_ID = integer('Id of a broker: the number of its pod.', { min: 0, max: 0x7fff_ffff });

const PLACEMENT = list(
  'Brokers of single partitions, where the operator should not choose.',
  object('One partition.', {
    partition: integer('Number of the partition.', { min: 0, max: PARTITIONS_PER_TOPIC_MAX - 1 }),
    brokers: list('Its brokers, the preferred leader first.', BROKER_ID, {
      minItems: 1,
      maxItems: 16,
      rules: [
        {
          rule: 'self.all(broker, self.exists_one(other, other == broker))',
          message: 'a broker comes twice: name each once',
        },
      ],
    }),
  }),
  { maxItems: PLACED_MAX, mapKeys: ['partition'] },
);

const SPEC = object(
  'What the topic is to be.',
  {
    clusterRef: CLUSTER_REF,
    topicName: optional(
      text('Name of the topic for clients; the name of the resource unless given.', {
        minLength: 1,
        maxLength: 249,
        pattern: '^[a-zA-Z0-9._-]+$',
        rules: [
          {
            rule: "self != '.' && self != '..' && !self.startsWith('__')",
            message: 'a topic is named neither . nor .. and names that begin with __ are reserved',
          },
        ],
      }),
    ),
    partitions: optional(
      integer('Number of partitions; it only grows. Unless given, what the Cluster says, or 3.', {
        min: 1,
        max: PARTITIONS_PER_TOPIC_MAX,
      }),
    ),
    replicationFactor: optional(
      integer(
        'Copies of each partition. Unless given, what the Cluster says, or the smaller of 3 and the number of brokers.',
        { min: 1, max: REPLICAS_MAX },
      ),
    ),
    config: optional(topicConfigField('Settings of the topic.')),
    placement: optional(PLACEMENT),
    deletionPolicy: defaulted(
      choice(
        'What becomes of the records when this resource is deleted. Retain keeps them; a new Topic of the same name adopts them.',
        TOPIC_DELETION_POLICIES,
      ),
      'Delete',
    ),
  },
  [
    {
      rule: 'has(self.topicName) == has(oldSelf.topicName) && (!has(self.topicName) || self.topicName == oldSelf.topicName)',
      message: 'topicName cannot be changed: make a new Topic and move the records',
    },
    {
      rule: '!has(oldSelf.partitions) || (has(self.partitions) && self.partitions >= oldSelf.partitions)',
      message: 'partitions only grow: keys would go to other partitions',
    },
    {
      rule: "!has(self.config) || !has(self.replicationFactor) || !('minInsyncReplicas' in self.config) || !string(self.config['minInsyncReplicas']).matches('^[0-9]{1,9}$') || int(self.config['minInsyncReplicas']) <= self.replicationFactor",
      message:
        'minInsyncReplicas is above replicationFactor: nothing could be acknowledged; raise the one or lower the other',
    },
    {
      rule: '!has(self.placement) || !has(self.partitions) || self.placement.all(placed, placed.partition < self.partitions)',
      message: 'placement names a partition that the topic does not have',
    },
    {
      rule: '!has(self.placement) || !has(self.replicationFactor) || self.placement.all(placed, placed.brokers.size() == self.replicationFactor)',
      message: 'placement names more or fewer brokers than replicationFactor says',
    },
  ],
);

const count = (description: string) =>
  integer(description, { min: 0, max: PARTITIONS_PER_TOPIC_MAX });

const STATUS = object('What the topic is.', {
  conditions: optional(CONDITIONS),
  observedGeneration: optional(OBSERVED_GENERATION),
  topicId: optional(
    text('Identity of the topic: one that is deleted and made again has another.', {
      maxLength: 36,
    }),
  ),
  topicName: optional(text('Name of the topic for clients.', { maxLength: 253 })),
  partitions: optional(count('Partitions there are.')),
  replicationFactor: optional(
    integer('Copies that each partition is to have.', { min: 0, max: REPLICAS_MAX }),
  ),
  ledPartitions: optional(count('Partitions that have a leader.')),
  underReplicatedPartitions: optional(count('Partitions of which a copy is not in sync.')),
  reassigningPartitions: optional(count('Partitions whose copies are being moved.')),
});

export const TOPIC_RESOURCE = customResource({
  kind: 'Topic',
  plural: 'topics',
  shortNames: ['mrt'],
  category: 'millrace',
  description: 'A replicated log of records in partitions.',
  spec: SPEC,
  status: STATUS,
  rules: [
    {
      rule: 'has(self.spec.topicName) || self.metadata.name.size() <= 249',
      message: 'the name is longer than 249 characters: give a shorter spec.topicName',
    },
  ],
  columns: [
    { name: 'Cluster', jsonPath: '.spec.clusterRef.name', type: 'string' },
    { name: 'Partitions', jsonPath: '.status.partitions', type: 'integer' },
    { name: 'Replicas', jsonPath: '.status.replicationFactor', type: 'integer' },
    { name: 'Ready', jsonPath: ".status.conditions[?(@.type=='Ready')].status", type: 'string' },
    { name: 'Reason', jsonPath: ".status.conditions[?(@.type=='Ready')].reason", type: 'string' },
    {
      name: 'Under-replicated',
      jsonPath: '.status.underReplicatedPartitions',
      type: 'integer',
      priority: 1,
    },
    { name: 'Topic', jsonPath: '.status.topicName', type: 'string', priority: 1 },
    { name: 'Topic id', jsonPath: '.status.topicId', type: 'string', priority: 1 },
  ],
});

export type TopicResourceSpec = SpecOf<typeof TOPIC_RESOURCE>;
export type TopicResourceStatus = StatusOf<typeof TOPIC_RESOURCE>;
export type TopicResource = CustomObject<TopicResourceSpec, TopicResourceStatus>;
