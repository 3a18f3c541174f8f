import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { type AnyRecord, differ, type FieldDef, toBody } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { today } from '../../../ui/format.ts';
import { relationshipOptions } from '../words.ts';
import { adviserRoleOptions, memberRoleOptions } from './words.ts';

export type Part = 'household_member' | 'household_adviser' | 'relationship';

type PartField = FieldDef & { /** Beside another. */ half?: true };

const period: readonly PartField[] = [
  { key: 'from_on', label: t('From'), kind: 'date', half: true },
  { key: 'until_on', label: t('Until'), kind: 'date', help: t('Leave empty if it has not ended'), half: true },
];

const parts: Readonly<
  Record<
    Part,
    { path: string; fields: readonly PartField[]; words: Record<'add' | 'edit' | 'saved' | 'removed', string> }
  >
> = {
  household_member: {
    path: '/household-members',
    fields: [
      {
        key: 'contact_id',
        label: t('Person'),
        kind: 'reference',
        of: 'contact',
        expand: 'contact',
        required: true,
        createOnly: true,
      },
      { key: 'role', label: t('Role'), kind: 'select', options: memberRoleOptions, required: true },
      ...period,
    ],
    words: {
      add: t('Add a member'),
      edit: t('Edit membership'),
      saved: t('Member saved'),
      removed: t('Member removed'),
    },
  },
  household_adviser: {
    path: '/household-advisers',
    fields: [
      { key: 'user_id', label: t('Person'), kind: 'reference', of: 'user', expand: 'user', createOnly: true },
      { key: 'team_id', label: t('Or a team'), kind: 'reference', of: 'team', expand: 'team', createOnly: true },
      { key: 'role', label: t('Role'), kind: 'select', options: adviserRoleOptions, required: true },
      ...period,
      { key: 'reason', label: t('Reason'), kind: 'text', help: t('Such as holiday cover') },
    ],
    words: {
      add: t('Let somebody see this household'),
      edit: t('Edit access'),
      saved: t('Access saved'),
      removed: t('Access removed'),
    },
  },
  relationship: {
    path: '/relationships',
    fields: [
      {
        key: 'contact_id',
        label: t('Person'),
        kind: 'reference',
        of: 'contact',
        expand: 'contact',
        createOnly: true,
        half: true,
      },
      {
        key: 'legal_entity_id',
        label: t('Or an entity'),
        kind: 'reference',
        of: 'legal_entity',
        expand: 'legal_entity',
        createOnly: true,
        half: true,
      },
      { key: 'kind', label: t('Is'), kind: 'select', options: relationshipOptions, required: true, createOnly: true },
      {
        key: 'of_contact_id',
        label: t('Of the person'),
        kind: 'reference',
        of: 'contact',
        expand: 'of_contact',
        createOnly: true,
        half: true,
      },
      {
        key: 'of_entity_id',
        label: t('Or of the entity'),
        kind: 'reference',
        of: 'legal_entity',
        expand: 'of_entity',
        createOnly: true,
        half: true,
      },
      {
        key: 'share_numerator',
        label: t('Share'),
        kind: 'integer',
        help: t('Of owners and beneficiaries: 1 of 3 is a third'),
        half: true,
      },
      { key: 'share_denominator', label: t('Out of'), kind: 'integer', half: true },
      ...period,
      { key: 'remark', label: t('Remark'), kind: 'text' },
    ],
    words: {
      add: t('Add a relationship'),
      edit: t('Edit relationship'),
      saved: t('Relationship saved'),
      removed: t('Relationship removed'),
    },
  },
};

interface PartDialogProps {
  part: Part;
  household: { id: string; name?: unknown };
  /** Given: it is changed. Absent: a new one is made. */
  row?: { id: string; version: number };
  onClose: () => void;
}

/** Who belongs to a household, or who advises it. */
export default function PartDialog({ part, household, row, onClose }: PartDialogProps) {
  const { path, words, fields: all } = parts[part];
  const form = useId();
  const opened = useOpenedVersion(row?.version ?? 0);
  const fields = all.filter(({ createOnly }) => !(row && createOnly));
  const [start] = useState<Record<string, unknown>>(row ? { ...row } : { from_on: today() });
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const values = { ...start, ...changes };
  const { leave, question } = useLeaving(differ(changes, start), onClose);
  const done = (title: string, change: string | null) => {
    void queryClient.invalidateQueries({ queryKey: [part] });
    offerUndo(title, change, String(household.name));
    onClose();
  };
  const save = useMutation({
    mutationFn: () =>
      row
        ? changing.patch<AnyRecord>(`${path}/${row.id}`, toBody(fields, changes), opened.version)
        : changing.post<AnyRecord>(path, { ...toBody(fields, values), household_id: household.id }),
    onSuccess: ({ change }) => done(words.saved, change),
    onError: opened.noteConflict,
  });
  const remove = useMutation({
    mutationFn: () => changing.delete<AnyRecord>(`${path}/${row!.id}`),
    onSuccess: ({ change }) => done(words.removed, change),
  });
  return (
    <Dialog
      open
      size="small"
      title={row ? words.edit : words.add}
      onClose={leave}
      footer={
        <>
          {row && (
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
            className={field.half ? undefined : 'sm:col-span-2'}
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
