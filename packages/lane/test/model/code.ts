import type { JobContext } from "../../src/index.ts";

export interface CodeOptions {
  /** Ends as soon as its signal aborts; else it never looks at it. */
  readonly obeys: boolean;
  readonly entered: (code: Code) => void;
  readonly obeyed: (code: Code) => void;
}

/** The code of one job: it does what a trace says, and knows by itself whether it runs. */
export class Code {
  context: JobContext | undefined;
  /** Entered, not settled, not inside `yieldWhile`. */
  isRunning = false;
  readonly #options: CodeOptions;
  readonly #end = Promise.withResolvers<string>();
  #wait = Promise.withResolvers<void>();
  #hasEnded = false;

  constructor(options: CodeOptions) {
    this.#options = options;
  }

  readonly run = (context: JobContext): Promise<string> => {
    this.context = context;
    this.isRunning = true;
    this.#options.entered(this);
    if (this.#options.obeys) this.#listen(context.signal);
    return this.#end.promise;
  };

  finish(value: string): void {
    this.#leave();
    this.#end.resolve(value);
  }

  fail(reason: unknown): void {
    this.#leave();
    this.#end.reject(reason);
  }

  /** Waits inside `yieldWhile`, and runs on afterwards. */
  yield(): void {
    this.isRunning = false;
    this.#wait = Promise.withResolvers();
    const back = (): void => void (this.isRunning = !this.#hasEnded);
    this.context?.yieldWhile(() => this.#wait.promise).then(back, back);
  }

  endWait(fails: boolean): void {
    if (fails) this.#wait.reject(new Error("the wait failed"));
    else this.#wait.resolve();
  }

  #listen(signal: AbortSignal): void {
    const obey = (): void => {
      if (this.#hasEnded) return;
      this.fail(signal.reason);
      this.#options.obeyed(this);
    };
    if (signal.aborted) obey();
    else signal.addEventListener("abort", obey);
  }

  #leave(): void {
    this.isRunning = false;
    this.#hasEnded = true;
  }
}
