import { expect, test } from "vitest";
import { readOxlintLine } from "../../src/checks/oxlint-output.ts";

const diagnostic = { message: 'a "]}," b', filename: "0/f.ts", labels: [] };
const json = JSON.stringify(diagnostic);

test("readOxlintLine() reads the first, a middle and the last diagnostic", () => {
  for (const line of [`{ "diagnostics": [${json},`, `${json},`, `${json}],`]) {
    expect(readOxlintLine(line)).toEqual({ diagnostic });
  }
});

test("readOxlintLine() reads the count of files", () => {
  expect(readOxlintLine('              "number_of_files": 12,')).toEqual({ fileCount: 12 });
});

test("readOxlintLine() ignores the rest", () => {
  for (const line of ["", '{ "diagnostics": [],', "            }", '   "threads_count": 2,']) {
    expect(readOxlintLine(line)).toBeUndefined();
  }
});

test("readOxlintLine() throws on a diagnostic that was cut off", () => {
  expect(() => readOxlintLine(json.slice(0, 20))).toThrow(SyntaxError);
});
