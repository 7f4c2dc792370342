import { SendError } from "../send/send-error.ts";
import type { HttpAnswer } from "./post.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Statuses that say that the request was not taken, and that it may be later. */
const later = new Set([408, 421, 425, 429]);

/**
 * The error for an answer that is no success. An answer of the 4xx says that nothing was done; one of the 5xx may come after it
 * was.
 *
 * @param askedMs How long the other side asked to wait, where it says that in the body.
 */
export function answerError({ status, headers }: HttpAnswer, now: number, askedMs?: number): SendError {
  const redirect = status >= 300 && status < 400;
  const why = redirect ? `${status}, and redirects are not followed` : String(status);
  return new SendError(`Cannot post: the answer is ${why}`, {
    applied: status >= 500 ? "maybe" : "no",
    permanent: status < 500 && !later.has(status),
    retryAfterMs: askedMs ?? retryAfterMs(headers["retry-after"], headers["date"], now),
    status,
  });
}
