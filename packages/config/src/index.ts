/**
 * The host's settings: one seam for where they come from, the environment as the default, and getters that need no
 * source at all.
 *
 * @module
 */
export { env, type EnvOptions } from "./env.ts";
export { ConfigError, type ConfigErrorCode } from "./errors.ts";
export { getBool } from "./get-bool.ts";
export { getInt, getNumber } from "./get-number.ts";
export { getBytes, getDuration } from "./get-quantity.ts";
export { getList, getString } from "./get-text.ts";
export { layer } from "./layer.ts";
export type { Source } from "./source.ts";
