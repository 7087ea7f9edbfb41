/** ConsumerGroup (kubernetes.md, Custom resources): what a group is to be; its coordinator keeps and applies it. */
import { ASSIGNORS } from '../../assignors/assign.ts';
import { CLUSTER_REF } from './clusterRef.ts';
import { CONDITIONS, OBSERVED_GENERATION } from './condition.ts';
import { customResource, type CustomObject, type SpecOf, type StatusOf } from './customResource.ts';
import { boolean, choice, defaulted, integer, list, object, optional, text } from './schema.ts';

const TOPIC_NAME = text('Name of a topic for clients.', {
  minLength: 1,
  maxLength: 249,
  pattern: '^[a-zA-Z0-9._-]+$',
});
const NAME = { minLength: 1, maxLength: 255 };
const COUNT_MAX = Number.MAX_SAFE_INTEGER;

const PIN = object('Partitions of a topic that one instance alone may own.', {
  instanceId: text('Instance id that the member joins with.', NAME),
  topic: TOPIC_NAME,
  partitions: list(
    'Numbers of the partitions; they wait while the instance is absent.',
    integer('Number of a partition.', { min: 0, max: 9_999 }),
    { minItems: 1, maxItems: 200 },
  ),
});

const ASSIGNMENT = object(
  'How partitions come to members.',
  {
    mode: defaulted(
      choice('Automatic: by the assignor. Pinned: `pins` first, the rest by the assignor.', [
        'Automatic',
        'Pinned',
      ]),
      'Automatic',
    ),
    pins: optional(list('Partitions that belong to one instance alone.', PIN, { maxItems: 200 })),
  },
  [
    {
      rule: "self.mode == 'Pinned' || !has(self.pins) || self.pins.size() == 0",
      message: 'pins are there, but mode is Automatic: set mode to Pinned, or remove the pins',
    },
    {
      rule: "self.mode == 'Automatic' || (has(self.pins) && self.pins.size() > 0)",
      message:
        'mode is Pinned and there are no pins: name the partitions, or set mode to Automatic',
    },
  ],
);

const RESET = object(
  'Sets the committed offsets of all partitions of `topics`, once for each new id; refused while members are live.',
  {
    id: text('Any text; a new one asks for a new reset.', { minLength: 1, maxLength: 64 }),
    to: choice('Where the group is to go on.', ['Earliest', 'Latest']),
    execute: defaulted(
      boolean('false: only shows in status what would be changed; true: changes it.'),
      false,
    ),
  },
);

const SPEC = object(
  'What the group is to be.',
  {
    clusterRef: CLUSTER_REF,
    groupId: optional(
      text('Name of the group for clients; the name of the resource unless given.', NAME),
    ),
    topics: optional(
      list('Topics that the group reads, whatever its members ask for.', TOPIC_NAME, {
        maxItems: 1000,
        listType: 'set',
      }),
    ),
    assignor: optional(
      choice('Who gets which partitions.', Object.keys(ASSIGNORS) as (keyof typeof ASSIGNORS)[]),
    ),
    assignment: defaulted(ASSIGNMENT, { mode: 'Automatic' }),
    sessionTimeout: optional(
      text('A member that is silent for so long loses its partitions, such as 45s.', {
        maxLength: 32,
        pattern: '^[0-9]+(ms|s|m|min|h)$',
      }),
    ),
    startPosition: optional(
      choice('Where a partition begins that has no committed offset.', ['Earliest', 'Latest']),
    ),
    resetOffsets: optional(RESET),
    paused: defaulted(boolean('true: nobody owns anything; members stay.'), false),
    deletionPolicy: defaulted(
      choice(
        'What becomes of the group when this resource is deleted. Retain: its offsets stay, and members go on by their own wishes. Delete: the group goes once it has no members.',
        ['Retain', 'Delete'],
      ),
      'Retain',
    ),
  },
  [
    {
      rule: 'has(self.groupId) == has(oldSelf.groupId) && (!has(self.groupId) || self.groupId == oldSelf.groupId)',
      message: 'groupId cannot be changed: make a new ConsumerGroup',
    },
    {
      rule: '!has(self.resetOffsets) || (has(self.topics) && self.topics.size() > 0)',
      message: 'resetOffsets needs topics: name those whose offsets are to be set',
    },
  ],
);

const MEMBER = object('A member that is there.', {
  memberId: text('Id that the member made.', { maxLength: 255 }),
  instanceId: optional(text('Its instance id.', { maxLength: 255 })),
  clientId: optional(text('What the client calls itself.', { maxLength: 255 })),
  assigned: text('Partitions that it owns, as `topic:0-3,7`.', { maxLength: 4096 }),
});

const STATUS = object('What the group is.', {
  conditions: optional(CONDITIONS),
  observedGeneration: optional(OBSERVED_GENERATION),
  groupId: optional(text('Name of the group for clients.', { maxLength: 255 })),
  state: optional(text('As its coordinator says.', { maxLength: 64 })),
  groupEpoch: optional(
    integer('Rises with each change of members or assignment.', { min: 0, max: COUNT_MAX }),
  ),
  memberCount: optional(integer('Members that are there.', { min: 0, max: 1_000_000 })),
  members: optional(list('The first 256 members.', MEMBER, { maxItems: 256 })),
  lagRecords: optional(
    text('Records not yet committed, over all partitions; absent while a leader is away.', {
      maxLength: 20,
    }),
  ),
  lagSeconds: optional(
    integer('Age of the oldest record that is not committed.', { min: 0, max: COUNT_MAX }),
  ),
  lastResetId: optional(text('Id of the last reset that was carried out.', { maxLength: 64 })),
});

export const CONSUMER_GROUP_RESOURCE = customResource({
  kind: 'ConsumerGroup',
  plural: 'consumergroups',
  shortNames: ['mrg'],
  category: 'millrace',
  description: 'A group of consumers that share the partitions of topics.',
  spec: SPEC,
  status: STATUS,
  columns: [
    { name: 'Cluster', jsonPath: '.spec.clusterRef.name', type: 'string' },
    { name: 'State', jsonPath: '.status.state', type: 'string' },
    { name: 'Members', jsonPath: '.status.memberCount', type: 'integer' },
    { name: 'Lag', jsonPath: '.status.lagRecords', type: 'string' },
    { name: 'Lag seconds', jsonPath: '.status.lagSeconds', type: 'integer' },
    { name: 'Ready', jsonPath: ".status.conditions[?(@.type=='Ready')].status", type: 'string' },
    { name: 'Epoch', jsonPath: '.status.groupEpoch', type: 'integer', priority: 1 },
    { name: 'Group', jsonPath: '.status.groupId', type: 'string', priority: 1 },
  ],
});

export type ConsumerGroupSpec = SpecOf<typeof CONSUMER_GROUP_RESOURCE>;
export type ConsumerGroupStatus = StatusOf<typeof CONSUMER_GROUP_RESOURCE>;
export type ConsumerGroupResource = CustomObject<ConsumerGroupSpec, ConsumerGroupStatus>;
