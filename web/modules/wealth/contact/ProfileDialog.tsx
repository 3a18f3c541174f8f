import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { countryCodeOf } from '../../../../src/kernel/contract/country.ts';
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
import { documentKindOptions, profileLabels, riskClassOptions } from './profileWords.ts';

type Part = 'profile' | 'document';

type PartField = FieldDef & { /** Never read: left as it is when nothing is typed. */ sealed?: true };

const ofProfile = (key: keyof typeof profileLabels) => ({ key, label: profileLabels[key] });
const parts: Readonly<
  Record<Part, { resource: string; fields: readonly PartField[]; add: string; edit: string; saved: string }>
> = {
  profile: {
    resource: 'client_profile',
    fields: [
      { ...ofProfile('ssn'), kind: 'text', sealed: true, help: t('Such as 219-09-9999') },
      { ...ofProfile('tax_id'), kind: 'text', sealed: true },
      { ...ofProfile('date_of_birth'), kind: 'date', sealed: true },
      { ...ofProfile('risk_class'), kind: 'select', options: riskClassOptions },
      { ...ofProfile('kyc_checked_on'), kind: 'date' },
    ],
    add: t('Add a client profile'),
    edit: t('Edit client profile'),
    saved: t('Client profile saved'),
  },
  document: {
    resource: 'identity_document',
    fields: [
      { key: 'kind', label: t('Kind'), kind: 'select', options: documentKindOptions, required: true },
      { key: 'number', label: t('Number'), kind: 'text', sealed: true },
      { key: 'country', label: t('Country'), kind: 'text', isCountry: true },
      { key: 'expires_on', label: t('Expires on'), kind: 'date' },
    ],
    add: t('Add an identity document'),
    edit: t('Edit identity document'),
    saved: t('Identity document saved'),
  },
};

interface ProfileDialogProps {
  part: Part;
  client: AnyRecord;
  /** Absent: a new one is made. */
  row?: { id: string; version: number };
  onClose: () => void;
}

/**
 * A client's profile or one of their identity documents. Sealed values are typed anew or stay as they are. It waits for
 * no network: nothing of it is kept in the browser.
 */
export default function ProfileDialog({ part, client, row, onClose }: ProfileDialogProps) {
  const { resource, fields: all, add, edit, saved } = parts[part];
  const form = useId();
  const opened = useOpenedVersion(row?.version ?? 0);
  const masks: Readonly<Record<string, unknown>> = { ...row };
  const fields = all.map((field) => (field.sealed ? { ...field, ...standsFor(masks[field.key]) } : field));
  const [start] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(all.map(({ key, sealed }) => [key, sealed ? null : (masks[key] ?? null)])),
  );
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const values = { ...start, ...changes };
  const { leave, question } = useLeaving(differ(changes, start), onClose);
  const done = (title: string, change: string | null) => {
    void queryClient.invalidateQueries({ queryKey: [resource] });
    offerUndo(title, change, String(client.name ?? ''));
    onClose();
  };
  const typed = fields.filter(({ key, sealed }) => !sealed || (changes[key] ?? '') !== '');
  const body = toBody(typed, changes);
  // Of a document the code is stored, whatever one calls the country.
  if (typeof body.country === 'string') body.country = countryCodeOf(body.country) ?? body.country;
  const save = useMutation({
    gcTime: 0,
    mutationFn: () => {
      if (part === 'profile')
        return changing.put<AnyRecord>(`/contacts/${client.id}/client-profile`, body, row && opened.version);
      return row
        ? changing.patch<AnyRecord>(`/identity-documents/${row.id}`, body, opened.version)
        : changing.post<AnyRecord>('/identity-documents', { ...body, contact_id: client.id });
    },
    onSuccess: ({ change }) => done(saved, change),
    onError: opened.noteConflict,
  });
  const remove = useMutation({
    mutationFn: () => changing.delete<AnyRecord>(`/identity-documents/${row!.id}`),
    onSuccess: ({ change }) => done(t('Identity document removed'), change),
  });
  return (
    <Dialog
      open
      size="small"
      title={row ? edit : add}
      onClose={leave}
      footer={
        <>
          {row && part === 'document' && (
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

const standsFor = (mask: unknown): Partial<FieldDef> =>
  typeof mask === 'string' ? { placeholder: mask, help: t('Stays as it is unless you type a new one') } : {};
