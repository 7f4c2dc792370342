import fc from "fast-check";
import { expect, test } from "vitest";
import { allowIds, createIdentity, type Subject, subjectKey } from "../src/index.ts";
import { reasonOf } from "./asks.ts";

test("subjectKey() is platform, tenant and id, readable", () => {
  expect(subjectKey({ platform: "slack", id: "U024BE7LH" })).toBe("slack/U024BE7LH");
  expect(subjectKey({ platform: "discord", tenant: "g1", id: "7", kind: "bot", label: "Seven" })).toBe(
    "discord/g1/7",
  );
  expect(subjectKey({ platform: "git", id: "a/b%\n\u200b\u{e0041}" })).toBe(
    "git/a%2Fb%25%0A%u200B%uDB40%uDC41",
  );
});

const parts = fc.oneof(
  fc.stringMatching(/^[/%a0-9]{1,6}$/),
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
  fc.constantFrom("é", "e\u0301", "\ud83e", "\udd8a", "\u202e", "%2F", "/", "A", "a"),
);
const subjects = fc.record(
  { platform: parts, tenant: parts, id: parts },
  { requiredKeys: ["platform", "id"] },
);

function isSame(one: Subject, other: Subject): boolean {
  return one.platform === other.platform && one.tenant === other.tenant && one.id === other.id;
}

test("subjectKey() is equal for equal subjects only, whatever their parts hold", () => {
  const seed = Number(process.env["EXECUTUS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`20000 pairs of subjects, EXECUTUS_SEED=${seed}\n`);
  fc.assert(
    fc.property(subjects, subjects, (one, other) => {
      expect(subjectKey(one) === subjectKey(other)).toBe(isSame(one, other));
      // What it gives is what allowIds takes.
      allowIds([subjectKey(one)]);
      expect(subjectKey(one)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
    { numRuns: 20_000, seed },
  );
});

test("subjectKey() tells apart what separators could join", () => {
  const same = [
    { platform: "a/b", id: "c" },
    { platform: "a", tenant: "b", id: "c" },
    { platform: "a", id: "b/c" },
    { platform: "a", id: "b%2Fc" },
    { platform: "a", id: "b%252Fc" },
  ];
  expect(new Set(same.map(subjectKey)).size).toBe(same.length);
});

test.each<[string, unknown]>([
  ["nobody", undefined],
  ["null", null],
  ["a string", "slack/U1"],
  ["an empty id", { platform: "slack", id: "" }],
  ["an id that is a number", { platform: "discord", id: 7 }],
  ["no platform", { id: "7" }],
  ["an empty platform", { platform: "", id: "7" }],
  ["an empty tenant", { platform: "discord", tenant: "", id: "7" }],
  ["a tenant that is null", { platform: "discord", tenant: null, id: "7" }],
  ["a misspelt kind", { platform: "discord", id: "7", kind: "Bot" }],
  [
    "a getter that throws",
    {
      platform: "discord",
      get id() {
        throw new Error("gone");
      },
    },
  ],
])("subjectKey() throws a TypeError for %s, and check() denies it as no-subject", async (_name, subject) => {
  expect(() => subjectKey(subject as Subject)).toThrow(
    /^Cannot make a key: 'subject' must have a platform and an id/,
  );
  const identity = createIdentity({ policy: allowIds({ everyone: true }) });
  await expect(reasonOf(identity, subject as Subject, "read")).resolves.toBe("no-subject");
});

test.each<[string, Subject]>([
  ["a digit that a number would lose", { platform: "discord", tenant: "g1", id: "123456789012345679" }],
  ["a space", { platform: "discord", tenant: "g1", id: "123456789012345678 " }],
  ["full-width digits", { platform: "discord", tenant: "g1", id: "１23456789012345678" }],
  ["another tenant", { platform: "discord", tenant: "g2", id: "123456789012345678" }],
  ["no tenant", { platform: "discord", id: "123456789012345678" }],
  ["another platform", { platform: "telegram", tenant: "g1", id: "123456789012345678" }],
  ["another case of the platform", { platform: "Discord", tenant: "g1", id: "123456789012345678" }],
])("check() does not take a subject for one that differs by %s", async (_name, other) => {
  const identity = createIdentity({ policy: allowIds(["discord/g1/123456789012345678"]) });
  const right = { platform: "discord", tenant: "g1", id: "123456789012345678" };
  await expect(reasonOf(identity, right, "read")).resolves.toBe("allowed");
  await expect(reasonOf(identity, other, "read")).resolves.toBe("no-match");
});
