import { useId, useMemo, useState } from 'react';
import { inSentence, t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Select } from '../../../ui/Select.tsx';
import { FormShell } from '../../page/FormShell.tsx';
import { withFieldsOf } from '../../query/problem.ts';
import type { BulkDialogProps } from '../definition.ts';
import { FieldInput } from '../FieldInput.tsx';
import { isBlank, startOf, toBody } from '../field.ts';
import { countOf } from '../recordTypes.ts';
import { useFields } from '../useFields.ts';
import { useLeaving } from '../useLeaving.tsx';
import { fieldsForMany } from './manyFields.ts';

/** Sets one field on all selected records. */
export default function EditManyDialog({ definition, counted, error, busy, onRun, onClose }: BulkDialogProps) {
  const fields = fieldsForMany(useFields(definition), definition.singleFields);
  const [key, setKey] = useState<string | null>(null);
  const [given, setGiven] = useState<unknown>(undefined);
  const form = useId();
  // The same object for the same answer, see the form.
  const refused = useMemo(() => withFieldsOf(error, 'action.fields'), [error]);
  const { leave, question } = useLeaving(!isBlank(given), onClose);
  const field = fields.find((each) => each.key === key);
  const value = given ?? (field && startOf([field])[field.key]) ?? null;
  const clears = field !== undefined && isBlank(value) && !field.required;
  const run = () =>
    field &&
    onRun(() => ({
      action: { kind: 'update', fields: toBody([field], { [field.key]: value }) },
      doing: t('Changing {field}', { field: inSentence(field.label) }),
      done: (count) => t('{counted} changed', { counted: countOf(definition.resource, count) }),
    }));
  return (
    <Dialog
      open
      title={t('Edit {counted}', { counted })}
      description={t('Sets one field on all of them. You can undo the whole change.')}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis={clears ? 'danger' : 'primary'} busy={busy} disabled={!field}>
            {clears ? t('Clear the field of {counted}', { counted }) : t('Change {counted}', { counted })}
          </Button>
        </>
      }
    >
      <FormShell id={form} error={refused} fields={field ? [field.key] : []} onSubmit={run} className="grid gap-4 pt-1">
        <Field name="field" label={t('Field')}>
          <Select
            label={t('Field')}
            options={fields.map((each) => ({ value: each.key, label: each.label }))}
            value={key}
            placeholder={t('Choose a field')}
            onChange={(next) => {
              setKey(next);
              setGiven(undefined);
            }}
          />
        </Field>
        {field && (
          <Field
            name={field.key}
            label={t('New value')}
            help={field.required ? undefined : t('Leave empty to clear the field.')}
          >
            <FieldInput key={field.key} field={field} value={value} onChange={setGiven} labelled />
          </Field>
        )}
      </FormShell>
      {question}
    </Dialog>
  );
}
