import {
  type FinishReason,
  type FlexibleSchema,
  generateText,
  type LanguageModel,
  type ModelMessage,
  NoObjectGeneratedError,
  NoOutputGeneratedError,
  Output,
} from "ai";
import { AiError } from "./errors.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { requireObject, wrong } from "./require-argument.ts";
import { untilAborted } from "./until-aborted.ts";

export interface StructuredOptions<T> {
  readonly model: LanguageModel;
  /** What has to come out: a zod or other Standard Schema, or `jsonSchema()` of the AI SDK. */
  readonly schema: FlexibleSchema<T>;
  readonly prompt: string | readonly ModelMessage[];
  readonly instructions?: string | undefined;
  /** For providers that guide a model by them. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** How often the model may mend an answer that does not fit; a whole number, 0 for never. @default 2 */
  readonly maxRepairs?: number | undefined;
  /** Of each call, when the provider fails. @default the SDK's */
  readonly maxRetries?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StructuredResult<T> {
  readonly value: T;
  /** Model calls that it took, 1 without a repair. */
  readonly attempts: number;
  /** Of all calls together, where the provider says. */
  readonly tokens: number;
}

/**
 * An answer that fits a schema. One that does not fit goes back to the model with what is wrong, a bounded number of times.
 *
 * @throws {AiError} `AI_OUTPUT` if the last answer does not fit either: with its `text`, the `tokens` of all
 *   tries, and what was wrong as its `cause`.
 * @throws what the model throws, and the reason of `signal`
 * @throws {TypeError | RangeError} naming the option and the value, if one is not valid.
 */
export async function structured<T>(options: StructuredOptions<T>): Promise<StructuredResult<T>> {
  checkOptions(options);
  const { prompt, maxRepairs = 2, signal } = options;
  const messages: ModelMessage[] =
    typeof prompt === "string" ? [{ role: "user", content: prompt }] : [...prompt];
  let tokens = 0;
  for (let attempts = 1; ; attempts += 1) {
    signal?.throwIfAborted();
    const asked = ask(options, messages);
    const answer = await (signal ? untilAborted(asked, signal) : asked);
    tokens += answer.tokens;
    if (answer.misfit === undefined) return { value: answer.value, attempts, tokens };
    const { text, misfit, finishReason } = answer;
    if (attempts > maxRepairs || lastWords.has(finishReason)) throw unfit(attempts, tokens, text, misfit);
    messages.push(...repairOf(text, misfit));
  }
}

function checkOptions<T>(options: StructuredOptions<T>): void {
  const what = "Cannot ask for structured output:";
  requireObject(options, `${what} 'options'`);
  const { model, schema, prompt, maxRepairs = 2, signal } = options;
  if (typeof model !== "string" && !isObjectOrFunction(model))
    throw wrong(`${what} 'model'`, "a model", model);
  if (!isObjectOrFunction(schema)) throw wrong(`${what} 'schema'`, "a schema", schema);
  if (typeof prompt !== "string" && !Array.isArray(prompt)) {
    throw wrong(`${what} 'prompt'`, "a string or messages", prompt);
  }
  requireWholeNumber(maxRepairs, `${what} 'maxRepairs'`, 0);
  if (signal === undefined || typeof Object(signal).throwIfAborted === "function") return;
  throw wrong(`${what} 'signal'`, "an AbortSignal", signal);
}

/** Models and schemas may be functions that have what it takes. */
function isObjectOrFunction(value: unknown): boolean {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

interface Misfit {
  readonly text: string;
  readonly tokens: number;
  readonly misfit: Error;
  readonly finishReason: FinishReason | undefined;
}

type Answer<T> = { readonly value: T; readonly tokens: number; readonly misfit?: undefined } | Misfit;

async function ask<T>(options: StructuredOptions<T>, messages: readonly ModelMessage[]): Promise<Answer<T>> {
  const { model, schema, instructions, name, description, signal } = options;
  const { maxRetries, maxOutputTokens, temperature } = options;
  try {
    const result = await generateText({
      model,
      messages: [...messages],
      output: Output.object({ schema, ...given({ name, description }) }),
      ...given({ instructions, maxRetries, maxOutputTokens, temperature, abortSignal: signal }),
    });
    const tokens = result.usage.totalTokens ?? 0;
    try {
      return { value: result.output as T, tokens };
    } catch (error) {
      if (!NoOutputGeneratedError.isInstance(error)) throw error;
      const { text, finishReason } = result;
      // The SDK says so of an answer that it has not looked at, and of one that fits and is `null`.
      if (finishReason === "stop") return { value: null as T, tokens };
      return { text, tokens, misfit: error, finishReason };
    }
  } catch (error) {
    if (!NoObjectGeneratedError.isInstance(error)) throw error;
    const { text = "", usage, cause, finishReason } = error;
    const misfit = cause instanceof Error ? cause : error;
    return { text, tokens: usage?.totalTokens ?? 0, misfit, finishReason };
  }
}

/** What was cut off or filtered comes out no other way the next time. */
const lastWords: ReadonlySet<FinishReason | undefined> = new Set(["length", "content-filter"]);

/** How much of a validator's words a model reads: an answer may be long, and they may repeat it. */
const longestComplaint = 2_000;

function repairOf(text: string, misfit: Error): ModelMessage[] {
  const complaint = misfit.message.slice(0, longestComplaint);
  return [
    { role: "assistant", content: text === "" ? "(nothing)" : text },
    {
      role: "user",
      content: `That answer does not fit the schema: ${complaint}\nAnswer again, with the whole corrected JSON and nothing else.`,
    },
  ];
}

function unfit(attempts: number, tokens: number, text: string, cause: Error): AiError {
  const message = `The model gave no answer that fits the schema in ${attempts} ${attempts === 1 ? "try" : "tries"}`;
  return new AiError("AI_OUTPUT", message, { retryable: true, observed: attempts, text, tokens, cause });
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The settings that are there: the SDK tells a name of `undefined` from none. */
function given<T extends object>(settings: T): Given<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Given<T>;
}
