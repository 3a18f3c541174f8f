import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import type { RecordOfEntry } from '../../../../src/kernel/contract/fields.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { differ } from '../../../platform/record/field.ts';
import { wordsOf } from '../../../platform/record/recordTypes.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Combobox } from '../../../ui/Combobox.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { Textarea } from '../../../ui/Textarea.tsx';
import { useDebounced } from '../../../ui/useDebounced.ts';
import { MissingValues } from './MissingValues.tsx';
import { fillIn, refreshTemplates, type Template, useVariables } from './templates.ts';

const settles_ms = 400;

/** Writes a template, and shows how it reads for a record that one chooses. */
export function TemplateDialog({ template, onClose }: { template?: Template | undefined; onClose: () => void }) {
  const form = useId();
  const [begun] = useState({
    name: template?.name ?? '',
    subject: template?.subject ?? '',
    body: template?.body ?? '',
    shared: template?.shared ?? false,
  });
  const [values, setValues] = useState(begun);
  const [records, setRecords] = useState<RecordOfEntry[]>([]);
  const body = useRef<HTMLTextAreaElement>(null);
  const set = (some: Partial<typeof values>) => setValues((before) => ({ ...before, ...some }));
  const save = useMutation({
    mutationFn: () =>
      template
        ? changing.patch<Template>(`/mail-templates/${template.id}`, values, template.version)
        : changing.post<Template>('/mail-templates', values),
    onSuccess: ({ data, change }) => {
      void refreshTemplates();
      offerUndo(t('“{name}” is saved', { name: data.name }), change);
      onClose();
    },
  });
  const { leave, question } = useLeaving(differ({ ...values }, { ...begun }), onClose);

  /** Where one writes in the text; else at its end. */
  function insert(variable: string) {
    const at = body.current?.selectionStart ?? values.body.length;
    set({ body: `${values.body.slice(0, at)}{{${variable}}}${values.body.slice(at)}` });
    body.current?.focus();
  }

  return (
    <Dialog
      open
      size="large"
      title={template ? t('Edit template') : t('New template')}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={['name', 'subject', 'body', 'shared']}
        className="flex flex-col gap-3 pt-1"
        onSubmit={() => save.mutate()}
      >
        <Field name="name" label={t('Name')} required>
          <Input value={values.name} onValueChange={(name) => set({ name })} required autoFocus={!template} />
        </Field>
        <Field name="subject" label={t('Subject')}>
          <Input value={values.subject} onValueChange={(subject) => set({ subject })} />
        </Field>
        <Field name="body" label={t('Text')}>
          <Textarea ref={body} rows={8} dir="auto" value={values.body} onValueChange={(text) => set({ body: text })} />
        </Field>
        <VariablePicker onPick={insert} />
        <Field name="shared" label={t('For everybody')} help={t('Your colleagues can use it too; only you change it.')}>
          <Switch label={t('For everybody')} checked={values.shared} onChange={(shared) => set({ shared })} />
        </Field>
        <FormField
          field={{ key: 'records', label: t('See how it reads for'), kind: 'records' }}
          value={records}
          onChange={(chosen) => setRecords(chosen as RecordOfEntry[])}
        />
        {records.length > 0 && <PreviewText subject={values.subject} body={values.body} records={records} />}
      </FormShell>
      {question}
    </Dialog>
  );
}

const choices_max = 50;

/** What can stand in the text for a value: found by what it is called. */
function VariablePicker({ onPick }: { onPick: (variable: string) => void }) {
  const { data: variables = [] } = useVariables();
  const [query, setQuery] = useState('');
  const [picked, setPicked] = useState(0);
  const named = variables.map(({ variable, record_type, title }) => ({
    id: variable,
    name: `${record_type === 'sender' ? t('Sender') : wordsOf(record_type).Type}: ${translateServerText(title)}`,
    detail: variable,
  }));
  const typed = query.trim().toLowerCase();
  const found = named.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(typed));
  return (
    <Field name="variable" label={t('Insert a variable')}>
      <Combobox
        key={picked}
        value={null}
        choices={found.slice(0, choices_max)}
        placeholder={t('First name, company, …')}
        onQuery={setQuery}
        onChange={(choice) => {
          if (!choice) return;
          onPick(choice.id);
          setQuery('');
          setPicked((before) => before + 1);
        }}
      />
    </Field>
  );
}

function PreviewText(given: { subject: string; body: string; records: readonly RecordOfEntry[] }) {
  const { subject, body, records } = useDebounced(given, settles_ms);
  const { data } = useQuery({
    queryKey: ['mail_template', 'preview', subject, body, records.map(({ id }) => id)],
    queryFn: () => fillIn({ subject, body, records }),
    placeholderData: keepPreviousData,
  });
  if (!data) return null;
  return (
    <section aria-label={t('Preview')} className="flex flex-col gap-2">
      <MissingValues missing={data.missing} />
      <div className="rounded-lg border border-line bg-canvas p-3 text-13">
        <p className="font-medium wrap-anywhere">{data.subject || t('No subject')}</p>
        <p className="mt-2 whitespace-pre-wrap wrap-anywhere">{data.body}</p>
      </div>
    </section>
  );
}
