import { z } from "zod";

const name = /^[A-Za-z0-9._-]{1,64}$/;

/** As Standard Webhooks has it: what signs nothing would fail each delivery. */
function isSecret(text: string): boolean {
  const [, base64 = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const { length } = Buffer.from(base64, "base64");
  return length >= 24 && length <= 64;
}

const webhook = z
  .strictObject({
    kind: z.literal("webhook"),
    url: z.url({ protocol: /^https?$/ }),
    secret: z.string().refine(isSecret, 'it must be "whsec_" and 24 to 64 bytes in base64').optional(),
    allowHttp: z.boolean().default(false),
    allowPrivate: z.boolean().default(false),
  })
  .refine(({ url, allowHttp }) => allowHttp || !/^http:/i.test(url), {
    path: ["url"],
    message: "it must begin with https, or be allowed by 'allowHttp'",
  });

const channel = z.discriminatedUnion("kind", [
  webhook,
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
