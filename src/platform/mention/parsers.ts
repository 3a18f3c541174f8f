import { setImmediate as turn } from 'node:timers/promises';
import { quickPool } from '../../kernel/parsing/pools.ts';
import type { Actor } from '../../kernel/tenancy/context.ts';
import type { parse as clean } from './clean-parser.ts';
import { cleanHtml, mayMention, mentionedIn } from './html.ts';
import type { parse as mentioned } from './mentioned-parser.ts';

/** A text up to here takes ten milliseconds at most: to send it to another process would take as long. */
const short_characters_max = 2_000;

const limits = {
  seconds_max: 10,
  tooSlow: { code: 'takes_too_long', message: 'The text takes too long to read. Leave out some of its formatting' },
  tooLarge: {
    code: 'needs_too_much_memory',
    message: 'The text is too much to be read. Leave out some of its formatting',
  },
};

const mentionedAside = quickPool.parser<typeof mentioned>({
  module: new URL('./mentioned-parser.ts', import.meta.url),
  ...limits,
});
const cleanAside = quickPool.parser<typeof clean>({
  module: new URL('./clean-parser.ts', import.meta.url),
  ...limits,
});

const claimantOf = ({ tenant_id, user_id }: Actor) => ({ tenant: tenant_id, caller: user_id ?? '' });

/**
 * As `mentionedIn`; a text of nothing but elements takes a good part of a second, so a long one is read in another
 * process.
 */
export async function mentionedInText(html: string, actor: Actor): Promise<string[]> {
  // Between the texts of a long list others are served.
  await turn();
  return html.length <= short_characters_max || !mayMention(html)
    ? mentionedIn(html)
    : mentionedAside(html, claimantOf(actor));
}

/** As `cleanHtml`, likewise. */
export async function cleanText(
  html: string,
  names: ReadonlyMap<string, string> | undefined,
  actor: Actor,
): Promise<string> {
  await turn();
  return html.length <= short_characters_max ? cleanHtml(html, names) : cleanAside({ html, names }, claimantOf(actor));
}
