import { createDeliverer, type OutFile } from "@executus/deliver";
import { createAttachmentHub, type PendingFile } from "@executus/pendingattach";
import { expect, expectTypeOf, test } from "vitest";

// The two packages know nothing of each other: only here do they meet.
test("a file that a run holds is a file that goes out", async () => {
  expectTypeOf<PendingFile>().toExtend<OutFile>();
  const bag = createAttachmentHub().open("run-1");
  await bag.add({ name: "report.md", data: "# Two findings\n" });
  const texts: string[] = [];
  const deliverer = createDeliverer({
    name: "test",
    send: async (_, { files = [] }) => {
      for (const file of files) texts.push(`${file.name}: ${await new Response(file.stream()).text()}`);
    },
  });
  const receipt = await bag.drain(({ drainId, files }) =>
    deliverer.deliver({ channel: "test", to: "" }, { key: `${drainId}/0`, text: "done", files }),
  );
  expect(receipt?.status).toBe("delivered");
  expect(texts).toEqual(["report.md: # Two findings\n"]);
});
