import { inspect } from "node:util";
import { expect, test } from "vitest";
import { failureOf, newJob, openLane, until } from "./open-lane.ts";
import { useRedis } from "./redis/use-redis.ts";

const url = useRedis();

test("a password that Redis refuses is in no event, no log and no error", async () => {
  const password = "no-such-password-0123456789";
  const wrong = new URL(url());
  Object.assign(wrong, { username: "nobody", password });
  const logged: unknown[] = [];
  const logger = { warn: (...told: unknown[]) => void logged.push(...told) };
  const { lane, events } = openLane(wrong.href, { answerTimeoutMs: 300, logger });
  const failures = await Promise.all(
    [lane.submit(newJob("echo")), lane.stats(), lane.ready()].map(failureOf),
  );
  expect(failures.map(({ code }) => code)).not.toContain("it was not rejected");
  await until(() => events.some(({ type }) => type === "redis-failed"));
  expect(inspect(logged, { depth: 9 })).toContain("WRONGPASS");
  for (const told of [events, logged, failures]) {
    expect(inspect(told, { depth: 9, showHidden: true })).not.toContain(password);
  }
});
