import type { AttachRequest } from "./attach-request.ts";
import type { HeldFile } from "./held-file.ts";
import type { PendingFile } from "./pending-file.ts";
import type { RunFiles } from "./run-files.ts";

/** One file on its way into a bag. */
export interface Intake {
  /** Settles once, at the latest when it is stopped. */
  readonly file: Promise<PendingFile>;
  /**
   * Rejects at once, tells the bag, and frees what was reserved; the source and the store end in their own time. Does
   * nothing once the promise has settled.
   */
  stop(reason: unknown): void;
}

/** What an intake wants of the bag that it fills. */
export interface IntakeBag {
  readonly run: RunFiles;
  /** A file that the same call gave before; with `sha256`, only one of the same bytes. */
  find(request: AttachRequest, sha256?: string): PendingFile | undefined;
  hold(held: HeldFile): void;
  /** Notes that the file was not taken. */
  refuse(request: AttachRequest, reason: unknown): void;
}
