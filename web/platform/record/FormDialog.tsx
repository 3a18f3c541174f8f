import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormShell } from '../page/FormShell.tsx';
import { FormField } from './FormField.tsx';
import { differ, type FieldDef, toBody } from './field.ts';
import { useLeaving } from './useLeaving.tsx';
import { useOpenedVersion } from './useOpenedVersion.ts';

interface FormDialogProps {
  title: string;
  description?: string;
  /** The verb on the button, such as "Create team". */
  action: string;
  fields: readonly FieldDef[];
  start: Record<string, unknown>;
  /** Of the record that `start` shows: what others save meanwhile is a conflict. Saving again replaces it. */
  version?: number;
  onSave: (body: Record<string, unknown>, version?: number) => Promise<unknown>;
  onClose: () => void;
  /** False: `onSave` decides what comes next. */
  closeWhenSaved?: boolean;
}

/** A few fields in a dialog. Closes itself once saved. */
export function FormDialog({
  title,
  description,
  action,
  fields,
  start,
  version,
  onSave,
  onClose,
  closeWhenSaved = true,
}: FormDialogProps) {
  const form = useId();
  const [begun] = useState(start);
  const [values, setValues] = useState(begun);
  const opened = useOpenedVersion(version);
  const shown = fields.filter((field) => field.shownWhen?.(values) ?? true);
  const save = useMutation({
    // What was typed may be sealed: nothing of it stays once the dialog is closed.
    gcTime: 0,
    mutationFn: () => onSave(toBody(shown, values), opened.version),
    onSuccess: () => closeWhenSaved && onClose(),
    onError: opened.noteConflict,
  });
  const { leave, question } = useLeaving(differ(values, begun), onClose);
  return (
    <Dialog
      open
      title={title}
      description={description}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {action}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={shown.map(({ key }) => key)}
        onSubmit={() => save.mutate()}
        className="flex flex-col gap-4 pt-1"
      >
        {shown.map((field) => (
          <FormField
            key={field.key}
            field={field}
            value={values[field.key]}
            onChange={(value) => setValues((kept) => ({ ...kept, [field.key]: value }))}
          />
        ))}
      </FormShell>
      {question}
    </Dialog>
  );
}
