import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { balance, type Books } from "./books.ts";
import { callDesk } from "./caller.ts";
import { type DeskProcess, startDesk } from "./desk-process.ts";
import { randomOf, type SoakPlan } from "./plan.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

export interface SoakOutcome extends Books {
  readonly tookMs: number;
  /** Of the last process, on its heap: when half of its runs had ended, and when all had. */
  readonly heapBytes: { readonly warm: number; readonly end: number };
  /** Messages that arrived again, under the key that tells. */
  readonly repeats: number;
  readonly exitCode: number | null;
}

/** Many callers at one desk that is killed in between, and the books afterwards. */
export async function soak(plan: SoakPlan): Promise<SoakOutcome> {
  const folder = await mkdtemp(join(tmpdir(), "review-desk-soak-"));
  using receiver = await openReceiver();
  try {
    await prepare(folder, plan, receiver);
    const desk = await keepDesk(folder, plan, receiver);
    const startedAt = performance.now();
    const random = randomOf(plan.seed);
    const calls = Array.from({ length: plan.callers }, (_, index) => {
      // As even as it goes: the first callers have the rest.
      const runs = Math.floor(plan.runs / plan.callers) + (index < plan.runs % plan.callers ? 1 : 0);
      return callDesk({
        id: idOf(index),
        token: tokenOf(index),
        runs,
        random,
        receiver,
        desk: () => desk.url(),
      });
    });
    const promised = (await Promise.all(calls)).flat();
    const tookMs = performance.now() - startedAt;
    const { heapBytes, exitCode } = await desk.end();
    const books = await balance(join(folder, "review-desk.sqlite"), promised, receiver);
    const repeats = [...receiver.arrivals.values()].reduce((sum, times) => sum + times - 1, 0);
    return { ...books, tookMs, heapBytes, repeats, exitCode };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(folder: string, { callers, runs }: SoakPlan, { url }: Receiver): Promise<void> {
  await mkdir(join(folder, "repos/tiny"), { recursive: true });
  await writeFile(join(folder, "repos/tiny/a.js"), "export const a = 1;\n");
  const members = Array.from({ length: callers }, (_, index) => {
    return { id: idOf(index), roles: ["member"], token: tokenOf(index) };
  });
  const channels = { team: { kind: "webhook", url, allowHttp: true, allowPrivate: true } };
  const settings = { members, channels, repos: "repos", port: 0, limits: { runs, runsPerCaller: runs } };
  await writeFile(join(folder, "desk.json"), JSON.stringify(settings));
}

interface KeptDesk {
  /** Where it listens now; waits while there is none. */
  url(): Promise<string>;
  end(): Promise<Pick<SoakOutcome, "heapBytes" | "exitCode">>;
}

/** A desk that is killed whenever another fifth of the runs has ended, so often as the plan says, and started again. */
async function keepDesk(folder: string, { runs, kills }: SoakPlan, receiver: Receiver): Promise<KeptDesk> {
  let current: Promise<DeskProcess> = startDesk(folder);
  const killAt = Array.from({ length: kills }, (_, index) => Math.ceil((runs * (index + 1)) / 5));
  const warmAt = Math.ceil(((killAt.at(-1) ?? 0) + runs) / 2);
  let warm: Promise<number> | undefined;
  receiver.onArrival = (count) => {
    if (killAt.includes(count)) {
      current = current.then(async (desk) => {
        await desk.end("SIGKILL");
        return startDesk(folder);
      });
    }
    if (count === warmAt) warm = current.then((desk) => desk.heapBytes());
  };
  await current;
  return {
    url: async () => (await current).url,
    async end() {
      const desk = await current;
      const end = await desk.heapBytes();
      const heapBytes = { warm: (await warm) ?? end, end };
      return { heapBytes, exitCode: await desk.end("SIGTERM") };
    },
  };
}

function idOf(index: number): string {
  return `caller-${index}`;
}

function tokenOf(index: number): string {
  return `token-of-caller-${index}`.padEnd(24, "-");
}
