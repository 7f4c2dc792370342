import { drillNotice } from "./drill-models.ts";
import { embeddedModelId, embeddedModelNotice } from "./embedded-model.ts";

/** The id, and what the model is if it is no LLM. */
export function describeModel(id: string): string {
  const notice = id === embeddedModelId ? embeddedModelNotice : drillNotice(id);
  return notice === undefined ? id : `${id} (${notice})`;
}
