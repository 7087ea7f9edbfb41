/**
 * Members of many groups in one process: a Membership stream each, to the coordinator of its group, a hundred streams on a
 * connection. They do what members do that have nothing to read.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataConnection } from '@millrace/client/dataConnection';
import { DataConnector } from '@millrace/client/dataConnector';
import { membershipMethod } from '@millrace/client/groups/memberMessages';
import { MemberStream } from '@millrace/client/groups/memberStream';
import { SILENT_LOGGER } from '@millrace/client/logger';
import { MetadataCache } from '@millrace/client/metadataCache';
import type { Millrace } from '@millrace/client/millrace';
import { parseServerAddresses, type ServerAddress } from '@millrace/client/serverAddress';
import { GROUPS_TOPIC } from '@millrace/core/internalTopics';
import { partitionForKey } from '@millrace/core/murmur2';
import { SwarmMember } from './swarmMember.ts';

const STREAMS_PER_CONNECTION = 100;
/** Joins at once: more would only wait at the coordinators. */
const JOINS_AT_ONCE = 200;

export interface SwarmOptions {
  readonly groups: number;
  readonly membersPerGroup: number;
  readonly topic: string;
}

export class Swarm {
  readonly members: SwarmMember[] = [];
  readonly #client: Millrace;
  readonly #connector: DataConnector;
  /** By address. */
  readonly #streams = new Map<string, number>();
  readonly #connections = new Map<string, Promise<DataConnection>>();

  constructor(client: Millrace, servers: string) {
    this.#client = client;
    this.#connector = new DataConnector({
      metadata: new MetadataCache(client.admin, 30_000),
      servers: parseServerAddresses(servers),
      clientId: 'bench',
      connectTimeoutMs: 60_000,
      onReceived: undefined,
      tls: undefined,
      logger: SILENT_LOGGER,
    });
  }

  /** Resolves once all have joined; what moves after that settles by itself. */
  async join({ groups, membersPerGroup, topic }: SwarmOptions): Promise<void> {
    const coordinators = await this.#coordinators();
    const wanted = Array.from({ length: groups }, (_, at) => `group-${at}`).flatMap((group) =>
      Array.from({ length: membersPerGroup }, () => group),
    );
    for (let at = 0; at < wanted.length; at += JOINS_AT_ONCE) {
      const joining = wanted.slice(at, at + JOINS_AT_ONCE).map(async (group) => {
        const address = coordinators[partitionForKey(group, GROUPS_TOPIC.partitions)];
        if (address === undefined) throw new Error(`nobody coordinates ${group}`);
        const member = new SwarmMember(await this.#stream(address), group, randomUUID(), topic);
        await member.join();
        this.members.push(member);
      });
      await Promise.all(joining);
    }
  }

  close(): void {
    for (const member of this.members) member.close();
  }

  /** `client` listeners by partition of `__groups`. */
  async #coordinators(): Promise<ServerAddress[]> {
    for (;;) {
      // The first question about a group makes the topic.
      await this.#client.groupAdmin.fetchOffsets('bench').catch(() => []);
      const { brokers } = await this.#client.admin.describeCluster();
      const topic = await this.#client.admin
        .describeTopic(GROUPS_TOPIC.name)
        .catch(() => undefined);
      const found = (topic?.partitionDetails ?? []).flatMap(({ leader }) => {
        const broker = brokers.find(({ brokerId }) => brokerId === leader);
        const at = broker?.endpoints.find(({ listener }) => listener === 'client');
        return at === undefined ? [] : [{ host: at.host, port: at.port }];
      });
      if (found.length === GROUPS_TOPIC.partitions) return found;
      await sleep(200);
    }
  }

  async #stream(address: ServerAddress): Promise<MemberStream> {
    const name = `${address.host}:${address.port}`;
    const streams = this.#streams.get(name) ?? 0;
    this.#streams.set(name, streams + 1);
    const key = `${name} ${Math.floor(streams / STREAMS_PER_CONNECTION)}`;
    const connecting = this.#connections.get(key) ?? this.#connector.connectTo(address);
    this.#connections.set(key, connecting);
    const connection = await connecting;
    return new MemberStream(name, connection.open(membershipMethod().path), () => {});
  }
}
