import { cleanLine } from "./clean-line.ts";

const maxRefusal = 300;

/** What of a stream says that a tool was refused. */
interface ToolPart {
  readonly type: string;
  readonly toolName?: string | undefined;
  readonly output?: unknown;
  readonly error?: unknown;
}

/**
 * `second_opinion: GUARD_CYCLE: …` if the part says that a guard refused what a tool asked for, as a result or as an error; else
 * `undefined`.
 */
export function refusalIn(part: ToolPart): string | undefined {
  const said =
    part.type === "tool-result" ? part.output : part.type === "tool-error" ? part.error : undefined;
  if (typeof said !== "object" || said === null) return undefined;
  const { code, message } = said as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== "string" || !/^GUARD_[A-Z_]+$/.test(code)) return undefined;
  return cleanLine(`${part.toolName ?? "tool"}: ${code}: ${String(message)}`, maxRefusal);
}
