/**
 * The transport for Discord's webhooks. Needs `node:https`.
 *
 * @module
 */
export { discordCaps, discordTransport, type DiscordTransportOptions } from "./discord/discord-transport.ts";
export type { Endpoints } from "./http/endpoints.ts";
export type { HostAddress, HttpAccess } from "./http/safe-url.ts";
