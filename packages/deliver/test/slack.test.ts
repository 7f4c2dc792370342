import { expect, test } from "vitest";
import type { OutMessage } from "../src/index.ts";
import { createDeliverer, outFile } from "../src/index.ts";
import { slackCaps, slackTransport } from "../src/slack.ts";
import { answer, local, startServer } from "./local-server.ts";

const here = { channel: "slack", to: "#reviews" };
const message = { key: "run-1/0", text: "Hello" };

async function payloads(given: Partial<OutMessage>, destination = here): Promise<Record<string, unknown>[]> {
  const server = await startServer();
  const transport = slackTransport({
    webhooks: { "#reviews": `${server.url}services/T0/B0/secret` },
    ...local,
  });
  const receipt = await createDeliverer(transport).deliver(destination, { ...message, ...given });
  expect(receipt.status).toBe("delivered");
  return server.received.map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>);
}

test("slackTransport() posts the text, with links not unfolded and no names looked up", async () => {
  expect(await payloads({})).toEqual([
    { text: "Hello", mrkdwn: false, unfurl_links: false, unfurl_media: false, link_names: false },
  ]);
  expect(
    await payloads({ format: "markdown", linkPreviews: true }, { ...here, thread: "17.5" } as typeof here),
  ).toEqual([
    {
      text: "Hello",
      mrkdwn: true,
      thread_ts: "17.5",
      unfurl_links: true,
      unfurl_media: true,
      link_names: false,
    },
  ]);
});

test("slackTransport() escapes everything, so that nobody is notified and no link is hidden", async () => {
  const text = "<!channel> <!here|x> <@U1> <!subteam^S1> <!date^1^{date}|x> <https://evil|good> a & b";
  const [payload] = await payloads({ text });
  expect(payload?.["text"]).toBe(
    "&lt;!channel&gt; &lt;!here|x&gt; &lt;@U1&gt; &lt;!subteam^S1&gt; &lt;!date^1^{date}|x&gt; &lt;https://evil|good&gt; a &amp; b",
  );
});

test("slackTransport() notifies exactly those who are opted in", async () => {
  const text = "<@U1> <@U2> <@U1|<b>> <!subteam^S1> <!subteam^S2|team> <!channel> <!here|x> <!date^1>";
  const [some] = await payloads({ text, mentions: { users: ["U1"], roles: ["S2"] } });
  expect(some?.["text"]).toBe(
    "<@U1> &lt;@U2&gt; &lt;@U1|&lt;b&gt;&gt; &lt;!subteam^S1&gt; <!subteam^S2> &lt;!channel&gt; &lt;!here|x&gt; &lt;!date^1&gt;",
  );
  const [all] = await payloads({
    text: "<!channel> <!here|x> <!date^1> <!evil> <@U1>",
    mentions: { everyone: true },
  });
  expect(all?.["text"]).toBe("<!channel> <!here> &lt;!date^1&gt; &lt;!evil&gt; &lt;@U1&gt;");
});

test("slackTransport() counts the text as it is escaped", async () => {
  const parts = await payloads({ text: "&".repeat(2_000) });
  expect(parts.map(({ text }) => String(text).length)).toEqual([4_000, 4_000, 2_000]);
  expect(slackCaps.maxText).toBe(4_000);
});

test("slackTransport() says which files and mentions Slack's webhooks cannot carry", async () => {
  const server = await startServer();
  const transport = slackTransport({ webhooks: () => server.url, ...local });
  const files = [outFile("report.md", "# Report")];
  const receipt = await createDeliverer(transport).deliver(here, { ...message, text: "<@U1> Hello", files });
  expect(receipt.notes).toEqual([
    { code: "file-dropped", detail: '"report.md" (8 bytes)' },
    { code: "mention-removed", detail: "1 mention notifies nobody" },
  ]);
  expect(JSON.parse(server.received[0]?.body.toString() ?? "").text).toContain("Files not delivered here:");
});

test("slackTransport() says what Slack's answers mean", async () => {
  const server = await startServer();
  const transport = slackTransport({ webhooks: () => server.url, ...local });
  const once = createDeliverer(transport, { retry: { attempts: 1 } });
  const told: unknown[] = [];
  for (const [index, [status, headers, body]] of (
    [
      [429, { "retry-after": "30" }, "rate_limited"],
      [400, {}, "invalid_payload"],
      [410, {}, "channel_is_archived"],
      [500, {}, "rollup_error"],
    ] as const
  ).entries()) {
    server.responses.push(answer(status, headers, body));
    const { parts } = await once.deliver(here, { ...message, key: String(index) });
    told.push([parts[0]?.status, parts[0]?.retryable, parts[0]?.retryAfterMs]);
  }
  expect(told).toEqual([
    ["failed", true, 30_000],
    ["failed", undefined, undefined],
    ["failed", undefined, undefined],
    ["unknown", undefined, undefined],
  ]);
});

test("slackTransport() posts no half characters, which Slack refuses", async () => {
  const server = await startServer();
  const transport = slackTransport({ webhooks: { reviews: server.url }, ...local });
  await createDeliverer(transport).deliver(
    { channel: "slack", to: "reviews" },
    { key: "k", text: "cut \ud83d" },
  );
  expect(JSON.parse(String(server.received[0]?.body))).toMatchObject({ text: "cut \ufffd" });
});
