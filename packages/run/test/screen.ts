/**
 * A small terminal to draw on: what it shows is what a person would see. Lone code points are measured by a table of
 * its own, so that it does not share a mistake with the code under test.
 */
export interface Screen {
  readonly isTTY: true;
  columns: number;
  rows: number;
  write(text: string): void;
  readonly writes: readonly string[];
  /** All lines so far, those scrolled away included, without trailing spaces. */
  readonly lines: readonly string[];
  readonly cursorHidden: boolean;
  /** True while lines that are too wide are clipped. */
  readonly wrapOff: boolean;
  /** True once a line was too wide, and once one was not clipped. */
  readonly overflowed: boolean;
  readonly wrapped: boolean;
  /** True once the cursor was moved above the visible part. */
  readonly escaped: boolean;
}

export function createScreen(columns = 80, rows = 24): Screen {
  const writes: string[] = [];
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  let [cursorHidden, wrapOff, overflowed, wrapped, escaped] = [false, false, false, false, false];
  const lineAt = (index: number): string[] => (lines[index] ??= []);

  function control(parameters: string, final: string): void {
    if (final === "A") {
      const top = Math.max(0, lines.length - screen.rows);
      if (row - Number(parameters) < top) escaped = true;
      row = Math.max(top, row - Number(parameters));
    } else if (final === "J") {
      lines.length = row + 1;
      lineAt(row).length = Math.min(lineAt(row).length, column);
    } else if (final === "K") lineAt(row).length = Math.min(lineAt(row).length, column);
    else if (parameters === "?25") cursorHidden = final === "l";
    else if (parameters === "?7") wrapOff = final === "l";
    else if (final !== "m") throw new Error(`unknown sequence ${JSON.stringify(parameters + final)}`);
  }

  function print(character: string): void {
    const width = widthOf(character);
    if (column + width > screen.columns) {
      overflowed = true;
      wrapped ||= !wrapOff;
    }
    const line = lineAt(row);
    while (line.length < column) line.push(" ");
    if (width === 0) line[column - 1] = (line[column - 1] ?? "") + character;
    else line.splice(column, width, character, ...(width === 2 ? [""] : []));
    column += width;
  }

  const screen = {
    isTTY: true as const,
    columns,
    rows,
    writes,
    write(text: string): void {
      writes.push(text);
      // oxlint-disable-next-line no-control-regex
      for (const [token, parameters, final] of text.matchAll(/\x1b\[([0-9;?]*)([A-Za-z])|[^]/gu)) {
        if (final !== undefined) control(parameters ?? "", final);
        else if (token === "\n") {
          row += 1;
          column = 0;
          lineAt(row);
        } else if (token === "\r") column = 0;
        else if (/\p{Cc}/u.test(token))
          throw new Error(`control byte ${JSON.stringify(token)} in ${JSON.stringify(text)}`);
        else print(token);
      }
    },
    get lines() {
      return lines.map((line) => line.join("").trimEnd());
    },
    get cursorHidden() {
      return cursorHidden;
    },
    get wrapOff() {
      return wrapOff;
    },
    get overflowed() {
      return overflowed;
    },
    get wrapped() {
      return wrapped;
    },
    get escaped() {
      return escaped;
    },
  };
  return screen;
}

function widthOf(character: string): number {
  if (/\p{Mn}|\u200d/u.test(character)) return 0;
  return /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3\u{1f300}-\u{1faff}]/u.test(character) ? 2 : 1;
}
