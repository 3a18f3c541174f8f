import { resourceNamed } from '../../kernel/contract/resource.ts';
import type { MailWords } from '../../kernel/mail/words.ts';
import { findAttachable } from '../subject.ts';
import { assignmentNamed } from './assignment.ts';
import type { Notification } from './contract.ts';
import { madeOf } from './work/contract.ts';

/** What happened, in one sentence of a mail. */
export function sentenceOf(notification: Notification, t: MailWords): string {
  const { kind, actor, record, resource, source, state } = notification;
  const who = actor?.name ?? 'Holdfast';
  const what = record?.name ?? '';
  const noun = resource;
  switch (kind) {
    case 'mentioned':
      return source?.resource === 'note'
        ? t('{who} mentioned you in a note on {what}', { who, what })
        : t('{who} mentioned you on {what}', { who, what });
    case 'commented':
      return t('{who} commented on {what}', { who, what });
    case 'assigned':
      if (record && assignmentNamed(resource)) return t('{who} assigned you the task {what}', { who, what });
      if (record) return t('{who} made you the owner of {what}', { who, what });
      return t('{who} made you the owner of several {types}', { who, types: wordsOf(resource, t).types });
    case 'changed':
      if (record) return t('{who} changed {what}', { who, what });
      return t('{who} changed several {types} you follow', { who, types: wordsOf(resource, t).types });
    case 'task_due':
      return t('It is time for the task {what}', { what });
    case 'finished': {
      if (state === 'failed')
        return t('{noun, select, import {Your import} export {Your export} other {Your bulk change}} failed', {
          noun,
        });
      if (state === 'reverted') return t('Your import was reverted');
      const done = t('{noun, select, import {Your import} export {Your export} other {Your bulk change}} is done', {
        noun,
      });
      const made = madeOf(
        notification,
        (type, count) => t('{count, plural, one {# {type}} other {# {types}}}', { count, ...wordsOf(type, t) }),
        t,
      );
      return made ? `${done}: ${made}` : done;
    }
    case 'duplicates_found':
      return t('Possible duplicates were found');
    case 'webhook_disabled':
      return t('The webhook {what} was disabled', { what });
    // Of a record that its person may see no more, nothing is said but the type.
    case 'handed_over':
      return t('{who} gave {types} of yours to somebody else', { who, types: wordsOf(resource, t).types });
  }
}

/** What a record type is called within a sentence. */
function wordsOf(name: string, t: MailWords): { type: string; types: string } {
  const known = resourceNamed(name);
  if (!known?.german) return { type: t('record'), types: t('records') };
  if (t.language !== 'de') return { type: known.title, types: known.plural };
  return { type: known.german.singular, types: known.german.plural };
}

const pages: Record<string, string> = {
  import: '/imports', export: '/exports', change: '/trash', duplicate: '/duplicates', webhook: '/settings/webhooks',
}; // biome-ignore format: one line a family

/** The page of what it is about. */
export function pathOf({ resource, record, source }: Notification): string {
  const noun = findAttachable(resource);
  const assignment = assignmentNamed(resource);
  const list = noun || assignment ? `/${(noun ?? assignment)!.plural}` : (pages[resource] ?? '/inbox');
  if (record && (assignment || resource === 'webhook')) return `${list}?${resource}=${record.id}`;
  if (!record || !(noun || resource === 'import')) return list;
  return `${list}/${record.id}${source ? `#${source.resource}-${source.id}` : ''}`;
}
