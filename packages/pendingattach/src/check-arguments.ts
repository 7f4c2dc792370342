/** Checks of what a bag's methods take; each names the action, the argument and the value. */

/** @throws {TypeError} if it is no id. */
export function requireRunId(runId: string): void {
  if (typeof runId === "string" && runId !== "") return;
  const received = typeof runId === "string" ? '""' : typeof runId;
  throw new TypeError(
    `Cannot open attachments: 'runId' must be a string that is not empty: received ${received}`,
  );
}

/** @throws {TypeError} */
export function requireDrain(sink: unknown, whenEmpty: string): void {
  if (typeof sink !== "function") {
    throw new TypeError(`Cannot drain attachments: the sink must be a function: received ${typeof sink}`);
  }
  if (whenEmpty === "skip" || whenEmpty === "call") return;
  const wanted = '"skip" or "call"';
  throw new TypeError(
    `Cannot drain attachments: 'whenEmpty' must be ${wanted}: received ${String(whenEmpty)}`,
  );
}

/** @throws {TypeError} */
export function requireClosing(how: string): void {
  if (how === "ok" || how === "discard") return;
  throw new TypeError(`Cannot close attachments: it is done as "ok" or "discard": received ${String(how)}`);
}
