import { actedThrough } from '../../platform/record/actedThrough.ts';
import { wordsOf } from '../../platform/record/recordTypes.ts';
import { T } from '../../text/T.tsx';
import { t } from '../../text/text.ts';
import type { Notification } from './notification.ts';

const strong = (words: React.ReactNode) => (
  <bdi key="strong" className="font-medium text-ink">
    {words}
  </bdi>
);

/** What happened, in one sentence. */
export function Sentence({ notification }: { notification: Notification }) {
  const { kind, resource, record, source, state } = notification;
  const who = notification.actor ? actedThrough(notification.actor.name, notification.via) : 'Holdfast';
  const what = record?.name ?? '';
  const values = { who, what, b: strong };
  switch (kind) {
    case 'mentioned':
      return source?.resource === 'note' ? (
        <T text="<b>{who}</b> mentioned you in a note on <b>{what}</b>" values={values} />
      ) : (
        <T text="<b>{who}</b> mentioned you on <b>{what}</b>" values={values} />
      );
    case 'commented':
      return <T text="<b>{who}</b> commented on <b>{what}</b>" values={values} />;
    case 'assigned':
      if (record && resource === 'task')
        return <T text="<b>{who}</b> assigned you the task <b>{what}</b>" values={values} />;
      if (record) return <T text="<b>{who}</b> made you the owner of <b>{what}</b>" values={values} />;
      return (
        <T
          text="<b>{who}</b> made you the owner of several {types}"
          values={{ who, types: wordsOf(resource).types, b: strong }}
        />
      );
    case 'changed':
      if (record) return <T text="<b>{who}</b> changed <b>{what}</b>" values={values} />;
      return (
        <T
          text="<b>{who}</b> changed several {types} you follow"
          values={{ who, types: wordsOf(resource).types, b: strong }}
        />
      );
    case 'task_due':
      return <T text="It is time for the task <b>{what}</b>" values={{ what, b: strong }} />;
    case 'finished':
      return <Finished resource={resource} what={what} state={state} />;
    case 'duplicates_found':
      return t('Possible duplicates were found');
    case 'webhook_disabled':
      return <T text="The webhook <b>{what}</b> was disabled" values={{ what, b: strong }} />;
    case 'handed_over':
      return (
        <T
          text="<b>{who}</b> gave {types} of yours to somebody else"
          values={{ who, types: wordsOf(resource).types, b: strong }}
        />
      );
  }
}

function Finished({ resource, what, state }: { resource: string; what: string; state: string | null }) {
  if (resource === 'import') {
    const values = { what, b: strong };
    if (state === 'failed') return <T text="The import of <b>{what}</b> failed" values={values} />;
    if (state === 'reverted') return <T text="The import of <b>{what}</b> was reverted" values={values} />;
    return <T text="<b>{what}</b> has been imported" values={values} />;
  }
  const { types } = wordsOf(what);
  if (resource === 'export')
    return state === 'failed'
      ? t('Your export of {types} failed', { types })
      : t('Your export of {types} is ready', { types });
  return state === 'failed' ? t('Your bulk change failed') : t('Your bulk change is done');
}
