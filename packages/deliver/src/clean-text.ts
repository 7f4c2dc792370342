/** Any C0 or C1 control, and DEL: what no string of a terminal command holds. */
const control = "\\u0000-\\u001f\\u007f-\\u009f";

/**
 * In this order: a command with a string (OSC, DCS, SOS, PM, APC) up to its end, a CSI command, any other escape,
 * each control but \n and \t, each bidi control. A string without an end loses its introducer only, so that a
 * cut-off command cannot hide the rest. No body crosses a control, which keeps the time linear.
 *
 * Sources: ECMA-48, xterm's control sequences, Unicode's `Bidi_Control` (12 characters).
 */
const unsafe = new RegExp(
  [
    `(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^${control}]*(?:\\u0007|\\u001b\\\\|\\u009c)`,
    "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
    "\\u001b[ -/]*[0-~]",
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]",
    "[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]",
  ].join("|"),
  "g",
);

/**
 * Text that a terminal shows and does not obey: no escape sequences, no control characters but `\n` and `\t`, nothing
 * that turns the direction of writing.
 */
export function cleanText(text: string): string {
  return text.replace(unsafe, "");
}
