import type { RelationshipStrength } from './contract.ts';
import type { ReadText } from './queries.ts';

const day_ms = 86_400_000;
const part_points = 25;
/** After so many days without contact a third of the points for recency is left. */
const recency_days = 30;
const frequency_days = 90;
/** So many contacts in that time get all points. */
const frequent = 12;

/** Calls, meetings and mail; a note is nobody's contact with anybody. */
export const isContact = ({ resource }: ReadText): boolean => resource !== 'note';

/**
 * How strong a relationship is, with what it is made of; null where there was no contact. `texts` are the newest first.
 */
export function strengthOf(texts: readonly ReadText[], now: Date): RelationshipStrength | null {
  const contacts = texts.filter(isContact);
  const [last] = contacts;
  if (!last) return null;
  const days = Math.max(0, (now.getTime() - Date.parse(last.at)) / day_ms);
  const lately = contacts.filter(({ at }) => now.getTime() - Date.parse(at) <= frequency_days * day_ms).length;
  const [received, sent] = (['in', 'out'] as const).map(
    (way) => contacts.filter(({ direction }) => direction === way).length,
  ) as [number, number];
  const reciprocity = received + sent === 0 ? null : Math.min(received, sent) / Math.max(received, sent);
  const mails = contacts.filter(({ resource }) => resource === 'mail_message');
  const asked = mails.filter(({ direction }) => direction === 'in');
  const answered = asked.filter((mail) => isAnswered(mail, mails));
  const replies = asked.length === 0 ? null : answered.length / asked.length;
  const parts: RelationshipStrength['parts'] = [
    { part: 'recency', points: points(Math.exp(-days / recency_days)), value: Math.floor(days) },
    { part: 'frequency', points: points(Math.min(1, lately / frequent)), value: lately },
    { part: 'reciprocity', points: points(reciprocity ?? 0), value: reciprocity },
    { part: 'replies', points: points(replies ?? 0), value: replies },
  ];
  return { score: parts.reduce((sum, part) => sum + part.points, 0), parts };
}

const points = (share: number): number => Math.round(part_points * share);

/** Somebody wrote back later in the same conversation. */
export const isAnswered = (mail: ReadText, mails: readonly ReadText[]): boolean =>
  mails.some(
    ({ direction, conversation_id, at }) =>
      direction === 'out' && conversation_id === mail.conversation_id && at > mail.at,
  );
