import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { replaceRow } from '../../../platform/query/lists.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { type AnyRecord, differ, type FieldDef, toBody } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { Position } from './position.ts';

const fields: FieldDef[] = [
  { key: 'company_id', label: t('Company'), kind: 'reference', of: 'company', expand: 'company', required: true },
  { key: 'role', label: t('Role'), kind: 'text' },
  { key: 'started_on', label: t('From'), kind: 'date' },
  { key: 'ended_on', label: t('To'), kind: 'date', help: t('Leave empty for a current position') },
];

interface PositionDialogProps {
  contact: AnyRecord;
  /** Given: it is changed. Absent: a new one is made. */
  position?: Position;
  onClose: () => void;
}

export default function PositionDialog({ contact, position, onClose }: PositionDialogProps) {
  const form = useId();
  const opened = useOpenedVersion(contact.version);
  const [start] = useState<Record<string, unknown>>(
    position ? { ...position, company_id: position.company ?? position.company_id } : {},
  );
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const values = { ...start, ...changes };
  const { leave, question } = useLeaving(differ(changes, start), onClose);
  const path = `/contacts/${contact.id}/positions`;
  const done = (title: string, { data, change }: { data: AnyRecord; change: string | null }) => {
    replaceRow('contact', data);
    void queryClient.invalidateQueries({ queryKey: ['contact'] });
    offerUndo(title, change, String(data.name));
    onClose();
  };
  const save = useMutation({
    mutationFn: () =>
      position
        ? changing.patch<AnyRecord>(`${path}/${position.id}`, toBody(fields, changes), opened.version)
        : changing.post<AnyRecord>(path, toBody(fields, values)),
    onSuccess: (changed) => done(t('Position saved'), changed),
    onError: opened.noteConflict,
  });
  const remove = useMutation({
    mutationFn: () => changing.delete<AnyRecord>(`${path}/${position!.id}`),
    onSuccess: (changed) => done(t('Position removed'), changed),
  });
  return (
    <Dialog
      open
      size="small"
      title={position ? t('Edit position') : t('New position')}
      onClose={leave}
      footer={
        <>
          {position && (
            <Button className="me-auto" emphasis="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>
              {t('Remove')}
            </Button>
          )}
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error ?? remove.error}
        fields={fields.map(({ key }) => key)}
        onSubmit={() => save.mutate()}
        className="grid gap-4 pt-1 sm:grid-cols-2"
      >
        {fields.map((field) => (
          <FormField
            key={field.key}
            className={field.kind === 'date' ? undefined : 'sm:col-span-2'}
            field={field}
            value={values[field.key] ?? null}
            onChange={(value) => setChanges((kept) => ({ ...kept, [field.key]: value }))}
          />
        ))}
      </FormShell>
      {question}
    </Dialog>
  );
}
