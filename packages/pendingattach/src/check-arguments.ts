/** Checks of arguments; each names the action, the argument and the value. */

/** @throws {TypeError} if it is no string that has something in it. */
export function requireFilled(value: unknown, what: string): void {
  if (typeof value === "string" && value !== "") return;
  const received = value === "" ? '""' : typeof value;
  throw new TypeError(`${what} must be a string that is not empty: received ${received}`);
}

/** @throws {TypeError} if it is no id. */
export function requireRunId(runId: string): void {
  requireFilled(runId, "Cannot open attachments: 'runId'");
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
