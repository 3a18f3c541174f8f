import { Trash2 } from 'lucide-react';
import { attempt } from '../../app/attempt.ts';
import { trashRecord } from '../../app/records.ts';
import { useMay } from '../../app/session.tsx';
import { WaitingMark } from '../../offline/WaitingMark.tsx';
import { t } from '../../text/text.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { EntryHead } from './EntryHead.tsx';
import { type Activity, refreshTimelines } from './timeline.ts';

const words = {
  email: { in: t('received an e-mail'), out: t('sent an e-mail'), none: t('logged an e-mail') },
  call: { in: t('took a call'), out: t('called'), none: t('logged a call') },
  meeting: { in: t('met'), out: t('met'), none: t('met') },
};

export function ActivityEntry({ activity }: { activity: Activity }) {
  const may = useMay();
  const what = words[activity.kind][activity.direction ?? 'none'];
  const { duration_minutes: minutes } = activity;
  return (
    <>
      <EntryHead
        who={activity.author}
        what={minutes ? t('{what} for {minutes, number} min', { what, minutes }) : what}
        at={activity.occurred_at}
        mark={<WaitingMark of={activity} />}
        actions={
          may('activity', 'delete', activity.author_id) && (
            <IconButton
              label={t('Delete this entry')}
              size="small"
              className="opacity-0 group-hover/entry:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
              onClick={() =>
                void attempt(() => trashRecord('activity', activity, t('Entry moved to the trash'), refreshTimelines))
              }
            >
              <Trash2 size={14} />
            </IconButton>
          )
        }
      />
      <p className="mt-1 font-medium wrap-anywhere">
        <bdi>{activity.subject}</bdi>
      </p>
      {activity.body && (
        <p className="mt-0.5 line-clamp-6 whitespace-pre-wrap wrap-anywhere text-muted">{activity.body}</p>
      )}
    </>
  );
}
