import type { Case } from "./case.ts";
import { measureInChild } from "./in-child.ts";
import { type Figures, type RoundOptions, turnsOf } from "./measure-rounds.ts";

/** Measures a case, in one process or in many, as it says. */
export async function runCase(
  { name: caseName, process, maxRounds, entries }: Case,
  { rounds: asked, quick }: RoundOptions,
): Promise<Figures> {
  const rounds = Math.min(asked, maxRounds ?? asked);
  if (process === "case") return measureInChild({ caseName, rounds, quick });
  const figures: Record<string, (readonly number[])[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const { name } of turnsOf(entries, round)) {
      const one = await measureInChild({ caseName, entryNames: [name], rounds: 1, quick });
      (figures[name] ??= []).push(...(one[name] ?? []));
    }
  }
  return figures;
}
