import fc from "fast-check";
import type { EndStatus, Progress } from "../src/index.ts";

/** What may happen in a run, and how it ends. */
export interface Script {
  readonly actions: readonly { readonly at: number; readonly call: string; readonly text: string }[];
  readonly status: EndStatus;
}

const calls = ["child", "child", "run", "update", "phase", "note", "done", "failed", "cancelled"] as const;

/** Few names, so that they clash, and some that look like made ones. */
const names = fc.constantFrom("a", "a #2", "a #3", "toString", "");

export const scripts: fc.Arbitrary<Script> = fc.record({
  actions: fc.array(fc.record({ at: fc.nat(20), call: fc.constantFrom(...calls), text: names }), {
    maxLength: 60,
  }),
  status: fc.constantFrom("done" as const, "failed" as const, "cancelled" as const),
});

/** Lets a script happen to a run and ends it, with whatever is still open. */
export function play({ actions, status }: Script, root: Progress): void {
  const nodes = [root];
  for (const { at, call, text } of actions) {
    const node = nodes[at % nodes.length] ?? root;
    if (call === "child" || call === "run")
      nodes.push(node.child(text, { kind: call === "run" ? "run" : "step" }));
    else if (call === "update") node.update({ current: at, total: 20 });
    else if (call === "phase") node.phase(text, "words");
    else if (call === "note") node.note(text, "warn");
    // The root goes on to the last action.
    else if (node !== root) node.end(call as EndStatus, text || undefined);
  }
  root.end(status, "over");
}
