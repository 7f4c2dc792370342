import { AttachError } from "./errors.ts";

/** Why a file is not taken, in words for the model. One function a reason, so that a message is written once. */

export function closed(): AttachError {
  return new AttachError("ATTACH_CLOSED", "Cannot attach file: the run takes no more files");
}

export function tooMany(limit: number): AttachError {
  const message = `Cannot attach file: the run already holds ${limit}, which is its limit`;
  return new AttachError("ATTACH_TOO_MANY", message, { limit, observed: limit + 1 });
}

export function tooLarge(limit: number, observed: number): AttachError {
  const message = `Cannot attach file: a file may have ${limit} bytes, and this one has more`;
  return new AttachError("ATTACH_TOO_LARGE", message, { limit, observed });
}

export function overTotal(limit: number, observed: number): AttachError {
  const message = `Cannot attach file: with it the run's files would exceed ${limit} bytes`;
  return new AttachError("ATTACH_TOTAL", message, { limit, observed });
}

export function empty(): AttachError {
  return new AttachError("ATTACH_EMPTY", "Cannot attach file: it is empty");
}

export function malformedType(): AttachError {
  return new AttachError("ATTACH_TYPE", "Cannot attach file: its media type is not of the form type/subtype");
}

export function refusedProgram(): AttachError {
  const message = "Cannot attach file: programs and scripts that a double click starts are not allowed";
  return new AttachError("ATTACH_TYPE", message);
}

export function refusedType(): AttachError {
  return new AttachError("ATTACH_TYPE", "Cannot attach file: files of this kind are not allowed");
}

export function mismatch(): AttachError {
  const message = "Cannot attach file: its bytes are not of the media type that it was given";
  return new AttachError("ATTACH_MISMATCH", message);
}

export function sourceFailed(cause: unknown): AttachError {
  return new AttachError("ATTACH_SOURCE", "Cannot attach file: reading its bytes failed", { cause });
}

export function storeFailed(cause: unknown): AttachError {
  const message = "Cannot attach file: it could not be stored";
  return new AttachError("ATTACH_STORE", message, { cause, retryable: true });
}

export function unsafePath(cause: unknown): AttachError {
  const message = "Cannot attach file: it is not a plain file within the folder that files may come from";
  return new AttachError("ATTACH_PATH", message, { cause });
}

export function gone(): AttachError {
  return new AttachError("ATTACH_CLOSED", "Cannot read file: it was delivered, removed or discarded");
}

export function notReadWhole(size: number, observed: number): AttachError {
  const message = `Cannot read file: the store gave ${observed} of its ${size} bytes`;
  return new AttachError("ATTACH_STORE", message, { observed });
}

export function duplicateRun(): AttachError {
  return new AttachError("ATTACH_DUPLICATE", "Cannot open attachments: the run's are open already");
}

export function cannotDrain(state: string): AttachError {
  return new AttachError("ATTACH_CLOSED", `Cannot drain attachments: they are ${state}`);
}

export function cannotOpenChild(state: string): AttachError {
  return new AttachError("ATTACH_CLOSED", `Cannot open a child's attachments: the parent's are ${state}`);
}

export function cannotMoveUp(): AttachError {
  return new AttachError("ATTACH_CLOSED", "Cannot move files up: the parent run takes no more files");
}

export function undrained(observed: number): AttachError {
  const message = `Cannot close attachments as ok: ${observed} files were not drained`;
  return new AttachError("ATTACH_UNDRAINED", message, { observed });
}
