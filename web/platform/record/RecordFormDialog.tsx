import { useMutation } from '@tanstack/react-query';
import { Suspense, useId, useState } from 'react';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormShell } from '../page/FormShell.tsx';
import { createRecord, isUnseen, saveRecord } from '../query/records.ts';
import { useSession } from '../session/session.tsx';
import { DiscardDialog } from './DiscardDialog.tsx';
import type { RecordDefinition } from './definition.ts';
import { FormField } from './FormField.tsx';
import { type AnyRecord, type FieldDef, isBlank, lookOf, readField, startOf, toBody } from './field.ts';
import { RestoredDraft } from './RestoredDraft.tsx';
import { wordsOf } from './recordTypes.ts';
import { currentOf } from './saveField.ts';
import { useDraft } from './useDraft.ts';
import { useFields } from './useFields.ts';
import type { Values } from './values.ts';

/** Nobody waits for it: it has something to say once the server has answered. */
const MatchHint = lazyPart(() => import('../duplicate/MatchHint.tsx'));

interface RecordFormDialogProps {
  definition: RecordDefinition;
  /** Given: it is changed. Absent: a new one is made. */
  record?: AnyRecord;
  /** The values that a new record starts with, beside its owner. */
  start?: Values;
  /** What it has from where it is made, such as the column of a board. */
  placed?: Values;
  onClose: () => void;
  onSaved: (record: AnyRecord) => void;
}

const wide = new Set<FieldDef['kind']>(['long_text', 'tags', 'labelled', 'addresses']);

export default function RecordFormDialog({
  definition,
  record,
  start,
  placed,
  onClose,
  onSaved,
}: RecordFormDialogProps) {
  const { resource, contract } = definition;
  const { user } = useSession();
  const begun = { ...(contract.owner && { [contract.owner]: { id: user.id, name: user.name } }), ...start };
  const all = useFields(definition);
  const usual = all.filter(
    (field) =>
      !field.readOnly &&
      !(record && field.within) &&
      (field.inForm || (record ? field.section : (begun[field.key] ?? placed?.[field.key]) !== undefined)),
  );
  // As it stood when the form was opened: what others save meanwhile is a conflict, not a new start.
  const [seen, setSeen] = useState(record);
  const initial = seen ? Object.fromEntries(usual.map((field) => [field.key, readField(seen, field)])) : begun;
  const draft = useDraft(record ? `${resource}.${record.id}` : `${resource}.new`, initial, seen?.version, placed);
  const words = wordsOf(resource);
  const made = definition.useNewForm(record ? {} : draft.values);
  const typed = record ? draft.values : made.values;
  const asked = new Set(record ? [] : made.asked);
  const fields = record ? usual : withAsked(all, usual, asked);
  const own = record ? [] : Object.entries(definition.ownInputs).filter(([name]) => asked.has(name));
  const [leaving, setLeaving] = useState(false);
  const form = useId();
  const save = useMutation({
    mutationFn: () => {
      if (!seen) {
        const values = { ...startOf(fields.filter(({ required }) => required)), ...typed };
        return createRecord<AnyRecord>(
          resource,
          withoutBlanks({
            ...toBody(all, values),
            ...Object.fromEntries(own.map(([name, { toWire }]) => [name, toWire(draft.values[name] ?? [])])),
          }),
          t('{Type} created', { Type: words.Type }),
          { ...lookOf(all, values), ...Object.fromEntries(own.map(([name]) => [name, []])) },
        );
      }
      const body = toBody(all, draft.changes);
      return saveRecord(
        resource,
        draft.begunOn(seen, body),
        body,
        t('{Type} saved', { Type: words.Type }),
        lookOf(all, draft.changes),
      );
    },
    onSuccess: (saved) => {
      draft.clear();
      if (isUnseen(saved)) onClose();
      else onSaved(saved);
    },
    onError: (error) => {
      setSeen((kept) => currentOf(error) ?? kept);
      draft.noteConflict(error);
    },
  });

  return (
    <Dialog
      open
      size="medium"
      title={record ? t('Edit {type}', { type: words.type }) : definition.newLabel}
      onClose={() => (draft.dirty ? setLeaving(true) : onClose())}
      footer={
        <>
          <Button onClick={() => (draft.dirty ? setLeaving(true) : onClose())}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {record ? t('Save') : t('Create {type}', { type: words.type })}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={[...fields.map((field) => field.key), ...own.map(([name]) => name)]}
        onSubmit={() => save.mutate()}
        waits
        className="grid gap-x-4 gap-y-4 pt-1 sm:grid-cols-2"
      >
        <RestoredDraft draft={draft} className="text-12 text-muted sm:col-span-2" />
        {fields.map((field) => (
          <FormField
            key={field.key}
            className={wide.has(field.kind) || field.key === 'name' ? 'sm:col-span-2' : undefined}
            field={field}
            value={typed[field.key]}
            choices={made.choices[field.key]}
            beside={typed}
            onChange={(value) => draft.set(field.key, value)}
          />
        ))}
        <Suspense>
          {own.map(([name, { Input }]) => (
            <Input key={name} value={draft.values[name]} onChange={(value) => draft.set(name, value)} />
          ))}
        </Suspense>
        <Suspense>{!record && <MatchHint definition={definition} fields={fields} values={draft.values} />}</Suspense>
      </FormShell>
      <DiscardDialog
        open={leaving}
        onClose={() => setLeaving(false)}
        onDiscard={() => {
          draft.clear();
          onClose();
        }}
      />
    </Dialog>
  );
}

/** The usual fields, and beside them those that are asked for, whether or not somebody could change them later. */
const withAsked = (all: readonly FieldDef[], usual: readonly FieldDef[], asked: ReadonlySet<string>): FieldDef[] =>
  all
    .filter((field) => usual.includes(field) || asked.has(field.key))
    .map((field) => (asked.has(field.key) ? { ...field, readOnly: false, required: true } : field));

/** What is left empty takes the server's default. */
function withoutBlanks(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !isBlank(value)));
}
