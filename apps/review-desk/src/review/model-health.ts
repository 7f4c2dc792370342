import { FanoutError } from "@executus/fanout";
import { APICallError, RetryError } from "ai";

/** Failed calls without a single answer after which a model counts as out of reach. */
const patience = 20;

/**
 * Gives up on a model that never answers: a wrong key or a dead server must not be asked for every cell, which for a
 * large repository takes hours. Only calls that did not come through count, never what is wrong with a file, and one
 * finished cell is proof enough that the model works.
 */
export class ModelHealth {
  readonly #failures = new Map<string, number>();
  readonly #answered = new Set<string>();

  /** @throws {Error} if the model has been given up. */
  requireHope(modelId: string): void {
    if (this.#answered.has(modelId) || (this.#failures.get(modelId) ?? 0) < patience) return;
    throw new Error(`not asked: "${modelId}" failed ${patience} times and never answered`);
  }

  answered(modelId: string): void {
    this.#answered.add(modelId);
  }

  failed(modelId: string, error: unknown): void {
    if (isNoAnswer(error)) this.#failures.set(modelId, (this.#failures.get(modelId) ?? 0) + 1);
  }
}

function isNoAnswer(error: unknown): boolean {
  if (error instanceof FanoutError) return error.code === "FANOUT_TIMEOUT";
  return APICallError.isInstance(error) || RetryError.isInstance(error);
}
