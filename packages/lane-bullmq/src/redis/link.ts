import { Queue } from "bullmq";
import { type Cluster, Redis, type RedisOptions } from "ioredis";
import { queueName } from "./keys.ts";
import { Pulse } from "./pulse.ts";
import { type RunScript, scriptRunner } from "./run-script.ts";

/** Where Redis is: a URL, options of ioredis, or a client, which is left alone: the lane opens connections like it. */
export type RedisAddress = string | RedisOptions | Redis | Cluster;

/** What a lane's parts have of Redis. */
export interface Link {
  readonly queue: Queue;
  /** For commands. */
  readonly client: Redis;
  readonly script: RunScript;
  /** What the keys of the queue begin with: `<prefix>:<queue>:`. */
  readonly base: string;
  /** Which connection a command goes out on that is given to the client now: what it had no answer to is sent again on the next. */
  readonly era: () => number;
  /** Opens one more connection, which is its opener's to close. */
  readonly connect: () => Redis;
  /** Of all connections that are opened here. */
  readonly pulse: Pulse;
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly name: string;
  readonly connection: RedisAddress;
  readonly prefix: string;
  /** After so long without a sign a connection is opened again. */
  readonly silenceMs: number;
  readonly onError: (error: unknown) => void;
}

/** Commands wait for a lost connection to come back: what waits too long is given up by the lane, call by call. */
const always = { maxRetriesPerRequest: null, lazyConnect: false, replyMapping: "legacy" } as const;

export function openLink({ name, connection, prefix, silenceMs, onError }: LinkOptions): Link {
  const pulse = new Pulse(silenceMs);
  const connect = (): Redis => {
    const client = newClient(connection);
    pulse.add(client);
    client.on("error", onError);
    return client;
  };
  const client = connect();
  // What is shared listens once for each of its users.
  client.setMaxListeners(50);
  let era = 0;
  client.on("ready", () => void (era += 1));
  const queue = new Queue(queueName(name), { connection: client, prefix });
  queue.on("error", onError);
  const base = queue.toKey("");
  return {
    queue,
    client,
    base,
    connect,
    pulse,
    era: () => (client.status === "ready" ? era : era + 1),
    script: scriptRunner(client, base),
    close: async () => {
      pulse.close();
      await queue.close().catch(onError);
      client.disconnect();
    },
  };
}

/** A server that has become a replica keeps its connections: they are opened again, and what it refused is sent again. */
function followMaster(): NonNullable<RedisOptions["reconnectOnError"]> {
  let last = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    // Not again and again: whoever asks is told that it is refused.
    if (!message.includes("READONLY") || performance.now() - last < 1_000) return false;
    last = performance.now();
    return 2;
  };
}

function newClient(connection: RedisAddress): Redis {
  const reconnectOnError = followMaster();
  if (typeof connection === "string") return new Redis(connection, { reconnectOnError, ...always });
  if ("nodes" in connection) {
    const redisOptions = { ...connection.options.redisOptions, ...always };
    // It has all that the lane asks of a client.
    return connection.duplicate([], { redisOptions }) as unknown as Redis;
  }
  if ("duplicate" in connection)
    return connection.duplicate({
      ...always,
      reconnectOnError: connection.options.reconnectOnError ?? reconnectOnError,
    });
  return new Redis({ reconnectOnError, ...connection, ...always });
}
