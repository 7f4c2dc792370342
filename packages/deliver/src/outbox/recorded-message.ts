import { createHash } from "node:crypto";
import type { Destination } from "../deliverer.ts";
import type { OutMessage } from "../message.ts";
import type { OutFile } from "../out-file.ts";
import { fileIdentity } from "../send/digest.ts";
import type { BlobStore, NewDelivery } from "./outbox-store.ts";

/** A file whose bytes are in the store. */
export interface RecordedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly alt?: string | undefined;
  readonly sha256?: unknown;
  readonly blobKey: string;
}

/** What is recorded of a message to one destination. */
export interface RecordedContent {
  readonly destination: Destination;
  /** `undefined` in a record that cannot be read, such as one that somebody else wrote. */
  readonly message: Omit<OutMessage, "files" | "key"> | undefined;
  readonly files: readonly RecordedFile[];
}

/** The rows of a message, one for each destination, and the files that they share. */
export interface Recording {
  readonly deliveries: readonly NewDelivery[];
  readonly files: readonly RecordedFile[];
}

export function recordingOf(
  destinations: readonly Destination[],
  { key: messageKey, files = [], ...rest }: OutMessage,
): Recording {
  const { text, format, mentions, linkPreviews, overflow } = rest;
  const message = { text, format, mentions, linkPreviews, overflow };
  const identities = files.map(fileIdentity);
  // Named by the message too: what somebody copies at the same time for another one under this key must not replace it.
  const name = files.length > 0 ? hashOf([message, identities]).slice(0, 16) : "";
  const recorded = files.map((file, index) => recordedFile(file, `outbox/${messageKey}/${name}/${index}`));
  const deliveries = destinations.map(({ channel, to, thread, replyTo }, index) => {
    const destination = { channel, to, thread, replyTo };
    const content: RecordedContent = { destination, message, files: recorded };
    const digest = hashOf([destination, message, identities]);
    return { key: `${messageKey}/${index}`, messageKey, channel, digest, content: JSON.stringify(content) };
  });
  return { deliveries, files: recorded };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function recordedFile(file: OutFile, blobKey: string): RecordedFile {
  const { name, mediaType, size, alt, sha256 } = file as OutFile & { readonly sha256?: unknown };
  return { name, mediaType, size, alt, sha256, blobKey };
}

/** Tells one destination from another. */
export function destinationKey({ channel, to, thread }: Destination): string {
  return JSON.stringify([channel, to, thread]);
}

/** Never throws: a record that cannot be read must not hold up those beside it. */
export function readContent({ channel, content }: Pick<NewDelivery, "channel" | "content">): RecordedContent {
  try {
    const read = JSON.parse(content) as RecordedContent;
    const { destination, message, files } = read;
    const named = typeof destination.channel === "string" && typeof destination.to === "string";
    const found = files.every(({ blobKey }) => typeof blobKey === "string");
    if (named && found && typeof message?.text === "string") return read;
  } catch {
    // What is left of it is said below.
  }
  return { destination: { channel, to: "" }, message: undefined, files: [] };
}

export function readFiles(files: readonly RecordedFile[], blobs: BlobStore): readonly OutFile[] {
  return files.map(({ blobKey, name, mediaType, size, alt, sha256 }) => {
    const known = { ...(alt !== undefined && { alt }), ...(sha256 !== undefined && { sha256 }) };
    return { name, mediaType, size, ...known, stream: () => blobs.openBlob(blobKey) };
  });
}
