import type { Pool, PoolConfig } from "pg";

/** The server sends the plan of every statement, also of those within functions, as it was carried out. */
export const explained: PoolConfig = {
  max: 1,
  options: [
    "-c session_preload_libraries=auto_explain -c client_min_messages=log",
    "-c auto_explain.log_min_duration=0 -c auto_explain.log_nested_statements=on",
    "-c auto_explain.log_analyze=on -c auto_explain.log_timing=off -c auto_explain.log_format=text",
  ].join(" "),
};

export function listenForPlans(pool: Pool): string[] {
  const plans: string[] = [];
  pool.on("connect", (client) => {
    client.on("notice", ({ message = "" }) => {
      if (message.includes("plan:")) plans.push(message);
    });
  });
  return plans;
}

/** What a plan did beyond looking up the few rows that were asked for. */
export function wasteOf(plan: string): string[] {
  return plan.split("\n").filter((line) => {
    const [, rows = 0, loops = 0] = /actual rows=([\d.]+) loops=(\d+)/.exec(line) ?? [];
    const [, removed = 0] = /Rows Removed by .*: (\d+)/.exec(line) ?? [];
    return (
      /Seq Scan on (jobs|leases|runs|run_\w+|purged_runs|deliveries|parts|blobs|blob_chunks)/.test(line) ||
      Number(rows) * Number(loops) > 60 ||
      Number(removed) > 20
    );
  });
}
