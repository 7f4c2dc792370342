import type { Command } from "commander";
import type { ExitCode } from "./exit-code.ts";
import { quietSdk } from "./quiet-sdk.ts";
import type { ServeCommand } from "./serve-command.ts";

/** Adds `serve`; `setCode` is told the exit code. What it is made of is loaded only if it is asked for: a review needs none of it. */
export function addServeCommand(program: Command, setCode: (code: ExitCode) => void): void {
  program
    .command("serve")
    .description("serve reviews to several people over HTTP, with a queue that survives a crash")
    .option("--config <file>", "settings as JSON: members, channels, caps (default: EXECUTUS_CONFIG)")
    .option("--repos <dir>", "the folder whose children may be reviewed (default: .)")
    .option("--store <place>", "a SQLite file, or postgres://… (default: review-desk.sqlite)")
    .option("--lanes <url>", "redis://…: one queue and one cap for several processes on one store")
    .option("--host <host>", "where to listen (default: 127.0.0.1)")
    .option("--port <port>", "0 for any (default: 4280)")
    .exitOverride()
    .action(async (options: ServeCommand) => {
      quietSdk();
      const { serveCommand } = await import("./serve-command.ts");
      setCode(await serveCommand(options));
    });
}
