/**
 * Kafka 4 in KRaft combined mode, with the JVM options of its own start scripts and its default of no fsync. Its load
 * process is peers/kafka/KafkaLoad.java.
 */
import fs from 'node:fs';
import path from 'node:path';
import { freePorts, portOpens, startChild } from '../child.ts';
import { startLoad } from '../load/loadProcess.ts';
import { builtPeer, tool } from '../peerCache.ts';
import { ProcessTarget, type Running, type StartOptions } from '../target.ts';

const SOURCE = path.join(import.meta.dirname, '../../peers/kafka');
/** kafka-run-class.sh and kafka-server-start.sh set these. */
const JVM = '-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35'
  .concat(' -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true')
  .split(' ');
const BROKER_HEAP = ['-Xms1G', '-Xmx1G'];
const CLUSTER_ID = 'TWlsbHJhY2UtYmVuY2gtMQ';

export class KafkaTarget extends ProcessTarget {
  readonly name = 'kafka';

  describe(): string {
    const pom = fs.readFileSync(path.join(SOURCE, 'pom.xml'), 'utf8');
    const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1];
    return `Apache Kafka ${version}, KRaft, acks=all, no fsync before the acknowledgement (its default)`;
  }

  protected async launch({ brokers, dir, cacheDir }: StartOptions): Promise<Running> {
    const built = await builtPeer(cacheDir, SOURCE, build);
    const classPath = `${path.join(built, 'lib')}/*:${path.join(built, 'classes')}`;
    const java = [
      `-Dlog4j2.configurationFile=${path.join(SOURCE, 'log4j2.properties')}`,
      '-cp',
      classPath,
    ];
    const ports = await freePorts(2 * brokers);
    const voters = Array.from({ length: brokers }, (_, i) => `${i}@127.0.0.1:${ports[2 * i + 1]}`);
    const children = await Promise.all(
      voters.map(async (_, i) => {
        const config = path.join(dir, `server-${i}.properties`);
        const [port = 0, controllerPort = 0] = ports.slice(2 * i);
        const settings = brokerSettings({ id: i, brokers, port, controllerPort, voters, dir });
        fs.writeFileSync(config, settings.join('\n'));
        const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', config];
        await tool('java', [...java, ...format], dir);
        const child = startChild('java', [...BROKER_HEAP, ...JVM, ...java, 'kafka.Kafka', config], {
          logFile: path.join(dir, `broker-${i}.log`),
          stdout: 'log',
        });
        await portOpens(child, port, 60_000);
        return { child, address: `127.0.0.1:${port}` };
      }),
    );
    const servers = children.map(({ address }) => address).join(',');
    const loadArgs = ['-Xmx1G', '-XX:+UseG1GC', ...java, 'KafkaLoad', servers];
    const load = startLoad('java', loadArgs, path.join(dir, 'load.log'));
    return { load, brokers: children.map(({ child }) => child) };
  }
}

async function build(outDir: string): Promise<void> {
  const lib = path.join(outDir, 'lib');
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  await tool('mvn', ['-q', '-B', ...copy, `-DoutputDirectory=${lib}`], SOURCE);
  const classes = path.join(outDir, 'classes');
  await tool('javac', ['-cp', `${lib}/*`, '-d', classes, 'KafkaLoad.java'], SOURCE);
}

function brokerSettings(options: {
  id: number;
  brokers: number;
  port: number;
  controllerPort: number;
  voters: readonly string[];
  dir: string;
}): string[] {
  const { id, brokers, port, controllerPort, voters, dir } = options;
  const internalReplicas = Math.min(3, brokers);
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `controller.quorum.voters=${voters.join(',')}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${path.join(dir, `data-${id}`)}`,
    `offsets.topic.replication.factor=${internalReplicas}`,
    'auto.create.topics.enable=false',
    // As config/server.properties that Kafka ships.
    'num.network.threads=3',
    'num.io.threads=8',
    'socket.send.buffer.bytes=102400',
    'socket.receive.buffer.bytes=102400',
    `min.insync.replicas=${brokers >= 3 ? 2 : 1}`,
    // Deleted topics of one measurement must not be written back during the next.
    'log.segment.delete.delay.ms=1000',
    'file.delete.delay.ms=1000',
  ];
}
