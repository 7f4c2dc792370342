import { requireFunction, requireObject } from "./check-arguments.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { show } from "./internal/show.ts";
import type { FileFacts } from "./pending-file.ts";
import { refusedProgram, refusedType } from "./refusals.ts";

/** Which files a run may hold. */
export interface AttachmentPolicy {
  /** Only `true` allows. One that throws is reported and refuses. @default (file) => file.active !== "program" */
  readonly allow?: ((file: FileFacts) => boolean) | undefined;
  /** Of a file whose bytes are of another kind than was declared. @default "use-bytes" */
  readonly onMismatch?: "use-bytes" | "reject" | undefined;
}

/** @throws {AttachError} `ATTACH_TYPE` */
export function requireAllowed(
  { allow }: AttachmentPolicy,
  file: FileFacts,
  logger: Logger | undefined,
): void {
  if (!allow) {
    if (file.active === "program") throw refusedProgram();
    return;
  }
  let answer: unknown;
  try {
    answer = allow(file);
  } catch (error) {
    reportProblem(logger, "The policy of attachments threw: the file is refused", error);
  }
  if (answer !== true) throw refusedType();
}

/** @throws {TypeError} if it is none. */
export function requirePolicy(policy: AttachmentPolicy): void {
  requireObject(policy, "Cannot create attachment hub: 'policy'");
  const { allow, onMismatch = "use-bytes" } = policy;
  if (allow !== undefined) requireFunction(allow, "Cannot create attachment hub: 'policy.allow'");
  if (onMismatch === "use-bytes" || onMismatch === "reject") return;
  const wanted = '"use-bytes" or "reject"';
  throw new TypeError(
    `Cannot create attachment hub: 'policy.onMismatch' must be ${wanted}: received ${show(onMismatch)}`,
  );
}
