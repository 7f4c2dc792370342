import type { JobContext } from "@executus/lane";
import type { ReconstructJob } from "../src/index.ts";

/** What a started job did, told to whoever listens. */
export type Note = (word: string, jobId: string) => void;

export interface Handlers {
  readonly reconstruct: ReconstructJob;
  /** Ends a job of the kind `gate`. */
  readonly finish: (jobId: string, value?: unknown) => void;
}

/** The code of the tests' jobs: by name, with JSON as metadata. */
export function handlersOf(note: Note): Handlers {
  const gates = new Map<string, (value: unknown) => void>();
  const kinds: Record<string, (input: unknown, context: JobContext) => unknown> = {
    echo: (input) => input,
    /** Ends when it is told to, or obeys its signal. */
    gate: (_, { jobId, signal }) => gate(jobId, signal),
    /** Ends when it is told to, whatever its signal says. */
    deaf: (_, { jobId }) => gate(jobId),
    fail: () => {
      const cause = new RangeError("too deep");
      throw Object.assign(new TypeError("no such thing", { cause }), { code: "E_THING", limit: 3 });
    },
    cycle: () => {
      const value: Record<string, unknown> = {};
      value["self"] = value;
      return value;
    },
  };
  const gate = (jobId: string, signal?: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      gates.set(jobId, resolve);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  return {
    finish: (jobId, value = "done") => gates.get(jobId)?.(value),
    reconstruct: ({ name, metadata = new Uint8Array() }) => {
      const kind = kinds[name];
      if (!kind) throw new Error(`no handler for ${name}`);
      const text = new TextDecoder().decode(metadata);
      return (context) => {
        note("started", context.jobId);
        context.signal.addEventListener("abort", () => note("aborted", context.jobId), { once: true });
        return kind(text === "" ? undefined : JSON.parse(text), context);
      };
    },
  };
}
