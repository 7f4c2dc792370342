import { fileURLToPath } from "node:url";
import { type Data, lookUp, namesIn, type Parse, parseContent } from "./file-content.ts";
import { type Content, readContent, readContentNow, readSettled } from "./file-read.ts";
import { watchContent } from "./file-watch.ts";
import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import { requireKey, type Source } from "./source.ts";

export interface FileOptions {
  /** Makes data of the text, such as a YAML parser. What it throws is not shown: it may quote the file. @default JSON */
  readonly parse?: Parse | undefined;
  /** If the file may be absent, and is then empty. @default false */
  readonly optional?: boolean | undefined;
  /** If a file that everybody may write is refused. Has no effect on Windows. @default false */
  readonly refuseWorldWritable?: boolean | undefined;
  /** How often the content is compared, where no event tells of a change; `Infinity` for never. @default 2000 */
  readonly pollMs?: number | undefined;
  /** How long a changed content has to stay the same before it counts. @default 50 */
  readonly settleMs?: number | undefined;
}

const action = "Cannot use settings file";
const maxMs = 2_147_483_647;
const knownOptions = {
  parse: true,
  optional: true,
  refuseWorldWritable: true,
  pollMs: true,
  settleMs: true,
} as const;

/** A file as a source. Without `load` it is read when first asked. */
export interface FileSource extends Source {
  readonly name: string;
  keys(): Iterable<string>;
  /**
   * Reads the file again. One that is missing, refused or cannot be parsed leaves what was read before.
   *
   * @throws {ConfigError} `CONFIG_SOURCE`
   */
  load(signal?: AbortSignal): Promise<void>;
  subscribe(changed: () => void): () => void;
}

/**
 * A file of settings. The key `lane.llm.max` is found in `{ "lane": { "llm": { "max": 4 } } }` and in
 * `{ "lane.llm.max": 4 }`. Nothing is read before it is asked, loaded or subscribed to; only while subscribed is it watched, which keeps
 * no process alive.
 *
 * @throws {TypeError | RangeError} for a bad path or option.
 */
export function fileSource(path: string | URL, options: FileOptions = {}): FileSource {
  requireKnown(options, knownOptions, `${action}: 'options'`);
  const { parse = JSON.parse, optional = false, refuseWorldWritable = false } = options;
  const { pollMs = 2_000, settleMs = 50 } = options;
  checkPath(path);
  checkMs("pollMs", pollMs, 1);
  checkMs("settleMs", settleMs, 0);
  for (const [option, value] of Object.entries({ optional, refuseWorldWritable })) {
    if (typeof value !== "boolean")
      throw new TypeError(`${action}: '${option}' must be true or false: received ${show(value)}`);
  }
  if (typeof parse !== "function")
    throw new TypeError(`${action}: 'parse' must be a function: received ${typeof parse}`);
  const name = typeof path === "string" ? path : fileURLToPath(path);
  let seen: Content | undefined;
  let data: Data | undefined;

  function take(content: Content): Data {
    seen = content;
    return (data = parseContent(content, { name, parse, optional, refuseWorldWritable }));
  }
  const current = (): Data => data ?? take(readContentNow(name));
  return {
    name,
    get(key) {
      requireKey(key, "Cannot read setting");
      return lookUp(current(), key);
    },
    keys: () => namesIn(current()),
    async load(signal) {
      signal?.throwIfAborted();
      take(data ? await readSettled(name, seen, settleMs, signal) : await readContent(name));
    },
    subscribe: (changed) => watchContent(name, pollMs, seen, changed),
  };
}

function checkPath(path: unknown): void {
  if (path instanceof URL ? path.protocol === "file:" : typeof path === "string" && path !== "") return;
  const received = path instanceof URL ? path.protocol : path === "" ? '""' : typeof path;
  throw new TypeError(`${action}: 'path' must be a path or a file: URL: received ${received}`);
}

function checkMs(name: string, value: number, least: number): void {
  if (typeof value !== "number")
    throw new TypeError(`${action}: '${name}' must be a number: received ${typeof value}`);
  if ((value >= least && value <= maxMs) || (value === Number.POSITIVE_INFINITY && name === "pollMs")) return;
  throw new RangeError(`${action}: '${name}' must be from ${least} to ${maxMs}: received ${value}`);
}
