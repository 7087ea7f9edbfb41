/** All kinds of custom resources, user-facing first. */
import { CLUSTER_RESOURCE } from './clusterResource.ts';
import { CONSUMER_GROUP_RESOURCE } from './consumerGroupResource.ts';
import type { CustomResource } from './customResource.ts';
import {
  ASSIGNMENT_RESOURCE,
  BROKER_RESOURCE,
  CLUSTER_STATE_RESOURCE,
} from './internalResources.ts';
import { TOPIC_RESOURCE } from './topicResource.ts';

export const CUSTOM_RESOURCES: readonly CustomResource[] = [
  CLUSTER_RESOURCE,
  TOPIC_RESOURCE,
  CONSUMER_GROUP_RESOURCE,
  ASSIGNMENT_RESOURCE,
  BROKER_RESOURCE,
  CLUSTER_STATE_RESOURCE,
];
