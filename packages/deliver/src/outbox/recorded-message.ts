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
  readonly message: Omit<OutMessage, "files" | "key">;
  readonly files: readonly RecordedFile[];
}

/** The key of the blob that holds a file's copy. The destinations of a message share it. */
export function blobKeyOf(messageKey: string, index: number): string {
  return `outbox/${messageKey}/${index}`;
}

/** The rows of a message, one for each destination. */
export function newDeliveries(
  destinations: readonly Destination[],
  { key: messageKey, files = [], ...rest }: OutMessage,
): readonly NewDelivery[] {
  const { text, format, mentions, linkPreviews, overflow } = rest;
  const message = { text, format, mentions, linkPreviews, overflow };
  const identities = files.map(fileIdentity);
  const recorded = files.map((file, index) => recordedFile(file, blobKeyOf(messageKey, index)));
  return destinations.map(({ channel, to, thread, replyTo }, index) => {
    const destination = { channel, to, thread, replyTo };
    const content: RecordedContent = { destination, message, files: recorded };
    const digest = createHash("sha256")
      .update(JSON.stringify([destination, message, identities]))
      .digest("hex");
    return { key: `${messageKey}/${index}`, messageKey, channel, digest, content: JSON.stringify(content) };
  });
}

function recordedFile(file: OutFile, blobKey: string): RecordedFile {
  const { name, mediaType, size, alt, sha256 } = file as OutFile & { readonly sha256?: unknown };
  return { name, mediaType, size, alt, sha256, blobKey };
}

/** Tells one destination from another. */
export function destinationKey({ channel, to, thread }: Destination): string {
  return JSON.stringify([channel, to, thread]);
}

export function readContent(content: string): RecordedContent {
  return JSON.parse(content) as RecordedContent;
}

/** The message again, with files that are read from the store. */
export function readMessage(key: string, { message, files }: RecordedContent, blobs: BlobStore): OutMessage {
  const outFiles = files.map(({ blobKey, ...file }) => ({ ...file, stream: () => blobs.openBlob(blobKey) }));
  return { ...message, key, files: outFiles };
}
