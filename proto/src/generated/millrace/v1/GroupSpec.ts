// Original file: millrace/v1/groups.proto

import type { StartPosition as _millrace_v1_StartPosition, StartPosition__Output as _millrace_v1_StartPosition__Output } from '../../millrace/v1/StartPosition.ts';
import type { GroupPin as _millrace_v1_GroupPin, GroupPin__Output as _millrace_v1_GroupPin__Output } from '../../millrace/v1/GroupPin.ts';

export interface GroupSpec {
  /**
   * Override what members ask for; none: the members decide.
   */
  'topics'?: (string)[];
  'assignor'?: (string);
  /**
   * 0: the members decide.
   */
  'sessionTimeoutMs'?: (number);
  'rebalanceTimeoutMs'?: (number);
  'start'?: (_millrace_v1_StartPosition | null);
  /**
   * A pinned partition belongs to its instance alone and waits while that is absent.
   */
  'pins'?: (_millrace_v1_GroupPin)[];
  /**
   * Nobody owns anything.
   */
  'paused'?: (boolean);
}

export interface GroupSpec__Output {
  /**
   * Override what members ask for; none: the members decide.
   */
  'topics': (string)[];
  'assignor': (string);
  /**
   * 0: the members decide.
   */
  'sessionTimeoutMs': (number);
  'rebalanceTimeoutMs': (number);
  'start': (_millrace_v1_StartPosition__Output | null);
  /**
   * A pinned partition belongs to its instance alone and waits while that is absent.
   */
  'pins': (_millrace_v1_GroupPin__Output)[];
  /**
   * Nobody owns anything.
   */
  'paused': (boolean);
}
