import type { ActiveKind } from "./active-kind.ts";

/** Which tool call a file comes from: the same call with the same bytes adds nothing, so that it may be tried again. */
export interface FileOrigin {
  readonly tool: string;
  readonly callId: string;
}

/** What is known of a file that a run holds. Plain data. */
export interface FileFacts {
  /** Unique within the run and its child runs: `"file-1"`. */
  readonly id: string;
  /** A plain file name, unique within the run and its child runs where case and Unicode form do not count. */
  readonly name: string;
  /** What its bytes are, as `type/subtype` in lower case. */
  readonly mediaType: string;
  /** What its giver said that it is. */
  readonly declaredType?: string | undefined;
  /** In bytes, as counted. */
  readonly size: number;
  /** Of its bytes: 64 characters, lower case. */
  readonly sha256: string;
  /** What the file shows, for readers who cannot see it. As given: a sink cleans it for where it goes. */
  readonly alt?: string | undefined;
  /** What may happen to who opens it. */
  readonly active: ActiveKind;
  readonly source?: FileOrigin | undefined;
}

/** A file that waits for its delivery. It can be read until it is delivered, removed or discarded. */
export interface PendingFile extends FileFacts {
  /** A new stream from the first byte at each call. Once the file is gone, one that fails with `ATTACH_CLOSED`. */
  stream(): ReadableStream<Uint8Array>;
  /** All bytes, the caller's own. */
  bytes(): Promise<Uint8Array>;
}
