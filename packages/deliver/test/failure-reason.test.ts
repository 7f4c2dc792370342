import { expect, test } from "vitest";
import { failureReason } from "../src/failure-reason.ts";

test("failureReason() says a system error's code, in words where it is a common one", () => {
  expect(failureReason({ code: "ENOSPC" })).toBe("disk full (ENOSPC)");
  expect(failureReason({ code: "EXDEV" })).toBe("EXDEV");
});

test("failureReason() says an error's name when it has no code", () => {
  expect(failureReason(new TypeError("secret"))).toBe("TypeError");
});

test("failureReason() shows no free text, wherever it stands", () => {
  const odd = [
    "secret",
    undefined,
    null,
    { code: "the secret", name: "the secret" },
    { code: 7 },
    Object.assign(new Error("secret"), { name: "secret\u001b[2J" }),
  ];
  expect(odd.map(failureReason)).toEqual(odd.map(() => "unknown reason"));
});
