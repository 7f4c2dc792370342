import { ClientError } from "../client/client-error.ts";
import { createDeskClient, type DeskClient } from "../client/desk-client.ts";
import { cleanLine } from "../review/clean-line.ts";
import { clientConnection } from "./client-settings.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { catchInterrupts, Interrupted } from "./interrupt.ts";

export interface ClientWork {
  readonly client: DeskClient;
  readonly signal: AbortSignal;
}

/**
 * Runs a command that asks a desk. What the desk refuses, and that it cannot be reached, is one line on stderr with the code.
 *
 * @throws {UsageError} for bad settings.
 */
export async function clientCommand(work: (parts: ClientWork) => Promise<ExitCode>): Promise<ExitCode> {
  const client = createDeskClient(clientConnection());
  using interrupt = catchInterrupts();
  try {
    return await work({ client, signal: interrupt.signal });
  } catch (error) {
    if (error instanceof Interrupted) {
      process.stderr.write(`review-desk: ${error.message}\n`);
      return exitCode.stopped;
    }
    if (!(error instanceof ClientError)) throw error;
    process.stderr.write(`review-desk: ${cleanLine(`${error.code}: ${error.message}`, 500)}\n`);
    return error.isMistake ? exitCode.usage : exitCode.incomplete;
  }
}
