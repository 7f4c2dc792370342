import type { Caps } from "../caps.ts";
import { answerError } from "../http/answer-error.ts";
import type { Endpoints } from "../http/endpoints.ts";
import { addressProblem, findEndpoint, requireEndpoints } from "../http/endpoints.ts";
import { post } from "../http/post.ts";
import type { HttpAccess } from "../http/safe-url.ts";
import { requireAccess } from "../http/safe-url.ts";
import type { Transport } from "../transport.ts";
import { heldSlackMentions, slackText } from "./slack-text.ts";

/**
 * What Slack's incoming webhooks carry, as of 2026-10: a longer text is split by Slack, and cut beyond 40,000 characters.
 * They take no files, and tell no repeat from a second message.
 */
export const slackCaps: Caps = {
  maxText: 4_000,
  measure: "utf16",
  maxParts: 20,
  maxFiles: 0,
  fences: true,
  dedupe: "none",
};

export interface SlackTransportOptions extends HttpAccess {
  /** The address of the incoming webhook for each `destination.to`. It is a secret. */
  readonly webhooks: Endpoints<string>;
  /** @default "slack" */
  readonly name?: string | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * Makes a transport for Slack's incoming webhooks. `& < >` are escaped, so that nobody is notified but those in
 * `message.mentions` whom the text names (`<@U…>`, `<!subteam^S…>`, `<!channel>`); links are not unfolded. With
 * `format: "markdown"` Slack's own marks and fences show, else the text shows as it is. `thread`, else `replyTo`, is a message's `ts`.
 */
export function slackTransport(options: SlackTransportOptions): Transport {
  requireAccess(options, "Cannot create Slack transport");
  const { webhooks, name = "slack", clock = Date.now } = options;
  requireEndpoints(webhooks, "Cannot create Slack transport: 'webhooks'", addressProblem);
  return {
    name,
    caps: slackCaps,
    render: slackText,
    heldMentions: heldSlackMentions,
    async send({ to, thread, replyTo }, { text, message }, { signal }) {
      const url = await findEndpoint(webhooks, to);
      const previews = message.linkPreviews === true;
      const body = Buffer.from(
        JSON.stringify({
          text,
          mrkdwn: message.format === "markdown",
          thread_ts: thread ?? replyTo,
          // Without both of them, Slack fetches what a link leads to.
          unfurl_links: previews,
          unfurl_media: previews,
          link_names: false,
        }),
      );
      const headers = { "content-type": "application/json; charset=utf-8" };
      const answer = await post({ url, headers, body, signal }, options);
      if (answer.status !== 200) throw answerError(answer, clock());
    },
  };
}
