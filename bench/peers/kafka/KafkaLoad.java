import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's side of the bench: one command per line on stdin, one JSON result per line on stdout (bench/src/load/protocol.ts).
 * It lives as long as the bench, so that the JVM is warm. Only acknowledged records are counted; latencies run from the
 * intended send time, whatever the sender's delay.
 */
public final class KafkaLoad {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final String servers;
  private final Admin admin;

  private KafkaLoad(String servers) {
    this.servers = servers;
    this.admin = Admin.create(Map.of("bootstrap.servers", servers));
  }

  public static void main(String[] args) throws Exception {
    KafkaLoad load = new KafkaLoad(args[0]);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode reply = JSON.createObjectNode();
      try {
        load.run(JSON.readTree(line), reply);
      } catch (Exception e) {
        reply.removeAll().put("error", e.toString());
      }
      System.out.println(JSON.writeValueAsString(reply));
      System.out.flush();
    }
    System.exit(0);
  }

  private void run(JsonNode c, ObjectNode reply) throws Exception {
    switch (c.get("op").asText()) {
      case "create" -> create(c);
      case "delete" -> delete(c);
      case "fill" -> fill(c, reply);
      case "produce" -> produce(c, reply);
      case "rate" -> rate(c, reply);
      case "consume" -> consume(c, reply);
      default -> throw new IllegalArgumentException("unknown op " + c.get("op"));
    }
  }

  private void create(JsonNode c) throws Exception {
    NewTopic topic = new NewTopic(c.get("topic").asText(), c.get("partitions").asInt(), (short) c.get("replicationFactor").asInt());
    admin.createTopics(List.of(topic)).all().get();
    // The reply must mean "every partition serves": metadata names leaders whose logs are still being created, and the
    // first sends would wait for them inside the window.
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (int p = 0; p < topic.numPartitions(); p++) all.put(new TopicPartition(topic.name(), p), OffsetSpec.earliest());
    long until = System.nanoTime() + 120_000_000_000L;
    while (true) {
      try {
        admin.listOffsets(all, new ListOffsetsOptions().timeoutMs(30_000)).all().get();
        return;
      } catch (ExecutionException e) {
        if (System.nanoTime() > until) throw e;
        Thread.sleep(100);
      }
    }
  }

  private void delete(JsonNode c) throws Exception {
    admin.deleteTopics(List.of(c.get("topic").asText())).all().get();
  }

  private KafkaProducer<byte[], byte[]> producer(JsonNode c) {
    return new KafkaProducer<>(Map.of(
        "bootstrap.servers", servers,
        "acks", "all",
        "batch.size", c.get("batchBytes").asInt(),
        "linger.ms", c.get("lingerMs").asInt(),
        "buffer.memory", 64L << 20,
        "key.serializer", ByteArraySerializer.class,
        "value.serializer", ByteArraySerializer.class));
  }

  private static byte[] payload(JsonNode c) {
    byte[] value = new byte[c.get("recordBytes").asInt()];
    new Random(1).nextBytes(value);
    return value;
  }

  /** Callbacks run on the producer's one IO thread: a plain counter, published volatile. */
  private static final class Acked implements Callback {
    volatile long count;
    final AtomicReference<Exception> failure = new AtomicReference<>();

    @Override
    public void onCompletion(org.apache.kafka.clients.producer.RecordMetadata m, Exception e) {
      if (e != null) failure.compareAndSet(null, e);
      else count = count + 1;
    }

    void check() throws Exception {
      if (failure.get() != null) throw failure.get();
    }
  }

  private void fill(JsonNode c, ObjectNode reply) throws Exception {
    Acked acked = new Acked();
    long records = c.get("records").asLong();
    byte[] value = payload(c);
    long from = System.nanoTime();
    try (var producer = producer(c)) {
      for (long i = 0; i < records; i++) producer.send(new ProducerRecord<>(c.get("topic").asText(), value), acked);
      producer.flush();
    }
    acked.check();
    report(reply, acked.count, acked.count, value.length, (System.nanoTime() - from) / 1e9);
  }

  private void produce(JsonNode c, ObjectNode reply) throws Exception {
    Acked acked = new Acked();
    String topic = c.get("topic").asText();
    byte[] value = payload(c);
    long start = System.nanoTime();
    long from = start + (long) (c.get("warmupSeconds").asDouble() * 1e9);
    long end = from + (long) (c.get("seconds").asDouble() * 1e9);
    long atFrom = -1, atEnd, fromTaken = 0, endTaken;
    try (var producer = producer(c)) {
      while (true) {
        for (int i = 0; i < 64; i++) producer.send(new ProducerRecord<>(topic, value), acked);
        long now = System.nanoTime();
        if (atFrom < 0 && now >= from) {
          atFrom = acked.count;
          fromTaken = now;
        }
        if (now >= end && atFrom >= 0) {
          atEnd = acked.count;
          endTaken = now;
          break;
        }
      }
      producer.flush();
    }
    acked.check();
    report(reply, atEnd - atFrom, acked.count, value.length, (endTaken - fromTaken) / 1e9);
  }

  private void rate(JsonNode c, ObjectNode reply) throws Exception {
    String topic = c.get("topic").asText();
    int partitions = c.get("partitions").asInt();
    byte[] value = payload(c);
    double interval = 1e9 / c.get("perSecond").asDouble();
    int skip = (int) (c.get("warmupSeconds").asDouble() * c.get("perSecond").asDouble());
    int total = skip + (int) (c.get("seconds").asDouble() * c.get("perSecond").asDouble());
    double[] ms = new double[total];
    Acked acked = new Acked();
    try (var producer = producer(c)) {
      producer.partitionsFor(topic);
      long start = System.nanoTime();
      for (int i = 0; i < total; i++) {
        long due = start + (long) (i * interval);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) LockSupport.parkNanos(left);
        int index = i;
        producer.send(new ProducerRecord<>(topic, i % partitions, null, value), (m, e) -> {
          ms[index] = (System.nanoTime() - due) / 1e6;
          acked.onCompletion(m, e);
        });
      }
      producer.flush();
      acked.check();
      double seconds = (System.nanoTime() - start) / 1e9 - c.get("warmupSeconds").asDouble();
      report(reply, total - skip, total, value.length, seconds);
    }
    double[] sorted = Arrays.copyOfRange(ms, skip, total);
    Arrays.sort(sorted);
    reply.put("p50Ms", at(sorted, 0.5)).put("p99Ms", at(sorted, 0.99)).put("p999Ms", at(sorted, 0.999)).put("maxMs", at(sorted, 1));
  }

  private static double at(double[] sorted, double q) {
    return sorted[(int) Math.floor((sorted.length - 1) * q)];
  }

  /** Whole passes over the topic, from the beginning, until the time is over. */
  private void consume(JsonNode c, ObjectNode reply) throws Exception {
    long perPass = c.get("records").asLong();
    List<TopicPartition> assigned = new ArrayList<>();
    for (int p = 0; p < c.get("partitions").asInt(); p++) assigned.add(new TopicPartition(c.get("topic").asText(), p));
    long count = 0, bytes = 0;
    try (var consumer = new KafkaConsumer<byte[], byte[]>(Map.of(
        "bootstrap.servers", servers,
        "enable.auto.commit", false,
        "max.poll.records", 10_000,
        "receive.buffer.bytes", 2 << 20,
        "key.deserializer", ByteArrayDeserializer.class,
        "value.deserializer", ByteArrayDeserializer.class))) {
      consumer.assign(assigned);
      long start = System.nanoTime(), end = start + (long) (c.get("seconds").asDouble() * 1e9);
      do {
        consumer.seekToBeginning(assigned);
        for (long target = count + perPass; count < target; ) {
          for (var record : consumer.poll(Duration.ofSeconds(1))) {
            count++;
            bytes += record.value().length;
          }
          if (System.nanoTime() > end + 60_000_000_000L) throw new IllegalStateException("read " + count + " of " + target);
        }
      } while (System.nanoTime() < end);
      report(reply, count, count, (double) bytes / count, (System.nanoTime() - start) / 1e9);
    }
  }

  private static void report(ObjectNode reply, long records, long all, double recordBytes, double seconds) {
    reply.put("records", records).put("bytes", (long) (records * recordBytes)).put("bytesAll", (long) (all * recordBytes)).put("seconds", seconds);
  }
}
