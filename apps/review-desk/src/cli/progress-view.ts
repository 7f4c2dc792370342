import { type Progress, type Sink, createProgress, lines } from "@executus/run";
import { terminal } from "@executus/run/terminal";
import stringWidth from "string-width";

/** A live view on a terminal, else a line for each finding and now and then one for the whole. */
export interface ProgressView extends Disposable {
  readonly progress: Progress;
}

/** How often a run without a terminal says how far it is. */
const tickMs = 2_000;

export function openProgressView(name: string, stream: NodeJS.WriteStream): ProgressView {
  if (!stream.isTTY) {
    const progress = createProgress({ name, sinks: [rootOnly(lines({ stream, everyMs: tickMs }))] });
    return { progress, [Symbol.dispose]: () => progress.end("cancelled") };
  }
  const view = terminal({ stream, width: stringWidth, color: !process.env["NO_COLOR"] });
  const progress = createProgress({ name, sinks: [view] });
  return {
    progress,
    [Symbol.dispose]() {
      progress.end("cancelled");
      view.close();
    },
  };
}

/** Without a terminal a line for each start and end of hundreds of cells would bury the findings. */
function rootOnly(sink: Sink): Sink {
  return {
    emit(event) {
      if (event.parentId === undefined) sink.emit(event);
    },
  };
}
