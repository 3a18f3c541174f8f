import { uuidV7 } from '../../kernel/database/uuid.ts';
import { days, hours, time } from '../clock.ts';
import type { Colleague, Scene } from '../demo.ts';
import type { Deal } from './deals.ts';
import { filled } from './history.ts';
import { threads } from './words/texts.ts';

/** What colleagues ask the owner of a deal, and how that went on. */
export function dealThread(deal: Deal, scene: Scene) {
  const { dice, clock, staff } = scene;
  const owner = deal.owner;
  const asking = dice.pick(staff.filter((colleague) => colleague !== owner));
  const [question, ...answers] = dice.pick(threads);
  const asked = clock.working(deal.opened + (clock.now - deal.opened) * (0.4 + dice.roll() * 0.5));
  const matter = { who: deal.contact, firm: deal.firm, deal, author: asking };
  const said = (body: string, author: Colleague, at: number, more: object) => ({
    id: uuidV7(),
    body: `<p>${body}</p>`,
    mentions: [] as string[],
    parent_id: null as string | null,
    author_id: author.id,
    record_id: deal.id,
    created_at: time(at),
    updated_at: time(at),
    ...more,
  });
  const head = said(`${mentionOf(owner)} ${escaped(filled(question, matter, scene))}`, asking, asked, {
    mentions: [owner.id],
  });
  const replies = answers.map((answer, i) =>
    said(escaped(filled(answer, matter, scene)), i % 2 === 0 ? owner : asking, asked + hours(i + 1), {
      parent_id: head.id,
    }),
  );
  return [head, ...replies];
}

const read_after = days(6);

/** That a comment mentions somebody, or stands on what is theirs; what is older they have read. */
export function tellingOf(comments: ReturnType<typeof dealThread>, deal: Deal, { clock }: Scene) {
  return comments
    .filter(({ author_id }) => author_id !== deal.owner.id)
    .map(({ id, author_id, mentions, created_at }) => ({
      id: uuidV7(),
      user_id: deal.owner.id,
      kind: mentions.includes(deal.owner.id) ? 'mentioned' : 'commented',
      resource: 'deal',
      record_id: deal.id,
      source: 'comment',
      source_id: id,
      actor_id: author_id,
      cause: `comment:${id}`,
      in_app: true,
      email: 'off',
      read_at: Date.parse(created_at) < clock.now - read_after ? created_at : null,
      created_at,
    }));
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const mentionOf = ({ id, first }: Colleague) =>
  `<span data-type="mention" data-id="${id}" data-label="${escaped(first)}">@${escaped(first)}</span>`;
