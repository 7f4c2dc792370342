import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openRegistryGate, type Outcome, type RegistryGate } from "../release/registry-gate.ts";

/** A gate in front of a registry that answers everything with what it was asked. */
async function createGate(): Promise<RegistryGate & { readonly reached: string[] }> {
  const reached: string[] = [];
  const registry = createServer((request, answer) => {
    reached.push(`${request.method} ${request.url}`);
    answer.writeHead(request.method === "PUT" ? 201 : 200).end(request.url);
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  const gate = await openRegistryGate((registry.address() as AddressInfo).port);
  onTestFinished(() => {
    gate.close();
    registry.close();
  });
  return { ...gate, reached };
}

async function put(gate: RegistryGate, path: string): Promise<number | "cut"> {
  const response = await fetch(gate.url + path, { method: "PUT", body: "{}" }).catch(() => undefined);
  await response?.text();
  return response?.status ?? "cut";
}

test("openRegistryGate() hands on what is asked and published, and names what was published", async () => {
  const gate = await createGate();
  expect(await (await fetch(`${gate.url}@executus%2flane`)).text()).toBe("/@executus%2flane");
  expect(await put(gate, "@executus%2flane")).toBe(201);
  expect(await put(gate, "-/user/ada")).toBe(201);
  expect(gate.attempts).toEqual(["@executus/lane"]);
});

test("openRegistryGate() refuses, or loses an answer, as it is told for each publish", async () => {
  const gate = await createGate();
  const outcomes: readonly Outcome[] = ["pass", "refuse", "lose-answer"];
  gate.behave((index) => outcomes[index] ?? "pass");
  expect([await put(gate, "a"), await put(gate, "b"), await put(gate, "c")]).toEqual([201, 503, "cut"]);
  expect(gate.reached).toEqual(["PUT /a", "PUT /c"]);
});

test("behave() counts publishes anew", async () => {
  const gate = await createGate();
  await put(gate, "a");
  gate.behave((index) => (index === 0 ? "refuse" : "pass"));
  expect(await put(gate, "a")).toBe(503);
  expect(gate.attempts).toEqual(["a"]);
});
