import { type CellContext, fanout, type Grid, type PlacedCell } from "@executus/fanout";
import type { JobContext } from "@executus/lane";
import { signalOf } from "../run/belongings.ts";
import { whileFree } from "./dispatch-child.ts";
import { reportProblem } from "../internal/logger.ts";
import { runAsJob } from "./run-as-job.ts";
import type { LiveRun } from "../run/live-run.ts";
import { laneOf, type Parts } from "../parts.ts";
import type { CellOptions } from "../agents/agent.ts";
import { requireFunction, requireObject, requireSignal } from "../require/require-argument.ts";
import { inTurn } from "./slot-turns.ts";

export interface CellsCall<T, M, R> {
  readonly tasks: Iterable<T> | AsyncIterable<T>;
  readonly targets: Iterable<M>;
  readonly run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>;
  readonly options: CellOptions<M, R>;
}

/** Fans out within a run: each cell is a job of the run's lane and caller, and is stored when it is done. */
export async function fanOutCells<T, M, R>(
  parts: Parts,
  run: LiveRun,
  { tasks, targets, run: code, options }: CellsCall<T, M, R>,
): Promise<Grid<R>> {
  checkCells(code, options);
  run.fanouts += 1;
  const number = run.fanouts;
  const slot = parts.slots.getStore() ?? run.job;
  const stored = await storedCells(parts, run);
  const found = new Set<string>();
  const runCell = async (task: T, target: M, cell: CellContext): Promise<R> => {
    const name = cellName(number, cell);
    const known = stored.get(name);
    if (known !== undefined) {
      found.add(name);
      return (JSON.parse(known) as { readonly value: R }).value;
    }
    const work = async (job: JobContext): Promise<R> =>
      await parts.slots.run(job, () => code(task, target, cellContext(cell, job)));
    const value = await runCellJob(parts, run, { cell, name, slot, work });
    await storeCell(parts, run, name, value);
    return value;
  };
  const onCell = (cell: PlacedCell<R>): unknown => {
    const name = cellName(number, cell);
    const isFound = found.delete(name);
    const status = cell.status;
    parts.events.run(run.facts.runId, {
      type: "cell-ended",
      cell: name,
      status,
      ...(isFound ? { stored: true } : {}),
    });
    return options.onCell?.(cell);
  };
  const signal = options.signal ? AbortSignal.any([options.signal, signalOf(run)]) : signalOf(run);
  const fanOut = (): Promise<Grid<R>> => fanout(tasks, targets, runCell, { ...options, signal, onCell });
  return sharesSlot(parts, run) ? await fanOut() : await whileFree(parts, slot, fanOut);
}

/** What is wrapped here, so that the fan-out does not see what was given. */
function checkCells(code: unknown, options: CellOptions<never, never>): void {
  const what = "Cannot fan out:";
  requireFunction(code, `${what} 'run'`);
  requireObject(options, `${what} 'options'`);
  if (options.onCell !== undefined) requireFunction(options.onCell, `${what} 'onCell'`);
  if (options.signal !== undefined) requireSignal(options.signal, `${what} 'signal'`);
}

interface CellJob<R> {
  readonly cell: CellContext;
  readonly name: string;
  readonly slot: JobContext | undefined;
  readonly work: (job: JobContext) => Promise<R>;
}

function runCellJob<R>(parts: Parts, run: LiveRun, { cell, name, slot, work }: CellJob<R>): Promise<R> {
  const { runId, caller, priority, agent, interruptions } = run.facts;
  const { signal } = cell;
  if (slot && sharesSlot(parts, run)) return inTurn(slot, signal, work);
  // A job's id is known for good where jobs are stored: another try is another job.
  const again = `${cell.attempt > 1 ? `+${cell.attempt}` : ""}${interruptions > 0 ? `:${interruptions}` : ""}`;
  const id = `${runId}#${name}${again}`;
  return runAsJob(laneOf(parts, agent), { id, callerId: caller, priority, code: work }, { signal });
}

/** On a lane that cannot give a slot back, cells run in the run's own. */
function sharesSlot(parts: Parts, run: LiveRun): boolean {
  const { closures, yield: yields } = laneOf(parts, run.facts.agent).supports;
  return !closures || !yields;
}

/** Of a run that is started again: what its cells gave before. */
async function storedCells({ books }: Parts, { facts }: LiveRun): Promise<ReadonlyMap<string, string>> {
  if (!books || facts.interruptions === 0) return new Map();
  const cells = await books.cells(facts.runId);
  return new Map(cells.map(({ cell, value }) => [cell, value]));
}

/** A cell that cannot be stored is done all the same. */
async function storeCell(
  { books, logger }: Parts,
  run: LiveRun,
  name: string,
  value: unknown,
): Promise<void> {
  try {
    await books?.putCell(run.facts.runId, { cell: name, value: JSON.stringify({ value }) });
  } catch (error) {
    reportProblem(logger, `Cell ${name} of run "${run.facts.runId}" is not stored`, error);
  }
}

function cellName(
  number: number,
  { taskIndex, targetIndex }: Pick<CellContext, "taskIndex" | "targetIndex">,
): string {
  return `${number}/${taskIndex},${targetIndex}`;
}

/** The cell as its code sees it: it stops with its job, which follows the cell. */
function cellContext(
  { taskIndex, targetIndex, key, attempt }: CellContext,
  { signal }: JobContext,
): CellContext {
  return { taskIndex, targetIndex, key, attempt, signal };
}
