/**
 * The transport that posts messages to a server of one's own, by Standard Webhooks. Needs `node:https`.
 *
 * @module
 */
export type { Endpoints } from "./http/endpoints.ts";
export type { HostAddress, HttpAccess } from "./http/safe-url.ts";
export type { WebhookEndpoint, WebhookTransportOptions } from "./webhook/webhook-transport.ts";
export { webhookTransport } from "./webhook/webhook-transport.ts";
