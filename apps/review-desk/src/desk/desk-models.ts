import { layer } from "@executus/config";
import { chooseModels, type ReviewModel } from "../model/choose-models.ts";
import { DeskError } from "./desk-error.ts";
import { environment } from "./settings.ts";

/**
 * The models of the desk: those of the setting, else those of `EXECUTUS_MODEL`, else the embedded rules.
 *
 * @throws {UsageError} naming the setting and the value.
 */
export function openModels(ids: readonly string[] | undefined): Promise<readonly ReviewModel[]> {
  const named = ids === undefined || ids.length === 0 ? undefined : new Map([["model", ids.join(",")]]);
  return chooseModels(layer(named, environment()));
}

/**
 * Those that a request names, or all, in the desk's order.
 *
 * @throws {DeskError} `DESK_MODEL`
 */
export function chooseAmong(
  models: readonly ReviewModel[],
  ids: readonly string[] | undefined,
): readonly ReviewModel[] {
  if (ids === undefined) return models;
  const unknown = ids.find((id) => !models.some((model) => model.id === id));
  if (unknown === undefined) return models.filter(({ id }) => ids.includes(id));
  const known = models.map(({ id }) => id).join(", ");
  throw new DeskError("DESK_MODEL", `There is no model ${JSON.stringify(unknown)}, only: ${known}`);
}
