import { once } from "node:events";
import { abortable } from "../checks/abortable.ts";
import { openDesk } from "../desk/open-desk.ts";
import { overridesPath } from "../desk/open-store.ts";
import { openOverrides } from "../desk/overrides.ts";
import { environment, loadSettings } from "../desk/settings.ts";
import { createApp } from "../service/app.ts";
import { EventStreams } from "../service/event-streams.ts";
import { listen } from "../service/listen.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { catchInterrupts } from "./interrupt.ts";
import { createLog } from "./log.ts";

/** What the command line says of `serve`; what it leaves out, the environment or the config file says. */
export interface ServeCommand {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly repos?: string | undefined;
  readonly store?: string | undefined;
  readonly lanes?: string | undefined;
  readonly config?: string | undefined;
}

/**
 * Serves the desk over HTTP until a signal stops it.
 *
 * @throws {UsageError | ConfigError} for bad input, before anything listens.
 */
export async function serveCommand({
  config: named,
  lanes: lanesUrl,
  ...rest
}: ServeCommand): Promise<ExitCode> {
  const variables = environment();
  const log = createLog(variables, "info");
  using interrupt = catchInterrupts();
  const flags = new Map(Object.entries({ ...rest, lanesUrl }).filter(([, value]) => value !== undefined));
  const file = named ?? (variables.get("config") as string | undefined);
  const overrides = openOverrides(await overridesFile(flags, file, log));
  const settings = await loadSettings({ flags, overrides: overrides.source, file, logger: log });
  // A server that says nothing would hold it for as long as its driver waits.
  const desk = await abortable(openDesk({ settings, overrides, log }), interrupt.signal);
  const streams = new EventStreams();
  const server = await listen(createApp(desk, streams), settings.get("host"), settings.get("port"));
  await desk.start();
  process.stdout.write(`review-desk listens on ${server.url}\n`);
  if (!interrupt.signal.aborted) await once(interrupt.signal, "abort");
  const closed = server.close();
  await desk.drain(settings.get("grace"));
  streams.closeAll();
  await desk.close();
  server.cut();
  await closed;
  return exitCode.ok;
}

/** Other settings decide where the overrides are, so those are read without them. */
async function overridesFile(
  flags: ReadonlyMap<string, unknown>,
  file: string | undefined,
  logger: Parameters<typeof loadSettings>[0]["logger"],
): Promise<string> {
  using settings = await loadSettings({ flags, overrides: new Map(), file, logger });
  return settings.get("overrides") ?? overridesPath(settings.get("store").reveal());
}
