import fastq from "fastq";
import type { Contestant, Work } from "./contestant.ts";

/** fastq as most use it today. */
export const fastqPromise: Contestant = {
  name: "fastq.promise",
  kind: "peer",
  open: (concurrency) => {
    const queue = fastq.promise<unknown, Work, void>((work: Work) => work(), concurrency);
    return { add: (work) => queue.push(work) };
  },
};

export const fastqCallbackName = "fastq, callback";

/** fastq's own form: it makes no promise, so the caller counts the callbacks. */
export interface CallbackQueue {
  push(work: Work, done: () => void): void;
}

export function openFastqCallback(concurrency: number): CallbackQueue {
  const queue = fastq<unknown, Work, void>((work, settle) => {
    work().then(
      () => settle(null),
      (error: unknown) => settle(error as Error),
    );
  }, concurrency);
  return queue;
}
