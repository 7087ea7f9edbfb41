/**
 * Topics as somebody else makes them: a request declares what a topic is to be, the operator gives it partitions and says
 * when they are there (kubernetes.md, Topic). All methods reject with STORE_UNAVAILABLE as ClusterStore does.
 */
import type { TopicId } from '@millrace/core/ids';

export interface TopicDeclaration {
  /** Of the resource, which is not always the topic's. */
  readonly resourceName: string;
  readonly version: number;
  readonly topicName: string;
  /** Undefined: the operator chooses. */
  readonly partitions: number | undefined;
  readonly replicationFactor: number | undefined;
  readonly config: Readonly<Record<string, string>>;
  /** True: its records are kept when the declaration goes. */
  readonly isRetained: boolean;
  readonly topicId: TopicId | undefined;
  /** done: as declared. refused: until somebody declares something else. */
  readonly state: 'waiting' | 'done' | 'refused';
  /** Of the state, one word for programs and a sentence for people; empty: nobody looked at it yet. */
  readonly reason: string;
  readonly message: string;
}

export interface NewDeclaration {
  readonly topicName: string;
  readonly partitions: number | undefined;
  readonly replicationFactor: number | undefined;
  readonly config: Readonly<Record<string, string>>;
}

export interface DeclarationChange {
  /** Undefined: as it is. */
  readonly partitions: number | undefined;
  /** Undefined value: back to the default. */
  readonly config: Readonly<Record<string, string | undefined>>;
}

export interface TopicDeclarations {
  /** Of several for one name the one that is in force. */
  find(topicName: string): Promise<TopicDeclaration | undefined>;
  read(resourceName: string): Promise<TopicDeclaration | undefined>;
  /** Rejects with CONFLICT if there is one meanwhile. */
  create(declaration: NewDeclaration): Promise<TopicDeclaration>;
  /** Rejects with CONFLICT if it is another version. */
  change(declaration: TopicDeclaration, change: DeclarationChange): Promise<TopicDeclaration>;
  /** Rejects with CONFLICT if it is another version; no error if it is gone. */
  remove(declaration: TopicDeclaration): Promise<void>;
  /** Requests under way fail. */
  close(): Promise<void>;
}
