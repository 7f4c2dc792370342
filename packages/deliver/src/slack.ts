/**
 * The transport for Slack's incoming webhooks. Needs `node:https`.
 *
 * @module
 */
export type { Endpoints } from "./http/endpoints.ts";
export type { HostAddress, HttpAccess } from "./http/safe-url.ts";
export type { SlackTransportOptions } from "./slack/slack-transport.ts";
export { slackCaps, slackTransport } from "./slack/slack-transport.ts";
