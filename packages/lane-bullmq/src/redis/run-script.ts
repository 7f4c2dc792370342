import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { admit } from "../scripts/admit.ts";
import { count } from "../scripts/count.ts";
import { cap } from "../scripts/cap.ts";
import { fairTags } from "../scripts/fair-tags.ts";
import { giveBack } from "../scripts/give-back.ts";
import { hold } from "../scripts/hold.ts";
import { jobStates } from "../scripts/job-states.ts";
import { look } from "../scripts/look.ts";
import { countAsCancelled, sweepCancelled } from "../scripts/settle.ts";
import { stop } from "../scripts/stop.ts";
import { tend } from "../scripts/tend.ts";

const bodies: Readonly<Record<ScriptName, string>> = {
  admit,
  cap,
  count,
  countAsCancelled,
  giveBack,
  hold,
  look,
  stop,
  sweepCancelled,
  tend,
};

export type ScriptName =
  | "admit"
  | "cap"
  | "count"
  | "countAsCancelled"
  | "giveBack"
  | "hold"
  | "look"
  | "stop"
  | "sweepCancelled"
  | "tend";

/** Runs one of the lane's scripts on its queue: each is one step that no other process sees half of. */
export type RunScript = (name: ScriptName, ...values: readonly (string | number)[]) => Promise<unknown>;

interface Script {
  readonly source: string;
  readonly digest: string;
}

const scripts = new Map<ScriptName, Script>();

function scriptOf(name: ScriptName): Script {
  const found = scripts.get(name);
  if (found) return found;
  const source = `${fairTags}${jobStates}${bodies[name]}`;
  const script = { source, digest: createHash("sha1").update(source).digest("hex") };
  scripts.set(name, script);
  return script;
}

/** @param base what the keys of the queue begin with */
export function scriptRunner(client: Redis, base: string): RunScript {
  return async (name, ...values) => {
    const { source, digest } = scriptOf(name);
    try {
      return await client.evalsha(digest, 1, base, ...values);
    } catch (error) {
      // A server that was started since then has forgotten it.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return client.eval(source, 1, base, ...values);
    }
  };
}
