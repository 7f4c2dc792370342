import { createLane, type Lane, type LaneOptions, LaneError } from "@executus/lane";

/** A lane in memory that cannot give a slot back, as one over a network might not. */
export function laneWithoutYield(options: LaneOptions): Lane {
  const lane = createLane(options);
  return new Proxy(lane, {
    get(target, name) {
      if (name === "supports") return { ...target.supports, yield: false };
      const value: unknown = Reflect.get(target, name, target);
      if (name === "submit") {
        return (job: Parameters<Lane["submit"]>[0], given: Parameters<Lane["submit"]>[1]) => {
          const run = (context: Parameters<typeof job.run>[0]): unknown =>
            job.run({
              jobId: context.jobId,
              lane: context.lane,
              signal: context.signal,
              settleWeight: context.settleWeight,
              yieldWhile: () => Promise.reject(new LaneError("LANE_UNSUPPORTED", "no yield")),
            });
          return target.submit({ ...job, run }, given);
        };
      }
      return typeof value === "function" ? (value as () => unknown).bind(target) : value;
    },
  });
}

/** A lane in memory that runs no functions: it asks for the code of each job by its id. */
export function laneWithoutClosures(
  options: LaneOptions,
  reconstruct: (job: { jobId: string }) => Promise<(context: never) => unknown>,
): Lane {
  const lane = createLane(options);
  return new Proxy(lane, {
    get(target, name) {
      if (name === "supports") return { ...target.supports, closures: false, yield: false };
      const value: unknown = Reflect.get(target, name, target);
      if (name === "submit") {
        return (job: Parameters<Lane["submit"]>[0], given: Parameters<Lane["submit"]>[1]) => {
          const run = async (context: never): Promise<unknown> =>
            (await reconstruct({ jobId: job.id }))(context);
          return target.submit({ ...job, run: run as never }, given);
        };
      }
      return typeof value === "function" ? (value as () => unknown).bind(target) : value;
    },
  });
}
