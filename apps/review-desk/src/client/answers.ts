/** What the desk answers, as far as this client reads it; what it does not know it drops. @module */
import { z } from "zod";

const amount = z.number().min(0);

const placement = z.object({
  state: z.string(),
  /** Queued runs before it. */
  position: amount.optional(),
  etaMs: amount.optional(),
  waitingFor: z.string().optional(),
});
export type PlacementAnswer = z.infer<typeof placement>;

const progress = z.object({
  current: amount.optional(),
  total: amount.optional(),
  ratio: z.number().optional(),
  etaMs: amount.optional(),
});
export type ProgressAnswer = z.infer<typeof progress>;

const failure = z.object({ code: z.string().optional(), message: z.string().optional() });

const file = z.object({ name: z.string(), size: amount, mediaType: z.string() });
export type FileAnswer = z.infer<typeof file>;

export const submitted = z.object({
  id: z.string().min(1),
  state: z.string(),
  placement: placement.optional(),
});
export type SubmittedAnswer = z.infer<typeof submitted>;

export const runAnswer = z.object({
  id: z.string(),
  agent: z.string(),
  caller: z.string(),
  state: z.string(),
  placement: placement.optional(),
  progress: progress.optional(),
  result: z.unknown().optional(),
  failure: failure.optional(),
  files: z.array(file).optional(),
});
export type RunAnswer = z.infer<typeof runAnswer>;

export const runsAnswer = z.object({ runs: z.array(runAnswer), next: amount.optional() });
export type RunsAnswer = z.infer<typeof runsAnswer>;

export const filesAnswer = z.object({ files: z.array(file) });

const delivery = z.object({
  key: z.string(),
  run: z.string().optional(),
  destination: z.string(),
  state: z.string(),
  attempts: amount,
});
export const deliveriesAnswer = z.object({ deliveries: z.array(delivery), next: amount.optional() });
export type DeliveriesAnswer = z.infer<typeof deliveriesAnswer>;

/** JSON knows no `Infinity`: a lane without a cap has `null`. */
const lane = z.object({
  name: z.string(),
  maxConcurrent: amount.nullable(),
  queued: amount,
  running: amount,
});
export const lanesAnswer = z.object({ lanes: z.array(lane) });
export type LanesAnswer = z.infer<typeof lanesAnswer>;

export const errorAnswer = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Of the events of a run, what is shown; the rest is read over. */
export const runEvent = z.object({
  type: z.string(),
  runId: z.string().optional(),
  progress: progress
    .extend({
      type: z.string(),
      parentId: z.string().optional(),
      message: z.string().optional(),
      level: z.string().optional(),
    })
    .optional(),
});
export type RunEventAnswer = z.infer<typeof runEvent>;

/** A run that will not change any more. */
export function hasEnded(state: string): boolean {
  return state === "finished" || state === "failed" || state === "cancelled";
}
