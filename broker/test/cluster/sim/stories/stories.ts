import { controllerStories } from './controllerStories.ts';
import { damagedCopyStories, damagedLeaderStories } from './damageStories.ts';
import { electionStories } from './electionStories.ts';
import { followerStories } from './followerStories.ts';
import { isrStories } from './isrStories.ts';
import { leaderStories } from './leaderStories.ts';
import { recoveryStories } from './recoveryStories.ts';
import { tombstoneStories } from './tombstoneStories.ts';
import type { ControllerStory, ReplicationStory } from './story.ts';

export const replicationStories: readonly ReplicationStory[] = [
  ...leaderStories,
  ...isrStories,
  ...followerStories,
  ...damagedCopyStories,
  ...tombstoneStories,
];

export const electionAndRecoveryStories: readonly ControllerStory[] = [
  ...electionStories,
  ...recoveryStories,
  ...controllerStories,
  ...damagedLeaderStories,
];

/** Each with its rules as they are in its own layer. */
export const clusterStories = [
  ...replicationStories.map(({ rule, promise, tell }) => ({
    rule,
    promise,
    tell: (seed: number, isOff = false) => tell(new Set(isOff ? [rule] : []), seed),
  })),
  ...electionAndRecoveryStories.map(({ rule, promise, tell }) => ({
    rule,
    promise,
    tell: (seed: number, isOff = false) => tell(new Set(isOff ? [rule] : []), seed),
  })),
];
