import assert from "node:assert/strict";
import { assertBytes, type BlobContext, type BlobTest, bytesOf } from "./blob-context.ts";

/** A source that is watched: what was asked of it, and if it was cancelled. */
interface Watched {
  readonly stream: ReadableStream<Uint8Array>;
  pulls: number;
  readonly cancelled: Promise<void>;
}

/** Gives chunks of 1,000 bytes for ever, or fails instead of the chunk at `failsAt`. */
function watch(failsAt?: number, failure?: Error): Watched {
  const cancelled = Promise.withResolvers<void>();
  const watched: Watched = {
    pulls: 0,
    cancelled: cancelled.promise,
    stream: new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          watched.pulls += 1;
          if (watched.pulls === failsAt) controller.error(failure);
          else controller.enqueue(bytesOf(1_000));
        },
        cancel: () => cancelled.resolve(),
      },
      { highWaterMark: 0 },
    ),
  };
  return watched;
}

export function failureTests(test: BlobTest): void {
  test("putBlob() of more than maxBytes rejects, cancels the stream and keeps nothing", async (context) => {
    const { store, key, assertAbsent } = context;
    const name = key();
    const source = watch();
    await assertRejects(store.putBlob(name, source.stream, 2_500));
    await source.cancelled;
    assert.ok(source.pulls <= 4, `${source.pulls} chunks were taken where the third is too much`);
    await assertAbsent(name);
  });

  test("putBlob() of one byte more than maxBytes rejects", async ({ key, putLimited, assertAbsent }) => {
    const name = key();
    await assertRejects(putLimited(name, 2_500, bytesOf(1_000), bytesOf(1_501)));
    await assertAbsent(name);
  });

  test("putBlob() of more than maxBytes leaves what the key held", async (context) => {
    await assertKept(context, async (name) => {
      await assertRejects(context.store.putBlob(name, watch().stream, 2_500));
    });
  });

  test("putBlob() with maxBytes 0 takes no byte", async ({ store, key, assertAbsent }) => {
    const name = key();
    await assertRejects(store.putBlob(name, watch().stream, 0));
    await assertAbsent(name);
  });

  test("putBlob() of a stream that fails rejects with its error and keeps nothing", async (context) => {
    const { store, key, assertAbsent } = context;
    const failure = new Error("the source failed");
    for (const failsAt of [1, 3]) {
      const name = key();
      const source = watch(failsAt, failure);
      assert.equal(
        await assertRejects(store.putBlob(name, source.stream, Number.POSITIVE_INFINITY)),
        failure,
      );
      await assertAbsent(name);
    }
  });

  test("putBlob() of a stream that fails leaves what the key held", async (context) => {
    await assertKept(context, async (name) => {
      const source = watch(3, new Error("the source failed"));
      await assertRejects(context.store.putBlob(name, source.stream, Number.POSITIVE_INFINITY));
    });
  });
}

async function assertKept(
  { key, put, read }: BlobContext,
  fail: (name: string) => Promise<void>,
): Promise<void> {
  const name = key();
  await put(name, bytesOf(3_000, 9));
  await fail(name);
  assertBytes(await read(name), bytesOf(3_000, 9));
}

/** Resolves with what the promise rejects with. */
async function assertRejects(promise: Promise<unknown>): Promise<unknown> {
  let reason: unknown;
  const isRejected = await promise.then(
    () => false,
    (error: unknown) => {
      reason = error;
      return true;
    },
  );
  assert.ok(isRejected, "putBlob() resolved");
  return reason;
}
