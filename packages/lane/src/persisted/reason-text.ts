/** So much of an error's message is stored. */
const maxLength = 1_000;

/** Why a job ended, as a store keeps it: whole characters, no U+0000, not empty, not endless. */
export function reasonText(reason: unknown): string {
  const text = describe(reason).replaceAll("\0", "").slice(0, maxLength).toWellFormed();
  return text === "" ? "no reason given" : text;
}

function describe(reason: unknown): string {
  try {
    return reason instanceof Error ? reason.message || reason.name : String(reason);
  } catch {
    return "a reason that cannot be shown";
  }
}
