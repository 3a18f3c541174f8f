import { useId, useState } from 'react';
import { FormShell } from '../../app/FormShell.tsx';
import { inSentence, t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Select } from '../../ui/Select.tsx';
import type { BulkDialogProps, RecordDefinition } from '../definition.ts';
import { countOf } from '../definitions.ts';
import { FieldInput } from '../FieldInput.tsx';
import { type FieldDef, isBlank, toBody } from '../field.ts';
import { useFields } from '../useFields.ts';

/** Fields whose value is not the same thing on each record, or moves others with it: those are changed one by one. */
const singleKinds = new Set<FieldDef['kind']>(['money', 'currency', 'tags']);
/** Sets one field on all selected records. */
export function EditManyDialog({
  definition,
  counted,
  error,
  busy,
  onRun,
  onClose,
}: BulkDialogProps & { definition: RecordDefinition }) {
  const fields = useFields(definition).filter(
    ({ kind, key, readOnly, createOnly }) =>
      !readOnly &&
      !createOnly &&
      !singleKinds.has(kind) &&
      key !== 'external_id' &&
      !definition.singleFields.includes(key),
  );
  const [key, setKey] = useState((fields.find(({ kind }) => kind === 'select') ?? fields[0])?.key ?? '');
  const [value, setValue] = useState<unknown>(null);
  const form = useId();
  const field = fields.find((each) => each.key === key);
  if (!field) return null;
  const run = () =>
    onRun(() => ({
      action: { kind: 'update', fields: toBody([field], { [key]: value }) },
      doing: t('Changing {field}', { field: inSentence(field.label) }),
      done: (count) => t('{counted} changed', { counted: countOf(definition.resource, count) }),
    }));
  return (
    <Dialog
      open
      title={t('Edit {counted}', { counted })}
      description={t('All of them get this value. You can take it back as a whole.')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={busy}>
            {isBlank(value) && field.kind !== 'boolean'
              ? t('Clear the field of {counted}', { counted })
              : t('Change {counted}', { counted })}
          </Button>
        </>
      }
    >
      <FormShell id={form} error={error} fields={[key]} onSubmit={run} className="grid gap-4 pt-1">
        <Field name="field" label={t('Field')}>
          <Select
            label={t('Field')}
            options={fields.map((each) => ({ value: each.key, label: each.label }))}
            value={key}
            onChange={(next) => {
              setKey(next);
              setValue(null);
            }}
          />
        </Field>
        <Field
          name={key}
          label={t('New value')}
          help={field.required ? undefined : t('Left empty, the field is cleared.')}
        >
          <FieldInput key={key} field={field} value={value} onChange={setValue} labelled />
        </Field>
      </FormShell>
    </Dialog>
  );
}
