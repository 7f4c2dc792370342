import type { Mentions, OutMessage } from "../message.ts";

/** What Discord reads as a mention: a user, a role, or everybody in some sense. */
const mention = /<@(&|!)?(\d{1,25})>|@(everyone|here)\b/g;

/**
 * Writes a text for Discord, which reads every text as markdown: a plain one is escaped, but for links, which escaping would break.
 * Mentions stay as they are, as the request says who is notified.
 */
export function discordText(text: string, { format }: OutMessage): string {
  // Half a character would have the whole message refused.
  const whole = text.toWellFormed();
  if (format === "markdown") return whole;
  return whole.replaceAll(/https?:\/\/[^\s<>]+|<@[&!]?\d{1,25}>|[\\*_~`|<>#[\]()+.-]/g, (found) => {
    return found.length > 1 ? found : `\\${found}`;
  });
}

/** Who is notified, whatever the text says: those who are named, in the form of `allowed_mentions`. */
export function allowedMentions({ users = [], roles = [], everyone }: Mentions = {}): object {
  const parse = everyone === true ? ["everyone"] : [];
  // Discord refuses an id that stands there twice.
  return { parse, users: [...new Set(users)], roles: [...new Set(roles)], replied_user: false };
}

/** How many mentions in the text notify nobody. */
export function heldDiscordMentions({ text, mentions = {} }: OutMessage): number {
  const { users = [], roles = [], everyone } = mentions;
  return [...text.matchAll(mention)].filter(([, sign, id = "", all]) => {
    if (all !== undefined) return everyone !== true;
    return !(sign === "&" ? roles : users).includes(id);
  }).length;
}
