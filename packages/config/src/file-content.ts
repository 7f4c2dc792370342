import { ConfigError } from "./errors.ts";
import type { Content } from "./file-read.ts";
import { isRecord } from "./plain-data.ts";

export type Parse = (text: string) => unknown;
export type Data = Readonly<Record<string, unknown>>;

export interface ContentRules {
  readonly name: string;
  readonly parse: Parse;
  readonly optional: boolean;
  readonly refuseWorldWritable: boolean;
}

/** @throws {ConfigError} `CONFIG_SOURCE`, which says why and quotes nothing of the file. */
export function parseContent({ text, code, isWorldWritable }: Content, rules: ContentRules): Data {
  if (text === undefined) {
    if (code === "ENOENT" && rules.optional) return {};
    throw refusal(rules.name, `it cannot be read: ${code}`);
  }
  if (rules.refuseWorldWritable && isWorldWritable) throw refusal(rules.name, "everybody may write it");
  const data = parseText(text, rules);
  if (isRecord(data)) return data;
  throw refusal(rules.name, "it does not hold names with values");
}

function parseText(text: string, { name, parse }: ContentRules): unknown {
  try {
    return parse(text);
  } catch (error) {
    // Only the line: most parsers quote what they stumble over.
    const line = error instanceof Error && /\bline (\d{1,6})\b/i.exec(error.message)?.[1];
    throw refusal(name, `it cannot be parsed${line ? `, see line ${line}` : ""}`);
  }
}

function refusal(name: string, why: string): ConfigError {
  const message = `Cannot use the settings file ${JSON.stringify(name)}: ${why}`;
  return new ConfigError([{ code: "CONFIG_SOURCE", origin: name, message }]);
}

/** The value of a key whose dots may stand for levels, or for themselves. */
export function lookUp(data: Data, key: string): unknown {
  if (Object.hasOwn(data, key)) return data[key];
  for (let dot = key.indexOf("."); dot > 0; dot = key.indexOf(".", dot + 1)) {
    const name = key.slice(0, dot);
    const below = data[name];
    const value = isRecord(below) ? lookUp(below, key.slice(dot + 1)) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The names of all values that are no records themselves. */
export function namesIn(data: Data): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) =>
    isRecord(value) ? namesIn(value).map((below) => `${name}.${below}`) : [name],
  );
}
