import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { FormShell } from '../../page/FormShell.tsx';
import { createRecord, saveRecord } from '../../query/records.ts';
import { useSession } from '../../session/session.tsx';
import { FormField } from '../FormField.tsx';
import { type FieldDef, isBlank, readField, startOf, toBody } from '../field.ts';
import { RestoredDraft } from '../RestoredDraft.tsx';
import { useDraft } from '../useDraft.ts';
import { useAddedFields } from '../useFields.ts';
import type { Values } from '../values.ts';
import { callOutcomes } from './outcomes.ts';
import { type SentEntry, sendOnce } from './sendOnce.ts';
import { type Activity, refreshTimelines } from './timeline.ts';

const fields: FieldDef[] = [
  { key: 'subject', label: t('Subject'), kind: 'text', required: true },
  { key: 'occurred_at', label: t('When'), kind: 'time' },
  {
    key: 'direction',
    label: t('Direction'),
    kind: 'select',
    options: [
      { value: 'out', label: t('Outgoing') },
      { value: 'in', label: t('Incoming') },
    ],
  },
  { key: 'outcome', label: t('Outcome'), kind: 'select', options: callOutcomes },
  { key: 'duration_minutes', label: t('Minutes'), kind: 'integer' },
  { key: 'body', label: t('Summary'), kind: 'long_text' },
];

const unused: Record<Activity['kind'], string[]> = {
  email: ['duration_minutes', 'outcome'],
  call: [],
  meeting: ['direction', 'outcome'],
};
const actions: Record<Activity['kind'], string> = {
  email: t('Log e-mail'),
  call: t('Log call'),
  meeting: t('Log meeting'),
};
const done: Record<Activity['kind'], string> = {
  email: t('E-mail logged'),
  call: t('Call logged'),
  meeting: t('Meeting logged'),
};
const wide = new Set(['subject', 'body']);
/** On a phone half a row shows the day and cuts the time off. */
const wideOnPhone = new Set(['occurred_at']);

interface ActivityFormProps {
  kind: Activity['kind'];
  subject: Record<string, unknown>;
  draftKey: string;
  /** What is changed; without it something new is written down. */
  activity?: Activity;
  onClose?: () => void;
}

export default function ActivityForm({ kind, subject, draftKey, activity, onClose }: ActivityFormProps) {
  const { user } = useSession();
  const added = useAddedFields('activity').filter(({ readOnly }) => !readOnly);
  const shown = [
    ...fields
      .filter(({ key }) => !unused[kind].includes(key))
      .map((field) =>
        kind === 'call' && !activity && field.key === 'subject' ? { ...field, required: false } : field,
      ),
    ...added,
  ];
  const begun = activity
    ? { ...activity, ...Object.fromEntries(added.map((field) => [field.key, readField(activity, field)])) }
    : {
        direction: kind === 'meeting' ? null : 'out',
        occurred_at: new Date().toISOString(),
        ...startOf(added.filter(({ required }) => required)),
      };
  const draft = useDraft(draftKey, begun, activity?.version);
  /** More may be typed while it is being saved. */
  const latest = useRef(draft.changes);
  latest.current = draft.changes;
  const save = useMutation({
    mutationFn: async (values: Values) => {
      if (activity) {
        const body = toBody(shown, draft.changes);
        // An entry without a time has no place in the timeline: left empty it stays when it was.
        if (isBlank(body.occurred_at)) delete body.occurred_at;
        if (Object.keys(body).length === 0) return;
        const { version } = await saveRecord('activity', draft.begunOn(activity, body), body, t('Entry saved'));
        draft.goOnFrom(version);
        await refreshTimelines();
        return;
      }
      const { occurred_at, ...body } = toBody(shown, values);
      // Left empty it is now, and stays when it was.
      const whole = { ...body, ...(!isBlank(occurred_at) && { occurred_at }) };
      const filled = Object.fromEntries(Object.entries(whole).filter(([, value]) => !isBlank(value)));
      const entry = { kind, ...subject, ...(kind === 'call' && { subject: t('Call') }), ...filled };
      const create = () => createRecord<SentEntry>('activity', entry, done[kind], { author: user });
      await sendOnce({ draft, resource: 'activity', create, body: whole, title: t('Entry saved') });
      await refreshTimelines();
    },
    onSuccess: (_, values) => {
      const { sent: _sent, ...typed } = latest.current;
      const isSame = ([name, value]: [string, unknown]) => JSON.stringify(value) === JSON.stringify(values[name]);
      if (Object.entries(typed).every(isSame)) {
        draft.clear();
        onClose?.();
      } else if (activity) return;
      // The rest belongs to what has been added, and so does its time.
      else draft.set('occurred_at', latest.current.occurred_at ?? values.occurred_at);
    },
    onError: draft.noteConflict,
  });
  function change(name: string, value: unknown) {
    // It was when one began to write it down, also where that is gone on with another day.
    if (!draft.dirty && name !== 'occurred_at') draft.set('occurred_at', new Date().toISOString());
    draft.set(name, value);
  }
  const isSent = draft.values.sent !== undefined && !save.isPending;
  return (
    <FormShell
      error={save.error}
      fields={shown.map(({ key }) => key)}
      onSubmit={() => save.mutate(draft.values)}
      waits
      className="grid grid-cols-2 gap-3 p-3"
    >
      <RestoredDraft draft={draft} className="col-span-2 text-12 text-muted" />
      {shown.map((field) => (
        <FormField
          key={field.key}
          className={cx(wide.has(field.key) && 'col-span-2', wideOnPhone.has(field.key) && 'max-sm:col-span-2')}
          field={field}
          value={draft.values[field.key]}
          onChange={(value) => change(field.key, value)}
        />
      ))}
      <div className="col-span-2 flex justify-end gap-2">
        {onClose && (
          <Button
            size="small"
            emphasis="quiet"
            onClick={() => {
              draft.clear();
              onClose();
            }}
          >
            {t('Cancel')}
          </Button>
        )}
        {isSent && (
          <Button size="small" emphasis="quiet" onClick={draft.clear}>
            {t('Discard')}
          </Button>
        )}
        <Button type="submit" size="small" emphasis="primary" busy={save.isPending}>
          {isSent || activity ? t('Save changes') : actions[kind]}
        </Button>
      </div>
    </FormShell>
  );
}
