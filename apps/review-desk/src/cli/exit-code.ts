/** What the process says to a shell or a CI step. */
export const exitCode = {
  /** The review is complete, and no finding reached `--fail-on`. */
  ok: 0,
  /** A finding reached `--fail-on`. */
  findings: 1,
  /** Bad input: one line on stderr says which. */
  usage: 2,
  /** The review is not complete: a cell failed, or a report could not be written. */
  incomplete: 3,
  /** Stopped by a signal, as shells say it of SIGINT. */
  stopped: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
