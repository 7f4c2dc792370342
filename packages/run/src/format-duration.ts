/** `"12s"`, `"3m 05s"`, `"2h 07m"`, `"4d 03h"`: whole seconds, rounded down, at most two units. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
  return `${Math.floor(minutes / 1440)}d ${pad(Math.floor(minutes / 60) % 24)}h`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
