/** What is stored of a job besides its name: short keys, since every job carries them. */
export interface JobData {
  /** Caller; none for the bucket that all jobs without one share. */
  readonly c?: string | undefined;
  /** Metadata, base64. */
  readonly m?: string | undefined;
  /** `timeoutMs` */
  readonly t?: number | undefined;
  /** Weight, unless it is 1. */
  readonly w?: number | undefined;
  /** The process that submitted it. */
  readonly f: string;
  /** Level: 0 is the highest. */
  readonly l: number;
  /** Which of that process's submits it was: two jobs that had the same id, one after the other, are told apart by it. */
  readonly n: number;
}

/** What a job's code gave, as BullMQ keeps it: an object, since JSON has no `undefined`. */
export interface ValueJson {
  readonly v?: unknown;
}

/** A caller as the scripts know it. */
export function callerKey(callerId: string | undefined): string {
  return callerId === undefined ? "-" : `c${callerId}`;
}

export function encodeBytes(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

export function decodeBytes(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new Uint8Array(Buffer.from(text, "base64"));
}
