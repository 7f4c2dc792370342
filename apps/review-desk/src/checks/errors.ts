/**
 * - `CHECK_TIMEOUT`: the analyser ran out of time on this file.
 * - `CHECK_CRASHED`: the analyser died on this file, or its answer could not be read.
 * - `CHECK_UNAVAILABLE`: no analyser can run: it is not installed for this platform, or there is no
 *   place for its scratch folder.
 * - `CHECK_CLOSED`: the checks were disposed before the answer came.
 */
export type ChecksErrorCode = "CHECK_TIMEOUT" | "CHECK_CRASHED" | "CHECK_UNAVAILABLE" | "CHECK_CLOSED";

/** Why a check gave no findings. It says nothing about the files that were checked beside it. */
export class ChecksError extends Error {
  readonly code: ChecksErrorCode;

  constructor(code: ChecksErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ChecksError";
    this.code = code;
  }
}
