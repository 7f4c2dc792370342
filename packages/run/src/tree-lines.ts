import { cleanText } from "./clean-text.ts";
import { figures } from "./event-line.ts";
import { formatDuration } from "./format-duration.ts";
import type { AreaLine } from "./live-area.ts";
import type { OpenNode, OpenNodes } from "./open-nodes.ts";
import type { TextWidth } from "./text-width.ts";
import { fitText, measure } from "./text-width.ts";

const BAR_COLUMNS = 10;
/** Below this a bar would leave no room for words. */
const LEAST_COLUMNS_FOR_BAR = 40;

export interface Frame {
  /** Columns and lines that may be filled. */
  readonly columns: number;
  readonly maxLines: number;
  readonly now: number;
  readonly width: TextWidth;
  readonly paint: Paint;
}

export type Color = "green" | "yellow" | "red" | "dim";
export type Paint = (text: string, color: Color) => string;

interface Piece {
  readonly text: string;
  readonly color?: Color | undefined;
}

/** The open nodes as lines, parents before children; what does not fit is counted in the last line. */
export function treeLines(open: OpenNodes, frame: Frame): AreaLine[] {
  const { maxLines } = frame;
  const room = open.size <= maxLines ? maxLines : Math.max(1, maxLines - 1);
  const shown: AreaLine[] = [];
  for (const node of preorder(open.roots)) {
    if (shown.length === room) break;
    shown.push(fitPieces(nodePieces(node, frame), frame));
  }
  const more = open.size - shown.length;
  if (more > 0 && maxLines > 1) shown.push(fitPieces([{ text: `+${more} more`, color: "dim" }], frame));
  return shown;
}

function* preorder(nodes: Iterable<OpenNode>): Generator<OpenNode> {
  for (const node of nodes) {
    yield node;
    yield* preorder(node.children);
  }
}

function nodePieces(node: OpenNode, { columns, now, width }: Frame): Piece[] {
  const { last, remark, endedCount, failedCount } = node;
  const indent = " ".repeat(Math.min(node.depth * 2, Math.floor(columns / 4)));
  const pieces: Piece[] = [
    { text: indent + fitText(node.name, Math.max(8, Math.floor(columns * 0.4)), width) },
  ];
  if (last.ratio !== undefined && columns >= LEAST_COLUMNS_FOR_BAR) {
    const filled = Math.floor(last.ratio * BAR_COLUMNS);
    pieces.push({ text: ` [${"=".repeat(filled)}${"-".repeat(BAR_COLUMNS - filled)}]`, color: "green" });
  }
  pieces.push(...figures(last, now).map((text) => ({ text: ` ${text}` })));
  if (last.status === "waiting") pieces.push({ text: " waiting", color: "yellow" });
  if (failedCount > 0) pieces.push({ text: ` ${failedCount} failed`, color: "red" });
  if (endedCount > 0) pieces.push({ text: ` ${endedCount} ended`, color: "dim" });
  pieces.push({ text: ` ${formatDuration(now - node.startedAt)}`, color: "dim" });
  const words = [last.phase === undefined ? "" : cleanText(last.phase), remark ?? ""].filter(Boolean);
  if (words.length > 0) pieces.push({ text: ` ${words.join(": ")}`, color: "dim" });
  return pieces;
}

/** Joins pieces up to the frame's width. They are painted after they are cut: a color has no columns. */
function fitPieces(pieces: readonly Piece[], { columns, width, paint }: Frame): AreaLine {
  let line = "";
  let used = 0;
  for (const { text, color } of pieces) {
    const fitted = fitText(text, columns - used, width);
    line += color && fitted ? paint(fitted, color) : fitted;
    used += measure(fitted, width);
    if (fitted !== text) break;
  }
  return { text: line, columns: used };
}
