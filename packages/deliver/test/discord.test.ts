import { expect, test } from "vitest";
import type { OutMessage } from "../src/index.ts";
import { createDeliverer, outFile, SendError } from "../src/index.ts";
import { discordCaps, discordTransport } from "../src/discord.ts";
import type { LocalServer } from "./local-server.ts";
import { answer, local, startServer } from "./local-server.ts";
import { sendOne } from "./send-one.ts";

const here = { channel: "discord", to: "reviews" };
const message: OutMessage = { key: "run-1/0", text: "Hello", format: "markdown" };

interface Payload {
  readonly content: string;
  readonly allowed_mentions: object;
  readonly flags: number;
  readonly nonce: string;
  readonly enforce_nonce: boolean;
  readonly attachments: readonly object[];
}

async function forms({ received }: LocalServer): Promise<{ payload: Payload; files: string[] }[]> {
  return await Promise.all(
    received.map(async ({ headers, body }) => {
      const type = { headers: { "content-type": String(headers["content-type"]) } };
      const form = await new Response(body, type).formData();
      const files: string[] = [];
      for (const [name, value] of form) {
        if (value instanceof File) files.push(`${name} ${value.name} ${value.type} ${await value.text()}`);
      }
      return { payload: JSON.parse(form.get("payload_json") as string) as Payload, files };
    }),
  );
}

async function sent(
  given: Partial<OutMessage>,
  destination = here,
): Promise<Awaited<ReturnType<typeof forms>>> {
  const server = await startServer();
  const transport = discordTransport({
    webhooks: { reviews: `${server.url}api/webhooks/1/secret` },
    ...local,
  });
  await createDeliverer(transport).deliver(destination, { ...message, ...given });
  return await forms(server);
}

test("discordTransport() always says that nobody is notified, and embeds no links", async () => {
  const [{ payload } = { payload: undefined }] = await sent({
    text: "@everyone @here <@1> <@&2> https://a.test",
  });
  expect(payload).toEqual({
    content: "@everyone @here <@1> <@&2> https://a.test",
    allowed_mentions: { parse: [], users: [], roles: [], replied_user: false },
    flags: 4,
    nonce: expect.stringMatching(/^[\w-]{25}$/),
    enforce_nonce: true,
    attachments: [],
  });
});

test("discordTransport() notifies exactly those who are opted in", async () => {
  const [some] = await sent({ mentions: { users: ["1"], roles: ["2"] }, linkPreviews: true });
  expect(some?.payload).toMatchObject({
    allowed_mentions: { parse: [], users: ["1"], roles: ["2"], replied_user: false },
    flags: 0,
  });
  const [all] = await sent({ mentions: { everyone: true } });
  expect(all?.payload.allowed_mentions).toEqual({
    parse: ["everyone"],
    users: [],
    roles: [],
    replied_user: false,
  });
});

test("discordTransport() notes the mentions that notify nobody", async () => {
  const server = await startServer();
  const deliverer = createDeliverer(discordTransport({ webhooks: () => server.url, ...local }));
  const text = "@everyone <@1> <@!2> <@&1> mail@everyone.test";
  const { notes } = await deliverer.deliver(here, { ...message, text, mentions: { users: ["1"] } });
  expect(notes).toEqual([{ code: "mention-removed", detail: "4 mentions notify nobody" }]);
});

test("discordTransport() sends files as Discord wants them, with names that end no header", async () => {
  const files = [
    { ...outFile("report.md", "# Report", "text/markdown"), alt: "The report" },
    outFile('a"\r\nX-Evil: 1\r\n\r\n.txt', "bytes"),
  ];
  const [{ payload, files: got } = { payload: undefined, files: [] }] = await sent({ files });
  expect(payload?.attachments).toEqual([
    { id: 0, filename: "report.md", description: "The report" },
    { id: 1, filename: files[1]?.name },
  ]);
  expect(got[0]).toBe("files[0] report.md text/markdown # Report");
  expect(got[1]).toMatch(/^files\[1\] a.*text\/plain bytes$/s);
  expect(got).toHaveLength(2);
});

test("discordTransport() says the message's id, and asks for it", async () => {
  const server = await startServer();
  server.responses.push(
    answer(200, { "content-type": "application/json" }, '{"id":"123","content":"Hello"}'),
  );
  const transport = discordTransport({ webhooks: () => `${server.url}api/webhooks/1/secret?x=y`, ...local });
  expect(await sendOne(transport, { ...here, thread: "9" }, message)).toEqual({ remoteId: "123" });
  expect(server.received[0]?.path).toBe("/api/webhooks/1/secret?x=y&wait=true&thread_id=9");
  expect(server.received[0]?.headers["user-agent"]).toMatch(/^DiscordBot \(/);
});

test("discordTransport() waits as long as Discord's body says, to the fraction of a second", async () => {
  const server = await startServer();
  const body = '{"message":"You are being rate limited.","retry_after":0.3504,"global":false}';
  server.responses.push(answer(429, { "retry-after": "1" }, body));
  const error: unknown = await sendOne(
    discordTransport({ webhooks: () => server.url, ...local }),
    here,
    message,
  ).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(SendError);
  expect(error).toMatchObject({ retryAfterMs: 351, applied: "no" });
});

test("discordTransport() does not count on the nonce: what may have arrived is unknown", async () => {
  expect(discordCaps.dedupe).toBe("none");
  const server = await startServer();
  server.responses.push((_, __, request) => void request.socket.destroy());
  const deliverer = createDeliverer(discordTransport({ webhooks: () => server.url, ...local }));
  expect((await deliverer.deliver(here, message)).status).toBe("unknown");
  expect(server.received).toHaveLength(1);
});

test("discordTransport() escapes a plain text, but no links and no mentions", async () => {
  const [form] = await sent({ text: "*a* `b` # c\n> d https://a.test/x_y_z <@1> [e](f)", format: "plain" });
  expect(form?.payload.content).toBe("\\*a\\* \\`b\\` \\# c\n\\> d https://a.test/x_y_z <@1> \\[e\\]\\(f\\)");
});

test("discordTransport() splits markdown at 2,000 characters with balanced fences", async () => {
  const text = `\`\`\`ts\n${"const a = 1;\n".repeat(300)}\`\`\``;
  const parts = await sent({ text });
  expect(parts).toHaveLength(2);
  for (const { payload } of parts) {
    expect(payload.content.length).toBeLessThanOrEqual(2_000);
    expect(payload.content).toMatch(/^```ts\n[\s\S]*\n```$/);
  }
  expect(new Set(parts.map(({ payload }) => payload.nonce)).size).toBe(2);
});

test("discordTransport() names each of those who are opted in once, as Discord refuses repeats", async () => {
  const [{ payload } = { payload: undefined }] = await sent({
    text: "<@1> <@&7>",
    mentions: { users: ["1", "2", "1"], roles: ["7", "7"] },
  });
  expect(payload?.allowed_mentions).toMatchObject({ users: ["1", "2"], roles: ["7"] });
});

test("discordTransport() posts no half characters, which Discord refuses", async () => {
  const file = { ...outFile("a.png", "a"), alt: `${"x".repeat(1_023)}\u{1f469}` };
  const [{ payload } = { payload: undefined }] = await sent({ text: "cut \ud83d", files: [file] });
  expect(payload?.content).toBe("cut \ufffd");
  expect(payload?.attachments).toMatchObject([{ description: `${"x".repeat(1_023)}\ufffd` }]);
});
