import type { LocalJobs } from "./jobs/local-jobs.ts";
import type { Tell } from "./lane-events.ts";
import type { Settings } from "./options.ts";
import type { Answers } from "./redis/answers.ts";
import type { Link } from "./redis/link.ts";

/** What all parts of one lane share. */
export interface LaneParts {
  readonly name: string;
  /** Of this lane in this process: unique, so that ends find their way back. */
  readonly process: string;
  readonly settings: Settings;
  readonly link: Link;
  readonly answers: Answers;
  readonly local: LocalJobs;
  readonly tell: Tell;
  /** A problem with Redis that nobody waits for. */
  readonly onError: (error: unknown) => void;
  /** From now on problems are those of taking leave, and told to nobody. */
  readonly onClosed: () => void;
}
