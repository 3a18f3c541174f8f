import { useState } from 'react';
import { changing } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { saveRecord } from '../../../platform/query/records.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { RecordLinks } from '../../../platform/record/RecordLinks.tsx';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { toast } from '../../../ui/toast.ts';
import { MeetingForm } from './MeetingForm.tsx';
import { MeetingTime } from './MeetingTime.tsx';
import { isBusy, type Meeting, type OwnCalendar, refreshCalendars, usePeople } from './meetings.ts';

const answers = {
  accepted: t('Accepted'),
  declined: t('Declined'),
  tentative: t('Maybe'),
  none: t('No answer yet'),
};

interface MeetingDialogProps {
  meeting: Meeting;
  calendars: readonly OwnCalendar[];
  onClose: () => void;
}

/** A meeting with its people and what it is about. */
export function MeetingDialog({ meeting, calendars, onClose }: MeetingDialogProps) {
  const people = usePeople(meeting);
  const [open, setOpen] = useState<'edit' | 'delete' | 'records' | null>(null);
  const { title, description, location, status, repeats, is_moved, unknown_time_zone, time_zone, records } = meeting;
  const isWritable = people.data?.is_writable === true;
  const remove = (scope: 'this' | 'series') =>
    void attempt(async () => {
      await changing.delete(`/meetings/${meeting.id}/event?scope=${scope}`, meeting.version);
      toast(t('Meeting deleted'));
      onClose();
      await refreshCalendars();
    });
  if (open === 'edit')
    return <MeetingForm meeting={meeting} people={people.data?.data ?? []} calendars={calendars} onClose={onClose} />;
  return (
    <Dialog
      open
      size="medium"
      title={isBusy(meeting) ? t('Busy') : title || t('No title')}
      description={<MeetingTime meeting={meeting} />}
      onClose={onClose}
      footer={
        isWritable && (
          <>
            <Button onClick={() => setOpen('delete')}>{t('Delete')}</Button>
            <Button emphasis="primary" onClick={() => setOpen('edit')}>
              {t('Change')}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-4 pb-2 text-13">
        {status === 'cancelled' && <Banner meaning="attention">{t('It was cancelled.')}</Banner>}
        {unknown_time_zone && (
          <Banner meaning="attention">
            {t('Nobody knows its time zone “{unknown}”. It is shown as in {zone}: ask whoever invited to it.', {
              unknown: unknown_time_zone,
              zone: time_zone ?? '',
            })}
          </Banner>
        )}
        <p className="text-muted">
          {[
            // A calendar is mostly called as its owner.
            ...new Set([meeting.calendar?.name, meeting.owner?.name]),
            repeats && (is_moved ? t('Moved from its usual time') : t('Repeats')),
            location,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {isBusy(meeting) ? (
          <>
            {meeting.people_text && <p className="wrap-anywhere">{meeting.people_text}</p>}
            <p className="text-muted">{t('What it is about is not shared with you.')}</p>
          </>
        ) : (
          <>
            {description && <p className="whitespace-pre-wrap wrap-anywhere">{description}</p>}
            {people.data && people.data.data.length > 0 && (
              <section aria-label={t('People')}>
                <h3 className="mb-1 text-12 font-medium text-muted">{t('People')}</h3>
                <ul className="flex flex-col gap-1.5">
                  {people.data.data.map(({ name, address, answer, is_organizer, contact }) => (
                    <li key={address} className="flex min-w-0 items-center gap-2">
                      <Avatar name={name || address} />
                      <span className="min-w-0 flex-1 truncate">
                        {contact ? (
                          <RecordLinks records={[{ type: 'contact', ...contact }]} />
                        ) : (
                          <bdi>{name || address}</bdi>
                        )}
                      </span>
                      <span className="text-12 text-muted">{is_organizer ? t('Organizer') : answers[answer]}</span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            <section aria-label={t('About')}>
              <h3 className="mb-1 text-12 font-medium text-muted">{t('About')}</h3>
              {records.length > 0 ? (
                <RecordLinks records={records} />
              ) : (
                <p className="text-muted">{t('Nothing yet')}</p>
              )}
              {isWritable && (
                <Button size="small" className="mt-2" onClick={() => setOpen('records')}>
                  {t('Change')}
                </Button>
              )}
            </section>
          </>
        )}
      </div>
      {open === 'records' && (
        <FormDialog
          title={t('Linked records')}
          action={t('Save')}
          fields={[{ key: 'records', label: t('Records'), kind: 'records' }]}
          start={{ records }}
          onSave={async (body) => {
            await saveRecord('meeting', meeting, body);
            await refreshCalendars();
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'delete' && (
        <ConfirmDialog
          open
          title={t('Delete “{name}”?', { name: title || t('No title') })}
          description={
            repeats
              ? t('This time of the series is deleted in your calendar, the others stay.')
              : t('It is deleted in your calendar too.')
          }
          action={t('Delete')}
          danger
          onConfirm={() => remove('this')}
          onClose={() => setOpen(null)}
        />
      )}
    </Dialog>
  );
}
