/// <reference lib="esnext.disposable" preserve="true" />
import { createLane } from "./create-lane.ts";
import { show } from "./internal/show.ts";
import type { CloseOptions, CloseReport, Lane } from "./lane.ts";
import type { LaneOptions } from "./options.ts";

/** Several lanes by name, with one end: `lanes.get("llm")`. */
export interface Lanes<N extends string> extends AsyncDisposable {
  readonly names: readonly N[];
  /** @throws {RangeError} naming the lanes there are, if there is none of that name. */
  get(name: N): Lane;
  /** Closes all lanes at the same time, each with the same grace. */
  close(options?: CloseOptions): Promise<Readonly<Record<N, CloseReport>>>;
}

/**
 * Makes one lane for each entry, named after its key.
 *
 * @throws {TypeError | RangeError} naming the lane, the option and the value, if one is not valid; then none is made.
 * @example
 * const lanes = createLanes({ llm: { maxConcurrent: 4 }, gpu: { maxConcurrent: 1 } });
 * await lanes.get("gpu").run(render);
 */
export function createLanes<N extends string>(
  options: Readonly<Record<N, Omit<LaneOptions, "name">>>,
): Lanes<N> {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(`Cannot create lanes: 'options' must be an object: received ${show(options)}`);
  const names = Object.keys(options) as N[];
  const lanes = new Map(names.map((name) => [name, createLane({ ...options[name], name })]));

  function get(name: N): Lane {
    const lane = lanes.get(name);
    if (lane) return lane;
    throw new RangeError(`Cannot get lane ${show(name)}: there are ${names.join(", ") || "none"}`);
  }

  async function close(closeOptions?: CloseOptions): Promise<Readonly<Record<N, CloseReport>>> {
    const reports = await Promise.all(
      names.map(async (name) => [name, await get(name).close(closeOptions)] as const),
    );
    return Object.fromEntries(reports) as Record<N, CloseReport>;
  }

  return {
    names,
    get,
    close,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}
