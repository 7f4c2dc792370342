import { expect, test } from "vitest";
import { choosePackages, help } from "../release/dry-options.ts";

const names = ["@executus/lane", "@executus/run"];

test.each<[readonly string[], readonly string[]]>([
  [[], names],
  [["--pick", "run"], ["@executus/run"]],
  [
    ["--pick", "@executus/run,lane"],
    ["@executus/run", "@executus/lane"],
  ],
  [["--pick", "none"], []],
])("choosePackages() of %j are %j", (args, chosen) => {
  expect(choosePackages(args, names)).toEqual(chosen);
});

test("choosePackages() throws for a package that there is not, and for another option", () => {
  expect(() => choosePackages(["--pick", "lane,rum"], names)).toThrow(
    new RangeError('Cannot pick "rum": there are @executus/lane, @executus/run'),
  );
  expect(() => choosePackages(["--pik", "lane"], names)).toThrow("--pik");
});

test("choosePackages() gives help where it is asked for, and the help names every option", () => {
  expect(choosePackages(["--help", "--pick", "run"], names)).toBe("help");
  for (const option of ["--pick", "--help"]) expect(help).toContain(`  ${option}`);
});
