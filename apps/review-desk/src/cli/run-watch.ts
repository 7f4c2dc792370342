import type { PlacementAnswer, RunEventAnswer } from "../client/answers.ts";
import { cleanLine } from "../review/clean-line.ts";
import { placementText, progressText } from "./placement-text.ts";

/** How often a run that moves on says how far it is, in milliseconds. */
const tickMs = 1_000;
const maxNote = 400;

/** Writes what happens to a run, a line each; what is as it was is not said again. */
export class RunWatch {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  #last = "";
  #toldAt = -Infinity;

  constructor(write: (line: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  placement(placement: PlacementAnswer): void {
    this.#say(placementText(placement));
  }

  event({ type, progress }: RunEventAnswer): void {
    if (type === "run-started") this.#say("running");
    if (progress?.type === "note" && progress.message !== undefined) this.#say(progress.message);
    // How far the run is, its root alone says.
    if (progress === undefined || progress.parentId !== undefined) return;
    if (progress.type !== "progress" && progress.type !== "end") return;
    const isLast = progress.total !== undefined && progress.current === progress.total;
    if (!isLast && this.#now() - this.#toldAt < tickMs) return;
    this.#toldAt = this.#now();
    this.#say(progressText(progress));
  }

  trouble(message: string): void {
    this.#say(`${message}; trying again`);
  }

  #say(text: string): void {
    const line = cleanLine(text, maxNote);
    if (line === this.#last) return;
    this.#last = line;
    this.#write(line);
  }
}
