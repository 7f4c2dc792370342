import type { Mentions, OutMessage } from "../message.ts";

/** What Slack reads as a mention: a user, a group, or everybody in some sense. */
const mention = /<(@|!subteam\^|!)([\w.:-]{1,100})(?:\|[^<>]*)?>/g;

/** Words that Slack would turn into a mention if it were asked to look for names; it is not, and they are harmless. */
const everybody = ["channel", "here", "everyone"];

/**
 * Escapes a text for Slack, so that nothing in it is a command. Mentions that are opted in are written again after that, with
 * nothing in them but the id.
 *
 * Source: "Formatting text for app surfaces", as of 2026-10.
 */
export function slackText(text: string, { mentions }: OutMessage): string {
  let rest = 0;
  let result = "";
  for (const found of text.matchAll(mention)) {
    const [whole, sign = "", id = ""] = found;
    if (!isAllowed(sign, id, mentions)) continue;
    result += `${escape(text.slice(rest, found.index))}<${sign}${id}>`;
    rest = found.index + whole.length;
  }
  return result + escape(text.slice(rest));
}

/** How many mentions in the text notify nobody. */
export function heldSlackMentions({ text, mentions }: OutMessage): number {
  const found = [...text.matchAll(mention)];
  return found.filter(([, sign = "", id = ""]) => isMention(sign, id) && !isAllowed(sign, id, mentions))
    .length;
}

function isMention(sign: string, id: string): boolean {
  return sign !== "!" || everybody.includes(id);
}

function isAllowed(sign: string, id: string, { users, roles, everyone }: Mentions = {}): boolean {
  if (sign === "!") return everyone === true && everybody.includes(id);
  return ((sign === "@" ? users : roles) ?? []).includes(id);
}

function escape(text: string): string {
  return text.toWellFormed().replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
