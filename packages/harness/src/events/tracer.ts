/** What a span is used for. OpenTelemetry's `Span` fits. */
export interface TracerSpan {
  setAttribute(key: string, value: string | number | boolean): unknown;
  recordException(error: Error): unknown;
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
  end(): unknown;
}

/** Seam: where spans are made. OpenTelemetry's `Tracer` fits as it is. */
export interface Tracer {
  startActiveSpan<T>(
    name: string,
    options: { readonly attributes: Readonly<Record<string, string | number | boolean>> },
    code: (span: TracerSpan) => T,
  ): T;
}

/** What a span is of. */
export interface SpanFacts {
  readonly runId: string;
  readonly rootRunId: string;
  readonly agent: string;
  readonly lane: string;
}

/** `SpanStatusCode.ERROR` */
const errorStatus = 2;

/**
 * Runs code in a span of its own, by the GenAI conventions for an agent within the process: named `invoke_agent <agent>`, of the
 * kind `INTERNAL`, which is what a span is of by default, ended on every path.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-agent-spans.md
 */
export function inSpan<T>(tracer: Tracer | undefined, facts: SpanFacts, code: () => Promise<T>): Promise<T> {
  if (!tracer) return code();
  const { runId, rootRunId, agent, lane } = facts;
  const attributes = {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": agent,
    // Which model an agent asks is told by the spans of its calls, below this one.
    "gen_ai.provider.name": "executus",
    "executus.run.id": runId,
    "executus.run.root_id": rootRunId,
    "executus.lane": lane,
  };
  let work: Promise<T> | undefined;
  try {
    return tracer.startActiveSpan(`invoke_agent ${agent}`, { attributes }, (span) => {
      work = workIn(span, code);
      return work;
    });
  } catch {
    // The tracer's own: the work goes on, or begins.
    return work ?? code();
  }
}

async function workIn<T>(span: TracerSpan, code: () => Promise<T>): Promise<T> {
  try {
    return await code();
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    quietly(() => span.end());
  }
}

function fail(span: TracerSpan, error: unknown): void {
  const { code } = Object(error) as { readonly code?: unknown };
  const name = error instanceof Error ? error.name : "_OTHER";
  quietly(() => {
    span.setAttribute("error.type", typeof code === "string" ? code : name);
    span.recordException(error instanceof Error ? error : new Error(String(error)));
    span.setStatus({ code: errorStatus });
  });
}

/** A span that throws must not break what it watches. */
function quietly(code: () => void): void {
  try {
    code();
  } catch {
    // The work goes on.
  }
}
