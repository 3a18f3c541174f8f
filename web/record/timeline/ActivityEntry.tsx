import { Trash2 } from 'lucide-react';
import { attempt } from '../../app/attempt.ts';
import { trashRecord } from '../../app/records.ts';
import { useMay } from '../../app/session.tsx';
import { formatNumber } from '../../ui/format.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { EntryHead } from './EntryHead.tsx';
import { type Activity, refreshTimelines } from './timeline.ts';

const words = {
  email: { in: 'received an e-mail', out: 'sent an e-mail', none: 'logged an e-mail' },
  call: { in: 'took a call', out: 'called', none: 'logged a call' },
  meeting: { in: 'met', out: 'met', none: 'met' },
};

export function ActivityEntry({ activity }: { activity: Activity }) {
  const may = useMay();
  const what = words[activity.kind][activity.direction ?? 'none'];
  const minutes = activity.duration_minutes ? ` for ${formatNumber(activity.duration_minutes)} min` : '';
  return (
    <>
      <EntryHead
        who={activity.author}
        what={`${what}${minutes}`}
        at={activity.occurred_at}
        actions={
          may('activity', 'delete', activity.author_id) && (
            <IconButton
              label="Delete this entry"
              size="small"
              className="opacity-0 group-hover/entry:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
              onClick={() =>
                void attempt(() => trashRecord('activity', activity, 'Entry moved to the trash', refreshTimelines))
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
