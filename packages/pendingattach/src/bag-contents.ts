import type { RejectedFile } from "./attachments.ts";
import type { HeldFile } from "./held-file.ts";
import type { FileOrigin, PendingFile } from "./pending-file.ts";

/** A tool that never stops trying fills no memory with its refusals. */
const mostRejected = 1_000;

/** What a bag holds, and what it refused. */
export class BagContents {
  readonly #held = new Map<string, HeldFile>();
  readonly #byCall = new Map<string, Set<HeldFile>>();
  readonly #rejected: RejectedFile[] = [];

  get size(): number {
    return this.#held.size;
  }

  hold(held: HeldFile): void {
    this.#held.set(held.file.id, held);
    const { source } = held.file;
    if (!source) return;
    const ofCall = this.#byCall.get(callKey(source));
    if (ofCall) ofCall.add(held);
    else this.#byCall.set(callKey(source), new Set([held]));
  }

  /** A file that came from the call; with `sha256`, only one of the same bytes. */
  find(origin: FileOrigin | undefined, sha256: string | undefined): PendingFile | undefined {
    const ofCall = origin && this.#byCall.get(callKey(origin));
    if (!ofCall) return undefined;
    const found = [...ofCall].find(({ file }) => sha256 === undefined || file.sha256 === sha256);
    return found?.file;
  }

  /** In the order in which they were added. */
  list(): readonly PendingFile[] {
    const inOrder = [...this.#held.values()].sort((one, other) => one.position - other.position);
    return Object.freeze(inOrder.map(({ file }) => file));
  }

  remove(id: string): boolean {
    const held = this.#held.get(id);
    if (!held) return false;
    this.#held.delete(id);
    const { source } = held.file;
    if (source) this.#forgetCall(source, held);
    held.drop();
    return true;
  }

  reject(file: RejectedFile): void {
    if (this.#rejected.length < mostRejected) this.#rejected.push(Object.freeze(file));
  }

  rejected(): readonly RejectedFile[] {
    return Object.freeze([...this.#rejected]);
  }

  /** Gives all files to another bag of the same run. */
  moveFilesTo(other: BagContents): void {
    for (const held of this.#held.values()) other.hold(held);
    this.#held.clear();
    this.#byCall.clear();
  }

  /** Frees all files. What was refused stays to be read. */
  drop(): void {
    for (const held of this.#held.values()) held.drop();
    this.#held.clear();
    this.#byCall.clear();
  }

  #forgetCall(source: FileOrigin, held: HeldFile): void {
    const key = callKey(source);
    const ofCall = this.#byCall.get(key);
    ofCall?.delete(held);
    if (ofCall?.size === 0) this.#byCall.delete(key);
  }
}

function callKey({ tool, callId }: FileOrigin): string {
  return JSON.stringify([tool, callId]);
}
