import { type AttachRequest, readRequest } from "./attach-request.ts";
import type {
  AddOptions,
  AttachInput,
  AttachmentBatch,
  AttachmentState,
  DrainOptions,
  PendingAttachments,
  RejectedFile,
} from "./attachments.ts";
import { BagContents } from "./bag-contents.ts";
import { readDrain, readSignal, requireClosing, requireRunId } from "./check-arguments.ts";
import { AttachError } from "./errors.ts";
import type { HeldFile } from "./held-file.ts";
import { nameOf } from "./inspect-head.ts";
import type { Intake, IntakeBag } from "./intake.ts";
import { openIntake } from "./open-intake.ts";
import type { PendingFile } from "./pending-file.ts";
import { cannotDrain, cannotMoveUp, cannotOpenChild, closed, undrained } from "./refusals.ts";
import type { RunFiles } from "./run-files.ts";

/** What a bag wants of the hub. */
export interface BagOwner {
  /** @throws {AttachError} `ATTACH_DUPLICATE` */
  register(bag: Bag): void;
  forget(bag: Bag): void;
}

export interface BagParts {
  readonly runId: string;
  readonly drainId: string;
  readonly run: RunFiles;
  readonly owner: BagOwner;
  readonly parent?: Bag | undefined;
}

/** The bag of one run: `open → draining → drained`, back to `open` when a sink fails, `closed` from `open`. */
export class Bag implements PendingAttachments, IntakeBag {
  readonly runId: string;
  readonly run: RunFiles;
  readonly #drainId: string;
  readonly #owner: BagOwner;
  readonly #parent: Bag | undefined;
  readonly #contents = new BagContents();
  readonly #children = new Set<Bag>();
  readonly #intakes = new Set<Intake>();
  #state: AttachmentState = "open";
  #attempt = 0;
  #sinkEnd: Promise<void> | undefined;
  /** The parent has ended: nothing can move up. */
  #isOrphan = false;
  #hasLost = false;

  constructor({ runId, drainId, run, owner, parent }: BagParts) {
    this.runId = runId;
    this.#drainId = drainId;
    this.run = run;
    this.#owner = owner;
    this.#parent = parent;
    owner.register(this);
  }

  get state(): AttachmentState {
    return this.#state;
  }

  /** If it was opened by the host, not by another bag. */
  get isRoot(): boolean {
    return this.#parent === undefined;
  }

  /** If a sink has files of this bag or of one below it. */
  get isBusy(): boolean {
    return this.#state === "draining" || [...this.#children].some((child) => child.isBusy);
  }

  async add(input: AttachInput, options: AddOptions = {}): Promise<PendingFile> {
    const signal = readSignal(options);
    signal?.throwIfAborted();
    const request = readRequest(input);
    this.run.touch();
    const intake = this.#openIntake(request);
    const stop = (): void => intake.stop(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    // A sniffer has run by now, which may have aborted it.
    if (signal?.aborted) stop();
    try {
      return await intake.file;
    } finally {
      this.#intakes.delete(intake);
      signal?.removeEventListener("abort", stop);
    }
  }

  find({ origin }: AttachRequest, sha256?: string): PendingFile | undefined {
    return this.#contents.find(origin, sha256);
  }

  hold(held: HeldFile): void {
    this.run.touch();
    this.#contents.hold(held);
  }

  refuse(request: AttachRequest, reason: unknown): void {
    const code = reason instanceof AttachError ? reason.code : "ATTACH_ABORTED";
    const { size } = request.source;
    this.#contents.reject({ name: nameOf(request, this.run), code, ...(size === undefined ? {} : { size }) });
  }

  remove(id: string): boolean {
    return this.#state === "open" && this.#contents.remove(id);
  }

  list(): readonly PendingFile[] {
    return this.#contents.list();
  }

  rejected(): readonly RejectedFile[] {
    return this.#contents.rejected();
  }

  child(runId: string): PendingAttachments {
    requireRunId(runId);
    if (this.#state !== "open") throw cannotOpenChild(this.#state);
    this.run.touch();
    const { run } = this;
    const child = new Bag({ runId, drainId: `${runId}/0`, run, owner: this.#owner, parent: this });
    this.#children.add(child);
    return child;
  }

  async drain<T>(
    sink: (batch: AttachmentBatch) => T | PromiseLike<T>,
    options: DrainOptions & { readonly whenEmpty: "call" },
  ): Promise<T>;
  async drain<T>(
    sink: (batch: AttachmentBatch) => T | PromiseLike<T>,
    options: DrainOptions = {},
  ): Promise<T | undefined> {
    const whenEmpty = readDrain(sink, options);
    if (this.#state !== "open") throw cannotDrain(this.#state);
    this.#state = "draining";
    this.#stopIntakes();
    let result: T | undefined;
    if (this.#contents.size > 0 || whenEmpty === "call") result = await this.#callSink(sink);
    this.#end("drained");
    return result;
  }

  async close(how: "ok" | "discard"): Promise<void> {
    requireClosing(how);
    while (this.#state === "draining") await this.#sinkEnd;
    if (this.#state !== "open") {
      if (how === "ok" && this.#hasLost) throw cannotMoveUp();
      return;
    }
    if (how === "ok") this.#moveUp();
    this.#end("closed");
  }

  /** Ends the bag and frees its files, if it is open. */
  discard(): void {
    if (this.#state === "open") this.#end("closed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close("discard");
  }

  #openIntake(request: AttachRequest): Intake {
    try {
      if (this.#state !== "open") {
        request.source.turnAway(closed());
        throw closed();
      }
      const intake = openIntake(request, this);
      this.#intakes.add(intake);
      return intake;
    } catch (error) {
      this.refuse(request, error);
      throw error;
    }
  }

  async #callSink<T>(sink: (batch: AttachmentBatch) => T | PromiseLike<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sinkEnd = promise;
    this.#attempt += 1;
    const [files, rejected] = [this.list(), this.rejected()];
    try {
      return await sink({ drainId: this.#drainId, attempt: this.#attempt, files, rejected });
    } catch (error) {
      this.#state = "open";
      if (this.#isOrphan) this.#endLost();
      throw error;
    } finally {
      this.run.touch();
      resolve();
    }
  }

  /** Gives the files to the parent, and what was refused. */
  #moveUp(): void {
    if (this.#contents.size > 0) {
      if (!this.#parent) throw undrained(this.#contents.size);
      if (this.#parent.state !== "open") throw cannotMoveUp();
    }
    const above = this.#parent && this.#parent.#contents;
    // First: a source that is stopped is somebody else's code, and may drain the parent.
    if (above) this.#contents.moveFilesTo(above);
    this.#stopIntakes();
    this.#endChildren();
    for (const file of this.rejected()) above?.reject(file);
  }

  #stopIntakes(): void {
    for (const intake of this.#intakes) intake.stop(closed());
    this.#intakes.clear();
  }

  #end(state: "drained" | "closed"): void {
    this.#state = state;
    this.#stopIntakes();
    this.#endChildren();
    this.#contents.drop();
    if (this.#parent) this.#parent.#children.delete(this);
    this.#owner.forget(this);
  }

  /** Files of a child that has not closed in time are lost, and listed as refused. */
  #endChildren(): void {
    for (const child of this.#children) {
      child.#isOrphan = true;
      if (child.#state === "draining") continue;
      for (const { name, size } of child.list()) {
        this.#contents.reject({ name, size, code: "ATTACH_CLOSED" });
      }
      child.#endLost();
    }
  }

  #endLost(): void {
    this.#hasLost = this.#contents.size > 0;
    this.#end("closed");
  }
}
