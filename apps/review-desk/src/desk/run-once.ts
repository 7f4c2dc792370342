import type { RunContext } from "@executus/harness";

/** Does something in a cell of its own: a run that is started again finds what it gave. What it gives is JSON. */
export async function runOnce<T>(
  context: RunContext,
  name: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const grid = await context.fanout([name], ["once"], (_task, _target, cell) => work(cell.signal));
  const [cell] = grid.rows[0] ?? [];
  if (cell?.status !== "fulfilled") throw cell?.reason;
  return cell.value;
}
