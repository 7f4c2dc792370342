import { activeKind } from "./active-kind.ts";
import { type AttachRequest, declaredType } from "./attach-request.ts";
import { reportProblem } from "./internal/logger.ts";
import { judgeType, parseMediaType } from "./media-type.ts";
import type { FileFacts } from "./pending-file.ts";
import { mismatch } from "./refusals.ts";
import type { RunFiles } from "./run-files.ts";
import { safeName } from "./safe-name.ts";
import { headBytes, looksLikeText, sniffMediaType } from "./sniffer.ts";

/** What the beginning of a file tells of it. */
export type FileLook = Pick<FileFacts, "name" | "mediaType" | "declaredType" | "active">;

/**
 * Finds out what a file is, and claims its name.
 *
 * @param head at least what a sniffer looks at, or all there is
 * @throws {AttachError} `ATTACH_TYPE` or `ATTACH_MISMATCH`
 */
export function inspectHead(head: Uint8Array, request: AttachRequest, run: RunFiles): FileLook {
  const declared = declaredType(request);
  const builtIn = sniffMediaType(head);
  const { mediaType, mismatch: differs } = judgeType(
    declared,
    askSniffer(head, run) ?? builtIn,
    looksLikeText(head),
  );
  if (differs && run.policy.onMismatch === "reject") throw mismatch();
  const name = run.names.claim(nameOf(request, run, mediaType), run.limits.read("maxNameBytes"));
  const active = activeKind(name, [mediaType, builtIn]);
  return { name, mediaType, active, ...(declared === undefined ? {} : { declaredType: declared }) };
}

/** The safe name of a file, before it is made unique. */
export function nameOf(request: AttachRequest, run: RunFiles, mediaType?: string): string {
  return safeName(request.name, { mediaType, maxBytes: run.limits.read("maxNameBytes") });
}

function askSniffer(head: Uint8Array, { sniffer, logger }: RunFiles): string | undefined {
  try {
    const answer: unknown = sniffer?.sniff(head.slice(0, headBytes));
    return typeof answer === "string" ? parseMediaType(answer) : undefined;
  } catch (error) {
    reportProblem(logger, "The sniffer of attachments threw: the built-in one decides", error);
    return undefined;
  }
}
