import { type AttachRequest, declaredType } from "./attach-request.ts";
import type { Intake, IntakeBag } from "./intake.ts";
import { empty, sourceFailed } from "./refusals.ts";
import { RetryIntake } from "./retry-intake.ts";
import { StoringIntake } from "./storing-intake.ts";

/**
 * Reserves, copies what others could change, and begins to read, all before it returns.
 *
 * @throws {AttachError} why the file is refused before it is read
 */
export function openIntake(request: AttachRequest, bag: IntakeBag): Intake {
  const { source } = request;
  try {
    declaredType(request);
    if (source.size === 0) throw empty();
    const refusal = bag.run.reserve(source.size ?? 0);
    // A call that is tried again needs no place, if its bytes are those that are held.
    if (refusal && (refusal.code === "ATTACH_TOO_LARGE" || !bag.find(request))) throw refusal;
    return refusal ? new RetryIntake(request, bag, refusal) : openStoring(request, bag);
  } catch (error) {
    source.turnAway(error);
    throw error;
  }
}

function openStoring(request: AttachRequest, bag: IntakeBag): Intake {
  try {
    return new StoringIntake(request, bag);
  } catch (error) {
    bag.run.free(request.source.size ?? 0);
    // Only the caller's own code can throw here: that which begins an iteration.
    throw sourceFailed(error);
  }
}
