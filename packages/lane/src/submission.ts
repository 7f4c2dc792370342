import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

/** Without it each would also wait for the garbage collector to tell that it is gone. */
const resourceOptions = { requireManualDestroy: true };

/**
 * Where jobs came from: their lane, and the asynchronous context of their submitter, in which their code will run rather
 * than in that of whoever freed the slot.
 */
export class Submission<H> extends AsyncResource {
  readonly host: H;

  constructor(host: H) {
    super("ExecutusLaneJob", resourceOptions);
    this.host = host;
  }
}

/** The context of whoever loaded this module: nobody's. */
export const anywhere: AsyncResource = new AsyncResource("ExecutusLane", resourceOptions);

/**
 * Under which name a resource keeps its context; `undefined` in a runtime where that cannot be seen. A name alone does not
 * do: Node 22 has the same one and leaves it empty, and then every context would look like every other.
 */
const contextKey = findContextKey();

function findContextKey(): symbol | undefined {
  const isContext = ({ description }: symbol): boolean => description === "context_frame";
  const read = (): [symbol | undefined, unknown] => {
    const resource = new AsyncResource("ExecutusLane", resourceOptions);
    const key = Object.getOwnPropertySymbols(resource).find(isContext);
    return [key, key && (resource as unknown as Record<symbol, unknown>)[key]];
  };
  const probe = new AsyncLocalStorage<string>();
  const [key, one] = probe.run("one", read);
  const [, other] = probe.run("other", read);
  return one !== undefined && other !== undefined && one !== other ? key : undefined;
}

/**
 * Makes the submissions of one lane. Jobs that follow one another in the same context share one, where the runtime lets
 * us see that: a resource for each costs a burst of jobs a tenth of its time and a seventh of its memory.
 */
export class Submissions<H> {
  readonly #host: H;
  #latest: Submission<H> | undefined;

  constructor(host: H) {
    this.#host = host;
  }

  /** That of code which submits a job now. */
  current(): Submission<H> {
    const latest = this.#latest;
    const fresh = new Submission(this.#host);
    if (contextKey === undefined) return fresh;
    if (latest !== undefined && contextOf(latest) === contextOf(fresh)) return latest;
    this.#latest = fresh;
    return fresh;
  }

  /** Nobody waits: a context may hold much of its owner's memory. */
  rest(): void {
    this.#latest = undefined;
  }
}

function contextOf(submission: Submission<unknown>): unknown {
  return (submission as unknown as Record<symbol, unknown>)[contextKey as symbol];
}
