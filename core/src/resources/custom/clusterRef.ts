import { CLUSTER_NAME_CHARS_MAX } from './resourceNames.ts';
import { object, text } from './schema.ts';

/** Which Cluster of the namespace something belongs to. */
export const CLUSTER_REF = object(
  'The Cluster, in the same namespace. It cannot be changed.',
  {
    name: text('Name of the Cluster.', { minLength: 1, maxLength: CLUSTER_NAME_CHARS_MAX }),
  },
  [
    {
      rule: 'self.name == oldSelf.name',
      message: 'clusterRef cannot be changed: make a new resource for the other cluster',
    },
  ],
);
