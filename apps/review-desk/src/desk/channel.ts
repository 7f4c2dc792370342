import { z } from "zod";

const name = /^[A-Za-z0-9._-]{1,64}$/;

const channel = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    url: z.url({ protocol: /^https?$/ }),
    secret: z.string().startsWith("whsec_").optional(),
    allowHttp: z.boolean().default(false),
    allowPrivate: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal("folder"), dir: z.string().min(1) }),
  z.strictObject({ kind: z.literal("stdout") }),
]);

/** A way out, as the config file has it. */
export type Channel = z.infer<typeof channel>;

/** Where the desk itself keeps each reply with its files, so that they can be fetched. */
export const deskChannel = "desk";

/** The ways out, by name. */
export const channelsSchema: z.ZodType<Readonly<Record<string, Channel>>> = z.record(
  z
    .string()
    .regex(name)
    .refine((text) => text !== deskChannel, `"${deskChannel}" is the desk's own`),
  channel,
);
