import { createHash } from "node:crypto";
import { createAttachmentHub, type FileData } from "@executus/pendingattach";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const mebibyte = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 7) & 255);
const files = 100;

/** What holding a file costs at least: a copy that nobody can change, and its digest. */
const raw: Entry = {
  name: "raw: copy and SHA-256",
  kind: "raw",
  count: files,
  measure: async (count) => {
    const held: unknown[] = [];
    const since = startWatch();
    for (let left = count; left > 0; left -= 1) {
      const copy = new Uint8Array(mebibyte);
      held.push({ copy, sha256: createHash("sha256").update(copy).digest("hex") });
    }
    return [since(count) / 1e6];
  },
};

function attaching(name: string, data: () => FileData): Entry {
  return {
    name,
    kind: "ours",
    count: files,
    measure: async (count) => {
      const limits = { maxFiles: count, maxTotalBytes: Number.POSITIVE_INFINITY };
      const bag = createAttachmentHub({ limits }).open("bench");
      const since = startWatch();
      for (let left = count; left > 0; left -= 1) await bag.add({ name: `${left}.bin`, data: data() });
      const figure = since(count) / 1e6;
      await bag.close("discard");
      return [figure];
    },
  };
}

async function* inChunks(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < mebibyte.byteLength; at += 65_536) yield mebibyte.subarray(at, at + 65_536);
}

const bytes = attaching("bag.add(bytes)", () => mebibyte);
const stream = attaching("bag.add(stream of 64 KiB chunks)", inChunks);

/** Time, too, counts copies: each further one would cost about as much as the raw one. */
export const attachCase: Case = {
  name: "attach",
  title: "1 MiB added to a run's bag, in memory",
  columns: ["ms/MiB"],
  raw: raw.name,
  process: "case",
  entries: [raw, bytes, stream],
  targets: [
    { level: "must", ours: bytes.name, atMost: 6 },
    { level: "must", ours: stream.name, atMost: 6 },
    { level: "goal", ours: bytes.name, against: raw.name, atMost: 1.5 },
  ],
};
