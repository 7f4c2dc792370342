import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JobRow } from "@executus/lane/persisted";
import { accountsOf } from "../ledger/accounts.ts";
import { audit, type Verdict } from "../ledger/audit.ts";
import { type Entry, readJournal } from "../ledger/journal.ts";
import { readRows } from "../ledger/read-rows.ts";
import type { Workload } from "../plan/job-plan.ts";
import type { Point } from "../plan/points.ts";
import type { Mishap, Sabotage, StoreAddress, Task, WorkerOrder } from "../plan/worker-order.ts";
import { openStore } from "../worker/open-store.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";

export interface StageOptions {
  /** For journals and errors; kept if something is wrong. */
  readonly folder: string;
  readonly seed: number;
  readonly address: StoreAddress;
  readonly lane: WorkerOrder["lane"];
  readonly workload: Omit<Workload, "seed">;
  readonly sabotage?: Sabotage | undefined;
}

export interface StartOptions {
  readonly mishaps?: readonly Mishap[];
  readonly workUntil?: string;
}

/** What came of a scenario. */
export interface Outcome {
  readonly kills: number;
  readonly notes: readonly string[];
  /** The named points at which workers died. */
  readonly points: readonly Point[];
  readonly verdict: Verdict;
}

/** No worker has that much to do. */
const longestLifeMs = 180_000;

/** One store, the workers on it, and what they wrote down. */
export class Stage {
  /** What a scenario finds wrong. */
  readonly faults: string[] = [];
  /** What is worth to be told. */
  readonly notes: string[] = [];
  readonly #options: StageOptions;
  readonly #workload: Workload;
  readonly #boots: string[] = [];
  /** By boot. */
  readonly #alive = new Map<string, WorkerProcess>();
  #kills = 0;

  constructor(options: StageOptions) {
    this.#options = options;
    this.#workload = { ...options.workload, seed: options.seed };
    mkdirSync(options.folder, { recursive: true });
  }

  get kills(): number {
    return this.#kills;
  }

  get address(): StoreAddress {
    return this.#options.address;
  }

  get lane(): WorkerOrder["lane"] {
    return this.#options.lane;
  }

  /** Starts a worker; counts it when it has been killed, and keeps what it complains of. */
  start(boot: string, task: Task, { mishaps = [], workUntil }: StartOptions = {}): WorkerProcess {
    const { folder, seed, address, lane, sabotage } = this.#options;
    this.#boots.push(boot);
    const worker = startWorker(
      {
        boot,
        seed,
        lane,
        task,
        mishaps,
        workload: this.#workload,
        store: address,
        journal: this.#journalOf(boot),
        ...(workUntil !== undefined && { workUntil }),
        ...(sabotage && { sabotage }),
      },
      folder,
    );
    const timer = setTimeout(() => {
      this.faults.push(`worker ${boot} came to no end`);
      worker.kill();
    }, longestLifeMs);
    this.#alive.set(boot, worker);
    const ended = worker.ended.then((end) => {
      clearTimeout(timer);
      this.#alive.delete(boot);
      if (end.wasKilled) this.#kills += 1;
      if (end.complaint !== "") this.faults.push(`worker ${boot}: ${end.complaint}`);
      return end;
    });
    return { ...worker, ended };
  }

  /** A file that is not there, until `signal` makes it. */
  fileOf(name: string): string {
    return join(this.#options.folder, name);
  }

  /** Makes the file that some worker waits for. */
  signal(name: string): void {
    writeFileSync(this.fileOf(name), "");
  }

  entriesOf(boot: string): Entry[] {
    return readJournal(this.#journalOf(boot), boot);
  }

  /** Waits until the worker has noted that so often. Rejects if it ends before that. */
  async noted(boot: string, word: Entry["word"], count = 1): Promise<void> {
    for (;;) {
      const wasAlive = this.#alive.has(boot);
      if (this.entriesOf(boot).filter((entry) => entry.word === word).length >= count) return;
      if (!wasAlive) throw new Error(`worker ${boot} ended before it had noted "${word}" ${count} times`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Ends whoever is left when a scenario was broken off. */
  async clear(): Promise<void> {
    for (const worker of this.#alive.values()) worker.kill();
    await Promise.all([...this.#alive.values()].map(({ ended }) => ended));
  }

  /** The rows of all jobs that anybody was about to submit. */
  async rows(): Promise<Map<string, JobRow>> {
    const entries = this.#boots.flatMap((boot) => this.entriesOf(boot));
    const { store, close } = await openStore(this.address);
    const rows = await readRows(store, [...accountsOf(entries).keys()]);
    await close();
    return rows;
  }

  /** Has a last worker clean up in peace, and looks at what is there then. */
  async finish(): Promise<Outcome> {
    await this.start("last", { kind: "drain" }).ended;
    const rows = await this.rows();
    const entries = this.#boots.flatMap((boot) => this.entriesOf(boot));
    const verdict = audit({ entries, rows, workload: this.#workload });
    const faults = [...this.faults, ...verdict.faults, ...entries.flatMap(troubleOf)];
    const points = entries.filter(({ word }) => word === "point").map(({ about }) => about as Point);
    return { kills: this.#kills, notes: this.notes, points, verdict: { ...verdict, faults } };
  }

  #journalOf(boot: string): string {
    return join(this.#options.folder, `${boot}.log`);
  }
}

const expected = ["LANE_CLOSED", "LANE_STORE_UNKNOWN", "AbortError:_This_operation_was_aborted"];

/** What the lane said to a submitter that it should not have said. */
function troubleOf({ boot, word, about, details }: Entry): string[] {
  const [what = ""] = details;
  if (word === "trouble" && about !== "store") return [`worker ${boot}: ${about} ${details.join(" ")}`];
  return word === "rejected" && !expected.includes(what)
    ? [`worker ${boot}: ${about} rejected: ${what}`]
    : [];
}
