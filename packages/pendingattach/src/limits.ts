import { type Logger, reportProblem } from "./internal/logger.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { requireNameBytes } from "./safe-name.ts";

/** A number, or a function that gives one and is asked whenever the limit counts, such as a live setting. */
export type AttachmentLimit = number | (() => number);

/** Of one run together with its child runs. `Infinity` is no limit, 0 takes nothing. */
export interface AttachmentLimits {
  /** Files held at a time, those that are still being read included. @default 10 */
  readonly maxFiles?: AttachmentLimit | undefined;
  /** Of one file. @default 10_485_760 (10 MiB) */
  readonly maxFileBytes?: AttachmentLimit | undefined;
  /** Of all files. @default 26_214_400 (25 MiB) */
  readonly maxTotalBytes?: AttachmentLimit | undefined;
  /** Of a file's name in UTF-8, from 16 to 255. @default 120 */
  readonly maxNameBytes?: AttachmentLimit | undefined;
}

type LimitName = keyof AttachmentLimits;

const defaults: Readonly<Record<LimitName, number>> = {
  maxFiles: 10,
  maxFileBytes: 10 * 1024 * 1024,
  maxTotalBytes: 25 * 1024 * 1024,
  maxNameBytes: 120,
};

/** The limits as they are at this moment. */
export class LiveLimits {
  readonly #sources: Readonly<Record<LimitName, AttachmentLimit>>;
  readonly #last: Record<LimitName, number>;
  readonly #logger: Logger | undefined;

  /** @throws {TypeError | RangeError} if a limit, or the first value of its function, is none. */
  constructor(limits: AttachmentLimits, logger: Logger | undefined) {
    const { maxFiles = defaults.maxFiles, maxFileBytes = defaults.maxFileBytes } = limits;
    const { maxTotalBytes = defaults.maxTotalBytes, maxNameBytes = defaults.maxNameBytes } = limits;
    this.#sources = { maxFiles, maxFileBytes, maxTotalBytes, maxNameBytes };
    this.#last = { ...defaults };
    this.#logger = logger;
    for (const name of Object.keys(defaults) as LimitName[]) this.#last[name] = this.#ask(name);
  }

  /** A function that throws or gives no valid number leaves its last value in force. */
  read(name: LimitName): number {
    if (typeof this.#sources[name] === "function") {
      try {
        this.#last[name] = this.#ask(name);
      } catch (error) {
        reportProblem(this.#logger, `Limit '${name}' of attachments keeps its last value`, error);
      }
    }
    return this.#last[name];
  }

  #ask(name: LimitName): number {
    const source = this.#sources[name];
    const value: unknown = typeof source === "function" ? source() : source;
    const what = `Cannot limit attachments: '${name}'`;
    if (name === "maxNameBytes") requireNameBytes(value as number, what);
    else requireWholeNumber(value as number, what, 0);
    return value as number;
  }
}
