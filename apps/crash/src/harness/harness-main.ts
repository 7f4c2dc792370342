/**
 * A process with a harness that is there to be killed: `harness-main.ts <order as JSON>`. It says "up" once it runs its own code.
 *
 * @module
 */
import { openJournal } from "../ledger/journal.ts";
import { openStore } from "../worker/open-store.ts";
import type { HarnessOrder } from "./harness-order.ts";
import { runHarness } from "./run-harness.ts";

// Whoever started it is gone: nobody would kill it any more.
process.stdin.resume().on("end", () => process.exit(9));
(process.stdin as { unref?: () => void }).unref?.();
process.stdout.write("up\n");

const order = JSON.parse(process.argv[2] ?? "null") as HarnessOrder;
const { store, close } = await openStore(order.store);
await runHarness(order, store, openJournal(order.journal));
await close();
