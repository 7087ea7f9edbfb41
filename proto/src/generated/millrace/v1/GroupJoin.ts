// Original file: millrace/v1/groups.proto


/**
 * What a member asks for when it joins. What is empty or 0 is left to the group.
 */
export interface GroupJoin {
  /**
   * Names; topics that do not exist yet are waited for.
   */
  'topics'?: (string)[];
  /**
   * Topics whose whole name it matches, now or later: literals, ".", classes, "\d", "\w", groups, "|", "*", "+", "?", "{m,n}".
   */
  'pattern'?: (string);
  /**
   * uniform, range or sticky.
   */
  'assignor'?: (string);
  /**
   * A member that is not heard of for so long is fenced; 0: 45 s.
   */
  'sessionTimeoutMs'?: (number);
  /**
   * A member that does not give up what it is told to within this is fenced; 0: 5 min.
   */
  'rebalanceTimeoutMs'?: (number);
  'clientId'?: (string);
}

/**
 * What a member asks for when it joins. What is empty or 0 is left to the group.
 */
export interface GroupJoin__Output {
  /**
   * Names; topics that do not exist yet are waited for.
   */
  'topics': (string)[];
  /**
   * Topics whose whole name it matches, now or later: literals, ".", classes, "\d", "\w", groups, "|", "*", "+", "?", "{m,n}".
   */
  'pattern': (string);
  /**
   * uniform, range or sticky.
   */
  'assignor': (string);
  /**
   * A member that is not heard of for so long is fenced; 0: 45 s.
   */
  'sessionTimeoutMs': (number);
  /**
   * A member that does not give up what it is told to within this is fenced; 0: 5 min.
   */
  'rebalanceTimeoutMs': (number);
  'clientId': (string);
}
