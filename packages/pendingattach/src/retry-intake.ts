import type { AttachRequest } from "./attach-request.ts";
import { BlockReader } from "./block-reader.ts";
import { AttachError } from "./errors.ts";
import type { Intake, IntakeBag } from "./intake.ts";
import type { PendingFile } from "./pending-file.ts";
import { sourceFailed, tooLarge } from "./refusals.ts";
import { createSha256 } from "./sha256.ts";

/** A file for which there is no room, and which may be held already: it is read and compared, nothing is kept. */
export class RetryIntake implements Intake {
  readonly #request: AttachRequest;
  readonly #bag: IntakeBag;
  readonly #outcome = Promise.withResolvers<PendingFile>();
  readonly #reader: BlockReader;
  #size = 0;
  #isSettled = false;

  constructor(request: AttachRequest, bag: IntakeBag, refusal: AttachError) {
    this.#request = request;
    this.#bag = bag;
    this.#reader = new BlockReader(request.source.open(), (byteLength) => this.#count(byteLength));
    void this.#compare(refusal).catch((error: unknown) => {
      this.stop(error instanceof AttachError ? error : sourceFailed(error));
    });
  }

  get file(): Promise<PendingFile> {
    return this.#outcome.promise;
  }

  stop(reason: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#bag.refuse(this.#request, reason);
    this.#outcome.reject(reason);
    this.#reader.cancel(reason);
  }

  #count(byteLength: number): void {
    this.#size += byteLength;
    const maxFileBytes = this.#bag.run.limits.read("maxFileBytes");
    if (this.#size > maxFileBytes) throw tooLarge(maxFileBytes, this.#size);
  }

  async #compare(refusal: AttachError): Promise<void> {
    const hash = createSha256();
    for (let block = await this.#reader.next(); block; block = await this.#reader.next()) hash.update(block);
    const held = this.#bag.find(this.#request, await hash.hex());
    if (this.#isSettled) return;
    if (!held) throw refusal;
    this.#isSettled = true;
    this.#outcome.resolve(held);
  }
}
