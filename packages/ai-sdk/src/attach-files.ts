import type { Tool } from "ai";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { show } from "./internal/show.ts";
import { requireFunction, requireLogger, requireObject } from "./require-argument.ts";
import { refusalOf } from "./tool-refusal.ts";

/** A file as a tool gives it, or as a model made it. */
export interface MadeFile {
  readonly data: Uint8Array | string;
  readonly name?: string | undefined;
  readonly mediaType?: string | undefined;
}

/** What is known of a file that was taken. */
export interface TakenFile {
  readonly name: string;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Seam: takes a file that goes out with the reply, such as `(file) => run.attach(file)` of a harness's run or
 * `(file) => bag.add(file)` of `@executus/pendingattach`.
 */
export type Attach = (file: MadeFile) => Promise<TakenFile>;

export interface AttachFilesOptions {
  /** Told of a file that could not be taken, and is not a refusal that the bag lists. @default a process warning */
  readonly logger?: Logger | undefined;
}

/** As much of a step of the AI SDK as is needed. */
export interface StepFiles {
  readonly files: readonly { readonly uint8Array: Uint8Array; readonly mediaType: string }[];
}

/**
 * Files that models make go into the bag: for `onStepEnd` of `generateText`, `streamText` or an agent. A file that is not taken
 * breaks nothing.
 *
 * @example
 * const agent = new ToolLoopAgent({ model, onStepEnd: attachFiles((file) => run.attach(file)) });
 */
export function attachFiles(
  attach: Attach,
  options: AttachFilesOptions = {},
): (step: StepFiles) => Promise<void> {
  const { logger } = checked(attach, options, "Cannot attach files");
  return async ({ files }) => {
    for (const file of files) {
      try {
        // The bytes of a provider's base64 are made when they are asked for, which may fail.
        await attach({ data: file.uint8Array, mediaType: file.mediaType });
      } catch (error) {
        if (!refusalOf(error)) reportProblem(logger, "A file that a model made could not be attached", error);
      }
    }
  };
}

/** What the model reads of a file: that it goes out, or why it does not. Never its bytes. */
export type FileReport =
  | ({ readonly ok: true } & TakenFile)
  | {
      readonly ok: false;
      readonly name: string | undefined;
      readonly code: string;
      readonly message: string;
    };

/** What such a tool gives. */
export interface FilesOutput {
  readonly files: readonly MadeFile[];
}

/**
 * A tool whose result has `files`: they go into the bag, and the model reads in their place which were taken.
 *
 * @throws {TypeError} if the tool has no `execute`, or an argument is not as documented; as the tool's error if its result has no `files`.
 * @example
 * const chart = fileTool((file) => run.attach(file), tool({ inputSchema, execute: () => ({ files: [{ name: "a.svg", data }] }) }));
 */
export function fileTool<I, O extends FilesOutput>(
  attach: Attach,
  tool: Tool<I, O>,
  options: AttachFilesOptions = {},
): Tool<I, Omit<O, "files"> & { readonly files: readonly FileReport[] }> {
  const { logger } = checked(attach, options, "Cannot make a file tool");
  requireObject(tool, "Cannot make a file tool: 'tool'");
  const inner = tool.execute as ((input: I, call: never) => unknown) | undefined;
  if (!inner) throw new TypeError("Cannot make a file tool: the tool has no 'execute'");
  const execute = async (input: I, call: never): Promise<unknown> => {
    const output = (await lastOf(inner.call(tool, input, call))) as O;
    if (!Array.isArray(Object(output)["files"])) {
      throw new TypeError(
        `Cannot attach the files of a tool: its result has no 'files': received ${show(output)}`,
      );
    }
    const files: FileReport[] = [];
    for (const file of output.files) files.push(await takeFile(attach, file, logger));
    return { ...output, files };
  };
  return { ...tool, execute } as never;
}

function checked(attach: Attach, options: AttachFilesOptions, action: string): AttachFilesOptions {
  requireFunction(attach, `${action}: 'attach'`);
  requireObject(options, `${action}: 'options'`);
  requireLogger(options.logger, action);
  return options;
}

/** A tool may yield results, each in the place of the one before: the last counts. */
async function lastOf(output: unknown): Promise<unknown> {
  if (typeof output !== "object" || output === null || !(Symbol.asyncIterator in output)) return output;
  let last: unknown;
  for await (const each of output as AsyncIterable<unknown>) last = each;
  return last;
}

async function takeFile(attach: Attach, file: MadeFile, logger: Logger | undefined): Promise<FileReport> {
  try {
    const { name, mediaType, size } = await attach(file);
    return { ok: true, name, mediaType, size };
  } catch (error) {
    const { code, message } = refusalOf(error) ?? lost(error, logger);
    return { ok: false, name: file.name, code, message };
  }
}

function lost(error: unknown, logger: Logger | undefined): { code: string; message: string } {
  reportProblem(logger, "A file that a tool made could not be attached", error);
  return { code: "AI_FILE_FAILED", message: "The file could not be attached" };
}
