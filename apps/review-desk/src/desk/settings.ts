import {
  codec,
  type Config,
  ConfigError,
  createConfig,
  env,
  type Logger,
  type SchemaResult,
  type Source,
} from "@executus/config";
import { fileSource } from "@executus/config/file";
import { z } from "zod";
import { channelsSchema } from "./channel.ts";
import { UsageError } from "../usage-error.ts";
import { explained } from "./explained.ts";
import { membersSchema } from "./member.ts";

/** A whole number, as text or not. What is neither is refused, and not taken for 0. */
function count(minimum: number, maximum = 1_000_000): typeof codec.int {
  return within(codec.int, { minimum, maximum, range: `from ${minimum} to ${maximum}` });
}

/** A time with a unit, as far as a timer can hold it, in milliseconds. */
function time(minimum: number): typeof codec.duration {
  return within(codec.duration, { minimum, maximum: 2 ** 31 - 1, range: `from ${minimum}ms to 24d` });
}

interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
  /** Both of them, in words. */
  readonly range: string;
}

function within(schema: typeof codec.int, { minimum, maximum, range }: Bounds): typeof codec.int {
  const validate = (value: unknown): SchemaResult<number> => {
    const read = schema["~standard"].validate(value) as SchemaResult<number>;
    if (read.issues || (read.value >= minimum && read.value <= maximum)) return read;
    return { issues: [{ message: `it must be ${range}` }] };
  };
  return { "~standard": { version: 1, vendor: "review-desk", validate } };
}

/** The lanes that there are, and the setting that holds the cap of each. */
export const laneCaps = { review: "lanes.review.maxConcurrent" } as const;
export type LaneName = keyof typeof laneCaps;

/** How many of them this process runs at most, of lanes that several share. */
export const laneCapsHere = { review: "lanes.review.maxConcurrentHere" } as const;

/** Every setting of the service. What is marked `restart` is read once. */
const shape = {
  // Nothing would be every address of the machine.
  host: { schema: z.string().min(1), default: "127.0.0.1", reload: "restart" },
  port: { schema: count(0, 65_535), default: 4280, reload: "restart" },
  repos: {
    schema: codec.string,
    default: ".",
    reload: "restart",
    doc: "the folder whose children are reviewed",
  },
  store: {
    schema: codec.string,
    default: "review-desk.sqlite",
    secret: true,
    reload: "restart",
    doc: "the path of a SQLite file, or postgres://…",
  },
  storeSchema: {
    schema: codec.string,
    default: "review_desk",
    reload: "restart",
    doc: "of PostgreSQL, which holds the tables",
  },
  lanesUrl: {
    schema: codec.string,
    optional: true,
    secret: true,
    reload: "restart",
    doc: "redis://…: lanes that several processes share",
  },
  lanesPrefix: {
    schema: codec.string,
    default: "review-desk",
    reload: "restart",
    doc: "of keys in Redis: one for each store",
  },
  overrides: {
    schema: codec.string,
    optional: true,
    reload: "restart",
    doc: "the file of caps that an admin has set",
  },
  members: { schema: codec.json(membersSchema), secret: true },
  channels: { schema: codec.json(channelsSchema), secret: true, default: {}, reload: "restart" },
  models: { schema: codec.list, optional: true, reload: "restart", doc: "default: EXECUTUS_MODEL, or rules" },
  [laneCaps.review]: { schema: count(0), default: 8, doc: "runs and cells at once" },
  [laneCapsHere.review]: {
    schema: count(0),
    default: 1_000_000,
    reload: "restart",
    doc: "of these in this process, with lanesUrl; 0 only takes requests",
  },
  modelMaxConcurrent: {
    schema: count(1),
    default: 1_000_000,
    doc: "cells of one run at once with one model",
  },
  "limits.runs": { schema: count(1), default: 1_000, doc: "runs that wait or run, in all" },
  "limits.runsPerCaller": { schema: count(1), default: 100 },
  "limits.streams": { schema: count(1), default: 200, doc: "event streams that are open, in all" },
  "limits.streamsPerCaller": { schema: count(1), default: 20 },
  grace: { schema: time(0), default: 10_000, doc: "how long a stop waits for what runs" },
  lease: {
    schema: time(1),
    default: 10_000,
    reload: "restart",
    doc: "silence after which a process is dead",
  },
  deliveryDeadline: {
    schema: time(1),
    default: 30_000,
    reload: "restart",
    doc: "for one try of a delivery",
  },
  retention: { schema: time(0), default: 24 * 60 * 60 * 1_000, reload: "restart" },
} as const;

export type Settings = Config<typeof shape>;

export interface SettingsSources {
  /** What the command line says: above all else. */
  readonly flags: ReadonlyMap<string, unknown>;
  /** What an admin has changed while it ran. */
  readonly overrides: Source;
  /** The path of the config file. */
  readonly file: string | undefined;
  readonly logger: Logger;
}

/**
 * The settings, followed from now on: flags, then overrides, then the environment, then the file.
 *
 * @throws {ConfigError | UsageError} with every problem at once, without any secret.
 */
export async function loadSettings({ flags, overrides, file, logger }: SettingsSources): Promise<Settings> {
  // Variables of the model settings have the same prefix: only names in files are judged.
  const variables: Source = { ...environment(), keys: () => [] };
  const sources = [
    { name: "command line", get: (key: string) => flags.get(key) },
    overrides,
    variables,
    ...(file === undefined ? [] : [fileSource(file)]),
  ];
  const problems: string[] = [];
  let tell = (problem: string): unknown => problems.push(problem);
  const told = {
    ...shape,
    members: { ...shape.members, schema: explained("members", shape.members.schema, (each) => tell(each)) },
    channels: {
      ...shape.channels,
      schema: explained("channels", shape.channels.schema, (each) => tell(each)),
    },
  };
  try {
    return await createConfig(told, { sources, strict: true, logger });
  } catch (error) {
    if (!(error instanceof ConfigError) || problems.length === 0) throw error;
    throw new UsageError([error.message, ...problems].join("\n  "), { cause: error });
  } finally {
    tell = (problem) => logger.warn({ problem }, "a setting is not taken");
  }
}

/** The environment of the app: the key `lease` is `EXECUTUS_LEASE`. */
export function environment(): Source {
  return env({ prefix: "EXECUTUS_" });
}
