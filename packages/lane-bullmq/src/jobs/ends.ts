import type { LaneParts } from "../lane-parts.ts";
import { keyOfJob } from "../redis/keys.ts";
import { lost } from "../refusals.ts";
import { type Outcome, readOutcome } from "../wire/job-end.ts";

/** A job as Redis knows it. */
export interface Look {
  readonly state: string;
  readonly position: number;
  readonly moves: boolean;
  readonly isHeld: boolean;
  readonly outcome: Outcome | undefined;
}

type Answer = readonly [
  state: string,
  position: number,
  moves: string,
  value: string,
  reason: string,
  held: string,
];

const chunk = 500;

/** Looks at where jobs stand, in the order of the ids. */
export async function lookAt({ link, name }: LaneParts, jobIds: readonly string[]): Promise<Look[]> {
  const looks: Look[] = [];
  for (let from = 0; from < jobIds.length; from += chunk) {
    const keys = jobIds.slice(from, from + chunk).map(keyOfJob);
    const answers = (await link.script("look", ...keys)) as Answer[];
    for (const [state, position, moves, value, reason, held] of answers) {
      const outcome = readOutcome(name, state, value, reason);
      looks.push({
        state,
        position,
        moves: moves === "1",
        isHeld: held === "1",
        outcome,
      });
    }
  }
  return looks;
}

/** Learns the ends of jobs that were submitted here and have ended elsewhere. */
export class Ends {
  readonly #parts: LaneParts;
  readonly #runsHere: (jobId: string) => boolean;
  readonly #told = new Set<string>();
  #isLooking = false;

  constructor(parts: LaneParts, runsHere: (jobId: string) => boolean) {
    this.#parts = parts;
    this.#runsHere = runsHere;
  }

  /** Somebody says that this job has ended. What is said together is looked up together. */
  told(jobId: string): void {
    if (this.#parts.local.get(jobId) === undefined) return;
    this.#told.add(jobId);
    if (!this.#isLooking) void this.#lookUp();
  }

  /** What was said may not have arrived. */
  async lookAtAll(): Promise<void> {
    const waiting = this.#parts.local
      .all()
      .filter(({ isAccepted, jobId }) => isAccepted && !this.#runsHere(jobId));
    await this.#settle(waiting.map(({ jobId }) => jobId));
  }

  async #lookUp(): Promise<void> {
    this.#isLooking = true;
    await Promise.resolve();
    while (this.#told.size > 0) {
      const jobIds = [...this.#told];
      this.#told.clear();
      await this.#settle(jobIds).catch(this.#parts.onError);
    }
    this.#isLooking = false;
  }

  async #settle(jobIds: readonly string[]): Promise<void> {
    const { local, name } = this.#parts;
    const looks = await lookAt(this.#parts, jobIds);
    for (const [index, { state, outcome }] of looks.entries()) {
      const jobId = jobIds[index] ?? "";
      if (outcome) local.settle(jobId, outcome);
      else if (state === "" && local.get(jobId)?.isAccepted && !this.#runsHere(jobId))
        local.settle(jobId, { end: "failed", reason: lost(jobId, name) });
    }
  }
}
