import { z } from "zod";

/** A name that needs no quoting anywhere. */
const id = /^[A-Za-z0-9._-]{1,64}$/;

/** Somebody who may use the desk, as the config file has them. */
export interface Member {
  readonly id: string;
  readonly roles: readonly string[];
  readonly token: string;
}

const member = z.strictObject({
  id: z.string().regex(id, "it must be 1 to 64 of A-Z a-z 0-9 . _ -"),
  roles: z.array(z.enum(["admin", "member"])).min(1),
  token: z
    .string()
    .min(16, "it must have at least 16 characters")
    .max(512)
    .regex(/^[\x21-\x7e]*$/, "it must be of characters that a header can hold, without spaces"),
});

/** The members of the config file: at least one, each with an id and a token of their own. */
export const membersSchema: z.ZodType<readonly Member[]> = z
  .array(member)
  .min(1)
  .superRefine((members, context) => {
    for (const field of ["id", "token"] as const) {
      const seen = new Set<string>();
      for (const [index, each] of members.entries()) {
        if (seen.has(each[field]))
          context.addIssue({ code: "custom", path: [index, field], message: "another member has it" });
        seen.add(each[field]);
      }
    }
  });
