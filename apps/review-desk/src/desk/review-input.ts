import { z } from "zod";
import { reviewers } from "../review/reviewers.ts";
import { repositoryName } from "./find-repository.ts";
import { plainText } from "./plain-text.ts";

/** What is asked of the agent `review`. */
export const reviewInput = z.strictObject({
  /** A child of the folder of repositories. */
  repo: z.string().regex(repositoryName, "it must be the name of a repository"),
  /** Only what has changed since this commit, branch or tag. */
  base: plainText.optional(),
  /** Of those that the desk has. @default all of them */
  models: z.array(z.string().max(200)).min(1).max(20).optional(),
  /** @default all */
  reviewers: z
    .array(z.enum(reviewers.map(({ name }) => name) as [string, ...string[]]))
    .min(1)
    .optional(),
  /** Applies the patch of mechanical fixes, if the caller may. @default false */
  apply: z.boolean().optional(),
});
export type ReviewInput = z.infer<typeof reviewInput>;

const amount = z.number().int().min(0);

/** What the agent `review` gives: the summary, and what a program wants to know of it. */
export const reviewOutput = z.object({
  /** The summary, which is the reply. */
  text: z.string(),
  subject: z.string(),
  files: amount,
  cells: z.object({ total: amount, done: amount, failed: amount }),
  findings: z.object({ error: amount, warn: amount, info: amount }),
  /** What became of the patch, if it was to be applied. */
  patch: z.object({ applied: z.boolean(), files: z.array(z.string()) }).optional(),
  /** False if a cell failed: then the findings are those of the others. */
  complete: z.boolean(),
});
export type ReviewOutput = z.infer<typeof reviewOutput>;
