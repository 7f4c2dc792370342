import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import type { LaneContext, LaneTest } from "./lane-context.ts";
import type { JobFields } from "./lane-jobs.ts";
import type { OpenLane } from "./lane-open.ts";

export function placementTests(test: LaneTest, { position }: LaneSupports): void {
  if (position === false) {
    test("placement() is refused with LANE_UNSUPPORTED by a lane that knows no positions", async (context) => {
      const { lane, newJob, startGate } = await context.open();
      const { jobId } = await startGate();
      const ticket = await lane.submit(newJob(() => "done"));
      await assert.rejects(lane.placement(jobId), { code: "LANE_UNSUPPORTED" });
      await assert.rejects(ticket.placement(), { code: "LANE_UNSUPPORTED" });
    });
    return;
  }

  test("placement() tells a job that runs from one that is queued, and knows nothing of an unknown id", async (context) => {
    const { lane, newJob, startGate } = await context.open();
    const { jobId } = await startGate();
    const ticket = await lane.submit(newJob(() => "done"));
    const running = await lane.placement(jobId);
    assert.deepEqual([running?.state, running?.position], ["running", undefined]);
    assert.equal((await lane.placement(ticket.jobId))?.state, "queued");
    const { state, position: place } = (await ticket.placement()) ?? {};
    assert.deepEqual([state, place], ["queued", 0]);
    assert.equal(await lane.placement(context.unique("job")), undefined);
  });

  if (position === "estimate") {
    test("placement() gives a queued job an estimated position, and does not call it exact", async (context) => {
      const opened = await context.open();
      for (const [index, { position: place = -1, exact }] of (await queue(opened, [{}, {}, {}])).entries()) {
        assert.ok(Number.isInteger(place) && place >= 0, `the position of job ${index} is ${place}`);
        assert.equal(exact, false);
      }
    });
  } else exactTests(test);
}

function exactTests(test: LaneTest): void {
  test("placement() numbers queued jobs from 0 on, drops by one when one ahead is cancelled, and is exact", async (context) => {
    const opened = await context.open();
    const placed = await queue(opened, [{}, {}, {}, {}]);
    assert.deepEqual(
      placed.map(({ position, exact }) => [position, exact]),
      [
        [0, true],
        [1, true],
        [2, true],
        [3, true],
      ],
    );
    await opened.lane.cancel(placed[1]?.jobId ?? "");
    const positions = await Promise.all(placed.map(({ jobId }) => opened.lane.placement(jobId)));
    assert.deepEqual(
      [0, 2, 3].map((index) => positions[index]?.position),
      [0, 1, 2],
    );
  });

  test("placement() says in which order jobs of several callers and priorities will start", async (context) => {
    await assertForetold(context, [
      { callerId: "ada" },
      { callerId: "ada", priority: 1 },
      { callerId: "ada" },
      { callerId: "bob" },
      {},
      { callerId: "bob", priority: 2 },
      { callerId: "eve", priority: 1 },
      { callerId: "bob" },
      {},
    ]);
  });

  test("placement() is not exact while the lane is held", async (context) => {
    const opened = await context.open();
    const [placed] = await queue(opened, [{}]);
    await opened.lane.holdUntil(Date.now() + 3_600_000, "retry-after");
    const held = await opened.lane.placement(placed?.jobId ?? "");
    assert.deepEqual([placed?.exact, held?.exact, held?.state], [true, false, "queued"]);
  });
}

interface Placed {
  readonly jobId: string;
  readonly position: number | undefined;
  readonly exact: boolean | undefined;
}

/** Queues jobs behind one that runs, and then asks where each stands. */
async function queue({ lane, newJob, startGate }: OpenLane, jobs: readonly JobFields[]): Promise<Placed[]> {
  await startGate({ callerId: "someone" });
  const ids: string[] = [];
  for (const fields of jobs) ids.push((await lane.submit(newJob(() => "done", fields))).jobId);
  const placed: Placed[] = [];
  for (const jobId of ids) {
    const { position, exact } = (await lane.placement(jobId)) ?? {};
    placed.push({ jobId, position, exact });
  }
  return placed;
}

async function assertForetold(context: LaneContext, jobs: readonly JobFields[]): Promise<void> {
  const opened = await context.open();
  const placed = await queue(opened, jobs);
  const foretold = placed.toSorted((one, two) => Number(one.position) - Number(two.position));
  assert.ok(
    placed.every(({ exact }) => exact),
    "a lane that is neither held nor capped is exact",
  );
  opened.release();
  await context.until("all jobs to have started", () => opened.trace.entered.length === jobs.length + 1);
  assert.deepEqual(
    foretold.map(({ position }) => position),
    [...jobs.keys()],
  );
  assert.deepEqual(
    foretold.map(({ jobId }) => jobId),
    opened.trace.entered.slice(1),
  );
}
