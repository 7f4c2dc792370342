import { Queue } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import { queueName } from "./keys.ts";
import { type RunScript, scriptRunner } from "./run-script.ts";

/** Where Redis is: a URL, options of ioredis, or a client, which is left alone: the lane opens connections like it. */
export type RedisAddress = string | RedisOptions | Redis;

/** What a lane's parts have of Redis. */
export interface Link {
  readonly queue: Queue;
  /** For commands. */
  readonly client: Redis;
  readonly script: RunScript;
  /** What the keys of the queue begin with: `<prefix>:<queue>:`. */
  readonly base: string;
  /** Opens one more connection, which is its opener's to close. */
  readonly connect: () => Redis;
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly name: string;
  readonly connection: RedisAddress;
  readonly prefix: string;
  readonly onError: (error: unknown) => void;
}

/** Commands wait for a lost connection to come back: what waits too long is given up by the lane, call by call. */
const always = { maxRetriesPerRequest: null, lazyConnect: false, replyMapping: "legacy" } as const;

export function openLink({ name, connection, prefix, onError }: LinkOptions): Link {
  const connect = (): Redis => {
    const client = newClient(connection);
    client.on("error", onError);
    return client;
  };
  const client = connect();
  // What is shared listens once for each of its users.
  client.setMaxListeners(50);
  const queue = new Queue(queueName(name), { connection: client, prefix });
  queue.on("error", onError);
  const base = queue.toKey("");
  return {
    queue,
    client,
    base,
    connect,
    script: scriptRunner(client, base),
    close: async () => {
      await queue.close().catch(onError);
      client.disconnect();
    },
  };
}

function newClient(connection: RedisAddress): Redis {
  if (typeof connection === "string") return new Redis(connection, always);
  if ("duplicate" in connection) return connection.duplicate(always);
  return new Redis({ ...connection, ...always });
}
