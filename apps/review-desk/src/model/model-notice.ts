import { drillNotice } from "./drill-models.ts";
import { embeddedModelId, embeddedModelNotice } from "./embedded-model.ts";

/** What an output has to say of a model that is no LLM; `undefined` for one that may be. */
export function modelNotice(id: string): string | undefined {
  return id === embeddedModelId ? embeddedModelNotice : drillNotice(id);
}

/** The id, and what the model is if it is no LLM. */
export function describeModel(id: string): string {
  const notice = modelNotice(id);
  return notice === undefined ? id : `${id} (${notice})`;
}
