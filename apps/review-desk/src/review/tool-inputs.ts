import { zodSchema } from "ai";
import { z } from "zod";
import { checkNames } from "../checks/finding.ts";
import { maxFindings } from "../checks/finding-list.ts";
import { reportedFinding } from "./finding.ts";

/** Most findings that a cell may report: all that a check gives, and the one that counts the rest. */
const maxReported = maxFindings + 1;
/** Most lines that `read_hunk` gives on either side. */
export const maxHunkRadius = 100;

/** What the tools of a cell take. Made once: the SDK turns a bare zod schema into JSON Schema at each step of each cell. */
export const toolInputs = {
  listChanges: zodSchema(z.object({ under: z.string().describe('a path or the start of one; "" for all') })),
  readHunk: zodSchema(
    z.object({
      path: z.string(),
      line: z.number().int().min(1),
      radius: z.number().int().min(0).max(maxHunkRadius).optional(),
    }),
  ),
  runCheck: zodSchema(z.object({ path: z.string(), check: z.enum(checkNames) })),
  reportFindings: zodSchema(z.object({ findings: z.array(reportedFinding).max(maxReported) })),
};
