import type { AttachRequest } from "./attach-request.ts";
import { BlockReader } from "./block-reader.ts";
import type { StoredBlob } from "./blob-store.ts";
import { AttachError } from "./errors.ts";
import { HeldFile } from "./held-file.ts";
import { type FileLook, inspectHead } from "./inspect-head.ts";
import type { Intake, IntakeBag } from "./intake.ts";
import type { FileFacts, PendingFile } from "./pending-file.ts";
import { requireAllowed } from "./policy.ts";
import { empty, sourceFailed, storeFailed } from "./refusals.ts";
import type { RunFiles } from "./run-files.ts";
import { createSha256 } from "./sha256.ts";

/** A file that is read, counted, hashed and stored in one pass, and never held twice. Its place is reserved already. */
export class StoringIntake implements Intake {
  readonly #request: AttachRequest;
  readonly #bag: IntakeBag;
  readonly #run: RunFiles;
  readonly #position: number;
  readonly #key = `attachment/${crypto.randomUUID()}`;
  readonly #outcome = Promise.withResolvers<PendingFile>();
  readonly #hash = createSha256();
  readonly #reader: BlockReader;
  /** As long as the store wants more. */
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #look: FileLook | undefined;
  #size = 0;
  #reserved: number;
  #isSettled = false;
  #isHeld = false;

  constructor(request: AttachRequest, bag: IntakeBag) {
    this.#request = request;
    this.#bag = bag;
    this.#run = bag.run;
    this.#position = bag.run.nextPosition();
    this.#reserved = request.source.size ?? 0;
    const pieces = request.source.open();
    this.#reader = new BlockReader(pieces, (byteLength) => this.#admit(byteLength));
    void this.#take(pieces.whole).catch((error: unknown) => this.stop(error));
  }

  get file(): Promise<PendingFile> {
    return this.#outcome.promise;
  }

  stop(reason: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#free();
    this.#bag.refuse(this.#request, reason);
    this.#outcome.reject(reason);
    this.#reader.cancel(reason);
    this.#controller?.error(reason);
  }

  /** @param whole all bytes, where they are at hand: whoever gives bytes gets the name in the order of the calls */
  async #take(whole: Uint8Array | undefined): Promise<void> {
    if (whole) this.#look = inspectHead(whole, this.#request, this.#run);
    try {
      const { size } = await this.#store();
      if (!this.#reader.isRead || size !== this.#size) {
        throw storeFailed(new Error(`The store took ${size} of at least ${this.#size} bytes`));
      }
      this.#finish(await this.#hash.hex());
    } catch (error) {
      this.stop(error instanceof AttachError ? error : storeFailed(error));
    }
    // Also after a failure: a store may have kept what it could not confirm.
    if (!this.#isHeld) this.#run.deleteBlob(this.#key);
  }

  async #store(): Promise<StoredBlob> {
    const blocks = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#give(),
        cancel: (reason) => {
          this.#controller = undefined;
          this.#reader.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
    try {
      return await this.#run.store.putBlob(this.#key, blocks, this.#run.limits.read("maxFileBytes"));
    } catch (cause) {
      throw storeFailed(cause);
    }
  }

  /** Gives the store its next block. A failure is told before the store fails of it. */
  async #give(): Promise<void> {
    try {
      const block = await this.#reader.next();
      if (this.#isSettled || !this.#controller) return;
      if (!block) return this.#controller.close();
      this.#look ??= inspectHead(block, this.#request, this.#run);
      this.#hash.update(block);
      this.#controller?.enqueue(block);
    } catch (error) {
      this.stop(error instanceof AttachError ? error : sourceFailed(error));
    }
  }

  /** Counts a piece before it is kept: what is over a limit costs one piece. */
  #admit(byteLength: number): void {
    this.#run.touch();
    this.#size += byteLength;
    if (this.#size <= this.#reserved) return;
    const refusal = this.#run.grow(this.#reserved, this.#size);
    if (refusal) {
      // At once: what it frees may be what the next of several files at the limit needs.
      this.stop(refusal);
      throw refusal;
    }
    this.#reserved = this.#size;
  }

  #finish(sha256: string): void {
    if (this.#isSettled) return;
    if (!this.#look) throw empty();
    const twin = this.#bag.find(this.#request, sha256);
    if (twin) return this.#settleAs(twin);
    const { alt, origin } = this.#request;
    const facts: FileFacts = {
      id: `file-${this.#position}`,
      ...this.#look,
      size: this.#size,
      sha256,
      ...(alt === undefined ? {} : { alt }),
      ...(origin === undefined ? {} : { source: origin }),
    };
    requireAllowed(this.#run.policy, facts, this.#run.logger);
    // The policy is somebody else's code, and may have ended the bag.
    if (!this.#isSettled) this.#hold(facts);
  }

  #hold(facts: FileFacts): void {
    this.#isSettled = true;
    this.#isHeld = true;
    this.#run.shrink(this.#reserved, this.#size);
    const held = new HeldFile(facts, this.#position, this.#key, this.#run);
    this.#bag.hold(held);
    this.#outcome.resolve(held.file);
  }

  #settleAs(twin: PendingFile): void {
    this.#isSettled = true;
    this.#free();
    this.#outcome.resolve(twin);
  }

  #free(): void {
    this.#run.free(this.#reserved);
    if (this.#look) this.#run.names.release(this.#look.name);
  }
}
