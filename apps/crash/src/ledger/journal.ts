import { openSync, readFileSync, writeSync } from "node:fs";

/**
 * What a worker writes down. Of a job: that it is about to be submitted, what `submit` said, that its code was entered and
 * came to its end, that somebody will ask for it to be stopped, that `cancel` said it is cancelled, how its promise settled,
 * which end the store confirmed. Of itself: which point it has come to, that it closes, what it recovered.
 */
export type Word =
  | "intent"
  | "accepted"
  | "rejected"
  | "started"
  | "done"
  | "asked"
  | "cancelled"
  | "resolved"
  | "fenced"
  | "ended"
  | "point"
  | "closing"
  | "recovered"
  | "cell"
  | "trouble";

export interface Entry {
  readonly boot: string;
  readonly word: Word;
  /** The job's id, where it is of a job. */
  readonly about: string;
  readonly details: readonly string[];
}

export interface Journal {
  note(word: Word, about?: string, ...details: readonly (string | number)[]): void;
}

/**
 * Each line is one write to the end of a file, made before the next instruction. It is not synced: what a killed process had
 * written is in the system's memory, and stays.
 */
export function openJournal(path: string): Journal {
  const file = openSync(path, "a");
  return {
    note(word, about = "-", ...details) {
      writeSync(file, `${[word, about, ...details].join(" ")}\n`);
    },
  };
}

/** The entries of one boot, in the order in which they were made. */
export function readJournal(path: string, boot: string): Entry[] {
  const text = readIfThere(path);
  // Half a line would be half a truth.
  if (text !== "" && !text.endsWith("\n")) throw new Error(`"${path}" ends in the middle of a line`);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [word = "", about = "-", ...details] = line.split(" ");
      return { boot, word: word as Word, about, details };
    });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // Killed before it had opened one.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
