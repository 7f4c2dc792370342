/** A job's id as BullMQ takes it: no colon, no bare number. What can be no id gets the key of no job. */
export function keyOfJob(jobId: unknown): string {
  return typeof jobId === "string" && jobId.isWellFormed() ? `j${escaped(jobId)}` : "-";
}

export function jobOfKey(key: string): string {
  return key.slice(1).replace(/%3A|%25/g, (found) => (found === "%25" ? "%" : ":"));
}

/** A lane's name as BullMQ takes it for a queue. */
export function queueName(lane: string): string {
  return escaped(lane);
}

function escaped(text: string): string {
  return text.replace(/[%:]/g, (found) => (found === "%" ? "%25" : "%3A"));
}
