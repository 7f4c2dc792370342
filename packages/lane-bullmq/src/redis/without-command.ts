/**
 * Takes from an error of the driver what it adds: the command that failed, with its arguments. They may be a password, or what
 * somebody has submitted.
 */
export function withoutCommand(error: unknown): unknown {
  if (typeof error === "object" && error !== null && "command" in error)
    Reflect.deleteProperty(error, "command");
  return error;
}
