import { HarnessError } from "@executus/harness";
import { openRepository } from "../repository/open-repository.ts";
import { quoteName } from "../repository/quoted-name.ts";
import { RepositoryError } from "../repository/repository-error.ts";
import type { Repository } from "../repository/repository.ts";
import { findRepository } from "./find-repository.ts";

export interface OpenNamedOptions {
  /** Only what has changed since this commit, branch or tag. */
  readonly base?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Opens the repository of that name, a child of the root.
 *
 * @throws {DeskError} `DESK_REPO`
 * @throws {HarnessError} `HARNESS_INPUT` with a sentence for whoever asked.
 */
export async function openNamed(root: string, name: string, options: OpenNamedOptions): Promise<Repository> {
  try {
    return await openRepository(await findRepository(root, name), options);
  } catch (error) {
    if (!(error instanceof RepositoryError)) throw error;
    const why = reasonOf(error, options.base);
    throw new HarnessError("HARNESS_INPUT", `Cannot review ${quoteName(name)}: ${why}`, { cause: error });
  }
}

/** Its own message names folders of the host. */
function reasonOf({ code }: RepositoryError, base: string | undefined): string {
  if (code === "REPOSITORY_UNKNOWN_REF" && base !== undefined)
    return `${quoteName(base)} names no commit of it`;
  return code === "REPOSITORY_NO_HISTORY" ? "it has no history to compare with" : code;
}
