import type { AttachErrorCode } from "./errors.ts";
import type { FileData } from "./file-data.ts";
import type { FileOrigin, PendingFile } from "./pending-file.ts";

/** A file as a tool gives it. */
export interface AttachInput {
  readonly data: FileData;
  /** Made a safe and unique one; a path is cut to its last part. @default "file", with the extension of its type */
  readonly name?: string | undefined;
  /** Such as `"text/markdown"`. A hint: the bytes decide. @default what the bytes, or a `Blob`, say */
  readonly mediaType?: string | undefined;
  /** What the file shows, for readers who cannot see it. */
  readonly alt?: string | undefined;
  /** The tool call that it comes from. The same call with the same bytes gives the file that is there. */
  readonly source?: FileOrigin | undefined;
}

export interface AddOptions {
  /** Ends the reading of the file, and rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A file that was not taken, so that the reply can say so. */
export interface RejectedFile {
  /** A safe name, not unique. */
  readonly name: string;
  readonly code: AttachErrorCode;
  /** In bytes, where it was known. */
  readonly size?: number | undefined;
}

/** What a sink gets, once. */
export interface AttachmentBatch {
  /** `"<runId>/<sequence>"`: the same at every attempt, so that a delivery can tell that it is the same one. */
  readonly drainId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** In the order in which they were added. */
  readonly files: readonly PendingFile[];
  readonly rejected: readonly RejectedFile[];
}

export interface DrainOptions {
  /** If the sink is called when there are no files. @default "skip" */
  readonly whenEmpty?: "skip" | "call" | undefined;
}

/** `draining`: a sink has the files. `drained`: it has taken them. `closed`: ended without, or moved up. */
export type AttachmentState = "open" | "draining" | "drained" | "closed";

/** The bag of one run. */
export interface PendingAttachments extends AsyncDisposable {
  readonly runId: string;
  readonly state: AttachmentState;

  /**
   * Takes a file. Its place and its known bytes are reserved before anything is awaited, those of a stream as they come.
   *
   * A stream tried again by the same call is known only at its end: while the run is at its limit of files it is read and
   * compared, but where the limit of all bytes is met on the way it is refused.
   *
   * @throws {AttachError} why the file was not taken: any code but `ATTACH_DUPLICATE` and `ATTACH_UNDRAINED`
   * @throws {TypeError} if the input is not as documented
   * @throws the reason of `signal`
   */
  add(input: AttachInput, options?: AddOptions): Promise<PendingFile>;

  /** Frees a file. False if there is none of that id, or a sink has it. */
  remove(id: string): boolean;

  /** The files, in the order in which they were added. */
  list(): readonly PendingFile[];

  /** What was not taken, the first 1,000. */
  rejected(): readonly RejectedFile[];

  /**
   * A bag of its own for a run that this one started. It shares limits and names; its files and refusals move up when it
   * closes as `"ok"`, and end with it when this one ends first.
   *
   * @throws {AttachError} `ATTACH_CLOSED` if this bag is not open, `ATTACH_DUPLICATE` if there is one of that run
   */
  child(runId: string): PendingAttachments;

  /**
   * Hands all files to a sink, once. When it has settled well the files are gone: it copies what it needs longer. When it
   * fails they are in place, and the next drain has the same `drainId` and the next `attempt`.
   *
   * A file that is still being read is refused, and so is a child that has not closed.
   *
   * @returns what the sink gave; `undefined` if it was not called, because there are no files
   * @throws {AttachError} `ATTACH_CLOSED` if a sink has the files, or they are gone
   * @throws what the sink threw
   */
  drain<T>(
    sink: (batch: AttachmentBatch) => T | PromiseLike<T>,
    options: DrainOptions & { readonly whenEmpty: "call" },
  ): Promise<T>;
  drain<T>(
    sink: (batch: AttachmentBatch) => T | PromiseLike<T>,
    options?: DrainOptions,
  ): Promise<T | undefined>;

  /**
   * Ends the bag, after the sink that has its files. `"discard"` frees them. `"ok"` moves those of a child up.
   * A bag that has ended stays as it is.
   *
   * @throws {AttachError} `ATTACH_CLOSED` if the files of a child cannot move up any more: they stay until `"discard"`;
   *   `ATTACH_UNDRAINED` if `"ok"` would lose the files of a run that has no parent
   */
  close(how: "ok" | "discard"): Promise<void>;
}
