import { startWatch } from "../measure/nanoseconds.ts";

/** Splits a text and gives milliseconds per million characters. */
export function splitTime(
  split: (text: string) => readonly string[],
  text: string,
): readonly [msPerMegabyte: number] {
  const stop = startWatch();
  const parts = split(text);
  const nanoseconds = stop(text.length);
  // Used, so that nothing is optimized away.
  if (parts.length === 0) throw new Error("nothing was split");
  return [nanoseconds];
}

/** Repeats a unit up to so many characters. */
export function textOf(unit: string, characters: number): string {
  return unit.repeat(Math.ceil(characters / unit.length)).slice(0, characters);
}
