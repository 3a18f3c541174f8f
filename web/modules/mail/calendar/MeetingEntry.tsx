import { Link } from '@tanstack/react-router';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { pointedEntry, usePointed } from '../../../platform/record/timeline/usePointed.ts';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { MeetingTime } from './MeetingTime.tsx';
import { isBusy, type Meeting } from './meetings.ts';

/** A meeting in the timeline of a record, as far as the owner of its calendar shares it. */
export default function MeetingEntry({ entry }: { entry: AnyRecord }) {
  const meeting = entry as unknown as Meeting;
  const pointed = usePointed(`meeting-${meeting.id}`);
  return (
    <div ref={pointed} className={pointedEntry}>
      <p className="text-muted wrap-anywhere">
        <MeetingTime meeting={meeting} />
        {meeting.people_text && (
          <>
            {' · '}
            <bdi>{meeting.people_text}</bdi>
          </>
        )}
      </p>
      {isBusy(meeting) ? (
        <p className="mt-0.5 text-12 text-faint">{t('What it is about is not shared with you.')}</p>
      ) : (
        <Link
          to="/calendar"
          search={{ meeting: meeting.id }}
          className={cx(
            'mt-0.5 block rounded-sm font-medium wrap-anywhere hover:underline',
            meeting.status === 'cancelled' && 'line-through',
          )}
        >
          <bdi>{meeting.title || t('No title')}</bdi>
        </Link>
      )}
    </div>
  );
}
