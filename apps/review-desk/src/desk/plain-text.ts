import { z } from "zod";

/** Text that a store keeps and a command line takes as it is. */
export const plainText = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed() && !text.includes("\0"), "it holds characters that cannot be kept");
