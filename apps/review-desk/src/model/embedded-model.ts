import type { LanguageModelV4 } from "@ai-sdk/provider";
import { answerAsEmbedded } from "./answer-as-embedded.ts";
import { embedMind } from "./mind.ts";

/** How the embedded model is named in `EXECUTUS_MODEL` and in reports. */
export const embeddedModelId = "rules";

/** What every output says of it. */
export const embeddedModelNotice = "embedded rules, not an LLM: every finding comes from an analyser";

/**
 * A model that needs no key and no network: it goes through the same tool loop as any other, and answers by fixed rules
 * from the tool results that it was given. The same prompt always gets the same answer.
 */
export const embeddedModel: LanguageModelV4 = embedMind(embeddedModelId, answerAsEmbedded);
