import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { ApiError } from '../../../platform/query/problem.ts';
import { differ } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { Textarea } from '../../../ui/Textarea.tsx';
import { toast } from '../../../ui/toast.ts';
import { fromTyped, toTyped } from '../../../ui/zoned.ts';
import { addressesIn } from '../outgoing.ts';
import { RecipientsInput } from '../RecipientsInput.tsx';
import { MeetingTime } from './MeetingTime.tsx';
import { type Meeting, type MeetingPeople, type OwnCalendar, refreshCalendars } from './meetings.ts';

interface MeetingFormProps {
  /** The calendars that one may write into. */
  calendars: readonly OwnCalendar[];
  meeting?: Meeting;
  people?: MeetingPeople['data'];
  /** Of a new one: when it begins and ends, or its day. */
  start?: { from: string; to: string } | { day: string };
  onClose: () => void;
}

/** Makes a meeting at the provider, or changes one there. */
export function MeetingForm({ calendars, meeting, people = [], start, onClose }: MeetingFormProps) {
  const form = useId();
  const times = start && 'from' in start ? start : null;
  const day = start && 'day' in start ? start.day : null;
  const [begun] = useState({
    calendar_id: meeting?.calendar_id ?? calendars[0]?.id ?? '',
    title: meeting?.title ?? '',
    isAllDay: meeting ? meeting.is_all_day : day !== null,
    from: toTyped(meeting?.occurred_at ?? times?.from ?? null),
    to: toTyped(meeting?.ends_at ?? times?.to ?? null),
    firstDay: meeting?.starts_on ?? day ?? '',
    lastDay: meeting?.ends_on ?? day ?? '',
    location: meeting?.location ?? '',
    description: meeting?.description ?? '',
    people: people
      .filter(({ is_organizer }) => !is_organizer)
      .map(({ name, address }) => (name ? `${name.replace(/[,;<>]/g, ' ')} <${address}>` : address))
      .join(', '),
  });
  const [values, setValues] = useState(begun);
  const set = (some: Partial<typeof values>) => setValues((before) => ({ ...before, ...some }));
  /** How it stands at the provider, where it was changed there meanwhile. */
  const [theirs, setTheirs] = useState<Meeting | null>(null);
  const save = useMutation({
    mutationFn: () => {
      const { title, location, description, isAllDay, from, to, firstDay, lastDay } = values;
      const when = isAllDay
        ? { starts_on: firstDay, ends_on: lastDay || firstDay }
        : { starts_at: fromTyped(from), ends_at: fromTyped(to) };
      const isMoved = ['isAllDay', 'from', 'to', 'firstDay', 'lastDay'].some(
        (name) => values[name as keyof typeof values] !== begun[name as keyof typeof begun],
      );
      const names = new Map(people.map(({ address, name }) => [address, name]));
      const invited = addressesIn(values.people).map((address) => ({ address, name: names.get(address) ?? '' }));
      const body = { title, location, description, people: invited, ...((!meeting || isMoved) && when) };
      return meeting
        ? changing.patch<Meeting>(`/meetings/${meeting.id}/event`, body, (theirs ?? meeting).version)
        : changing.post<Meeting>(`/meeting-calendars/${values.calendar_id}/meetings`, body);
    },
    onSuccess: () => {
      toast(meeting ? t('Meeting saved') : t('Meeting made'));
      onClose();
      void refreshCalendars();
    },
    onError: (error) => {
      const current = error instanceof ApiError ? (error.problem as { current?: Meeting }).current : undefined;
      if (current) setTheirs(current);
    },
  });
  const { leave, question } = useLeaving(differ({ ...values }, { ...begun }), onClose);
  return (
    <Dialog
      open
      size="medium"
      title={meeting ? t('Change meeting') : t('New meeting')}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {theirs ? t('Save mine') : t('Save')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={theirs ? null : save.error}
        fields={[
          'calendar_id',
          'title',
          'starts_at',
          'ends_at',
          'starts_on',
          'ends_on',
          'location',
          'people',
          'description',
        ]}
        className="flex flex-col gap-3 pt-1"
        onSubmit={() => save.mutate()}
      >
        {theirs && (
          <Banner meaning="attention">
            <p>{t('It was changed in your calendar meanwhile. There it now reads:')}</p>
            <p className="mt-1 font-medium wrap-anywhere">
              <bdi>{theirs.title}</bdi> · <MeetingTime meeting={theirs} />
              {theirs.location && ` · ${theirs.location}`}
            </p>
          </Banner>
        )}
        {!meeting && calendars.length > 1 && (
          <Field name="calendar_id" label={t('Calendar')}>
            <Select
              label={t('Calendar')}
              options={calendars.map(({ id, name }) => ({ value: id, label: name }))}
              value={values.calendar_id}
              onChange={(calendar_id) => set({ calendar_id })}
            />
          </Field>
        )}
        <Field name="title" label={t('Title')} required>
          <Input value={values.title} onValueChange={(title) => set({ title })} required autoFocus={!meeting} />
        </Field>
        <Field name="is_all_day" label={t('All day')}>
          <Switch label={t('All day')} checked={values.isAllDay} onChange={(isAllDay) => set({ isAllDay })} />
        </Field>
        {values.isAllDay ? (
          <div className="grid gap-3 sm:grid-cols-2">
            <Field name="starts_on" label={t('First day')} required>
              <Input type="date" value={values.firstDay} onValueChange={(firstDay) => set({ firstDay })} required />
            </Field>
            <Field name="ends_on" label={t('Last day')}>
              <Input type="date" value={values.lastDay} onValueChange={(lastDay) => set({ lastDay })} />
            </Field>
          </div>
        ) : (
          <div className="grid gap-3 sm:grid-cols-2">
            <Field name="starts_at" label={t('Begins')} required>
              <Input type="datetime-local" value={values.from} onValueChange={(from) => set({ from })} required />
            </Field>
            <Field name="ends_at" label={t('Ends')} required>
              <Input type="datetime-local" value={values.to} onValueChange={(to) => set({ to })} required />
            </Field>
          </div>
        )}
        <Field
          name="people"
          label={t('People')}
          help={t('Whether they are sent an invitation is up to your provider.')}
        >
          <RecipientsInput value={values.people} onChange={(typed) => set({ people: typed })} />
        </Field>
        <Field name="location" label={t('Where')}>
          <Input value={values.location} onValueChange={(location) => set({ location })} />
        </Field>
        <Field name="description" label={t('Description')}>
          <Textarea
            rows={4}
            dir="auto"
            value={values.description}
            onValueChange={(text) => set({ description: text })}
          />
        </Field>
      </FormShell>
      {question}
    </Dialog>
  );
}
