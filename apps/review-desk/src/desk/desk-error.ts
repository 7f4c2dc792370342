/** The contract with clients: codes stay, messages may change. */
export type DeskErrorCode =
  | "DESK_BODY"
  | "DESK_CLOSING"
  | "DESK_DESTINATION"
  | "DESK_INPUT"
  | "DESK_INTERNAL"
  | "DESK_JSON"
  | "DESK_LANE"
  | "DESK_MODEL"
  | "DESK_NOT_ADMIN"
  | "DESK_NOT_FOUND"
  | "DESK_PRIORITY"
  | "DESK_REPO"
  | "DESK_SETTINGS"
  | "DESK_STORE"
  | "DESK_STREAMS"
  | "DESK_TOKEN"
  | "DESK_TOO_LARGE"
  | "DESK_TOO_MANY";

/** What a client is told: one sentence without internals. */
export class DeskError extends Error {
  override readonly name = "DeskError";
  readonly code: DeskErrorCode;

  constructor(code: DeskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
