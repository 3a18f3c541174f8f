import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api, changing } from '../../../platform/query/api.ts';
import { offerUndo, refresh } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { type AnyRecord, differ, toBody } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { today } from '../../../ui/format.ts';
import { Stepper } from '../../../ui/Stepper.tsx';
import { isOver } from '../period.ts';
import { EventPreview } from './EventPreview.tsx';
import { eventBody, eventFields, firstPlace } from './eventFields.ts';
import { type Member, useAccounts, useEntities, useMembers } from './useFamily.ts';
import { type Answer, type EventKind, events } from './words.ts';

interface EventDialogProps {
  kind: EventKind;
  household: AnyRecord;
  onClose: () => void;
}

const optionsOf = (members: readonly Member[]) =>
  members.flatMap((member) =>
    isOver(member) || !member.contact ? [] : [{ value: member.contact.id, label: member.contact.name }],
  );
const namedOptions = (rows: readonly { id: string; name: string }[]) =>
  rows.map(({ id, name }) => ({ value: id, label: name }));

/** What happened to a family, what it changes, and the way to do it. */
export default function EventDialog({ kind, household, onClose }: EventDialogProps) {
  const form = useId();
  const [start] = useState<Record<string, unknown>>({ on: today(), place: firstPlace(kind) });
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const values = { ...start, ...changes };
  const { leave, question } = useLeaving(differ(changes, start), onClose);
  const own = useMembers(household.id);
  const other = useMembers(String(toBody(fromField, values).from_household_id ?? household.id));
  const accounts = useAccounts(household.id);
  const entities = useEntities(household.id);
  const members = optionsOf(own.rows);
  const along = [...members, ...optionsOf(other.rows)];
  const fields = eventFields(kind, values, {
    members,
    along: [...new Map(along.map((option) => [option.value, option])).values()],
    accounts: namedOptions(accounts.data?.data ?? []),
    entities: namedOptions(entities.rows),
  });
  const path = `/households/${household.id}/family-events`;
  const body = () => eventBody(kind, toBody(fields, values));
  const preview = useMutation({ mutationFn: () => api.post<Answer>(path, { ...body(), preview: true }) });
  const save = useMutation({
    mutationFn: () => changing.post<Answer>(path, body()),
    onSuccess: ({ change }) => {
      void refresh();
      offerUndo(events[kind].done, change, String(household.name));
      onClose();
    },
  });
  const shown = preview.data;
  const back = () => {
    preview.reset();
    save.reset();
  };
  return (
    <Dialog
      open
      size="medium"
      title={events[kind].action}
      onClose={leave}
      footer={
        <>
          {shown && (
            <Button className="me-auto" emphasis="quiet" onClick={back}>
              {t('Back')}
            </Button>
          )}
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={preview.isPending || save.isPending}>
            {shown ? t('Do it') : t('Preview')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error ?? preview.error}
        fields={shown ? [] : fields.map(({ key }) => key)}
        onSubmit={() => (shown ? save.mutate() : preview.mutate())}
        className="grid gap-4 pt-1 sm:grid-cols-2"
      >
        <div className="sm:col-span-2">
          <Stepper steps={[t('What happened'), t('What changes')]} current={shown ? 1 : 0} />
        </div>
        {shown ? (
          <div className="sm:col-span-2">
            <EventPreview of={shown} />
          </div>
        ) : (
          fields.map((field) => (
            <FormField
              key={field.key}
              className={field.half ? undefined : 'sm:col-span-2'}
              field={field}
              value={values[field.key] ?? null}
              onChange={(value) => setChanges((kept) => ({ ...kept, [field.key]: value }))}
            />
          ))
        )}
      </FormShell>
      {question}
    </Dialog>
  );
}

const fromField = [{ key: 'from_household_id', label: '', kind: 'reference' }] as const;
