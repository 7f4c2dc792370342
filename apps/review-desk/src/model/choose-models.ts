import { getString, type Source } from "@executus/config";
import type { LanguageModel } from "ai";
import { UsageError } from "../usage-error.ts";
import { drillIds, drillModel, drillPrefix } from "./drill-models.ts";
import { embeddedModel, embeddedModelId } from "./embedded-model.ts";

/** One model of the review. */
export interface ReviewModel {
  /** As in `EXECUTUS_MODEL`. */
  readonly id: string;
  readonly model: LanguageModel;
}

/**
 * The models that the settings name: `model` is a comma-separated list, each `rules` (the default), `openai:<id>`,
 * `anthropic:<id>`, `drill:<name>` or, with `baseUrl`, the bare id of a model on that OpenAI-compatible server. With `baseUrl`,
 * `openai:` ids go to that server too.
 *
 * @throws {UsageError} naming the setting and the value.
 */
export async function chooseModels(settings: Source): Promise<readonly ReviewModel[]> {
  const baseUrl = getString(settings, "baseUrl", "");
  if (baseUrl !== "") checkBaseUrl(baseUrl);
  const named = getString(settings, "model", "");
  if (named === "" && baseUrl !== "")
    throw new UsageError("EXECUTUS_BASE_URL is set: EXECUTUS_MODEL must name a model on that server");
  const ids = [...new Set((named === "" ? embeddedModelId : named).split(",").map((id) => id.trim()))];
  return Promise.all(ids.map(async (id) => ({ id, model: await openModel(id, baseUrl, settings) })));
}

async function openModel(id: string, baseUrl: string, settings: Source): Promise<LanguageModel> {
  if (id === embeddedModelId) return embeddedModel;
  if (id.startsWith(drillPrefix)) return requireDrill(id);
  const [provider, name] = splitId(id);
  if (name === "") throw new UsageError(`EXECUTUS_MODEL: ${JSON.stringify(id)} names no model`);
  if (provider === "anthropic") {
    requireKey("ANTHROPIC_API_KEY", id);
    const { anthropic } = await import("@ai-sdk/anthropic");
    return anthropic(name);
  }
  if (baseUrl !== "") {
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
    const apiKey = getString(settings, "apiKey", "");
    return createOpenAICompatible({
      name: "openai-compatible",
      baseURL: baseUrl,
      ...(apiKey !== "" && { apiKey }),
    })(name);
  }
  if (provider === "openai") {
    requireKey("OPENAI_API_KEY", id);
    const { openai } = await import("@ai-sdk/openai");
    return openai(name);
  }
  throw new UsageError(
    `EXECUTUS_MODEL: ${JSON.stringify(id)} is unknown: use openai:<id>, anthropic:<id>, ${embeddedModelId}, or set EXECUTUS_BASE_URL`,
  );
}

function requireDrill(id: string): LanguageModel {
  const model = drillModel(id);
  if (model) return model;
  throw new UsageError(`EXECUTUS_MODEL: ${JSON.stringify(id)} is no drill: there are ${drillIds.join(", ")}`);
}

/** Only the two known prefixes split: a model of a local server may have a colon in its name (`qwen3:8b`). */
function splitId(id: string): [provider: string, name: string] {
  for (const provider of ["openai", "anthropic"]) {
    if (id.startsWith(`${provider}:`)) return [provider, id.slice(provider.length + 1)];
  }
  return ["", id];
}

function requireKey(variable: string, id: string): void {
  if (!process.env[variable])
    throw new UsageError(`EXECUTUS_MODEL: ${JSON.stringify(id)} needs ${variable}, which is not set`);
}

function checkBaseUrl(text: string): void {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return;
  throw new UsageError(
    `EXECUTUS_BASE_URL must be an http or https address: received ${JSON.stringify(text)}`,
  );
}
