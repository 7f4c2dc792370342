/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The host's settings: one seam for where they come from, the environment as the default, and getters that need no
 * source at all; or all of them read and checked at once, with live values and secrets that do not leak.
 *
 * @module
 */
export { codec, type Codec } from "./codec.ts";
export type { Config, Explanation, Live, ReloadResult } from "./config.ts";
export { type ConfigOptions, createConfig, createConfigSync, type LoadOptions } from "./create-config.ts";
export { env, type EnvOptions } from "./env.ts";
export { ConfigError, type ConfigErrorCode, type Issue } from "./errors.ts";
export { getBool, getBytes, getDuration, getInt, getList, getNumber, getString } from "./getters.ts";
export type { Logger } from "./internal/logger.ts";
export { layer } from "./layer.ts";
export type { TimeUnit } from "./quantity.ts";
export type { Secret } from "./secret.ts";
export type { Fitting, Setting, Shape, Values } from "./setting.ts";
export type { Source } from "./source.ts";
export type { Output, SchemaResult, StandardSchema } from "./standard-schema.ts";
