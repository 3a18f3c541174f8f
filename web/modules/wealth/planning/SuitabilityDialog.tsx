import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { AnyRecord, FieldDef, Named } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { today } from '../../../ui/format.ts';
import { isOver } from '../period.ts';
import type { Suits } from './rows.ts';
import { experienceOptions, levelOptions, objectiveOptions } from './words.ts';

const fields: readonly FieldDef[] = [
  { key: 'objective', label: t('Objective'), kind: 'select', options: objectiveOptions, required: true },
  { key: 'horizon_years', label: t('Horizon in years'), kind: 'integer' },
  { key: 'risk_tolerance', label: t('Risk tolerance'), kind: 'select', options: levelOptions },
  { key: 'risk_capacity', label: t('Capacity for loss'), kind: 'select', options: levelOptions },
  { key: 'liquidity_needs', label: t('Liquidity needs'), kind: 'select', options: levelOptions },
  { key: 'experience', label: t('Experience'), kind: 'select', options: experienceOptions },
  { key: 'reviewed_on', label: t('Reviewed on'), kind: 'date' },
  { key: 'remark', label: t('Remark'), kind: 'text' },
];

interface Member {
  contact_id: string;
  contact: Named | null;
  from_on: string | null;
  until_on: string | null;
}

interface SuitabilityDialogProps {
  household: { id: string };
  contact: AnyRecord | undefined;
  row: Suits | undefined;
  onClose: () => void;
}

export default function SuitabilityDialog({ household, contact, row, onClose }: SuitabilityDialogProps) {
  const members = useRecords<Member & AnyRecord>('household_member', {
    enabled: !contact && !row,
    filter: { field: 'household_id', op: 'eq', value: household.id },
    sort: 'created_at',
    limit: 50,
  });
  const people = members.rows.flatMap((member) =>
    member.contact && !isOver(member) ? [{ value: member.contact.id, label: member.contact.name }] : [],
  );
  const person: FieldDef = {
    key: 'contact_id',
    label: t('Person'),
    kind: 'select',
    options: people,
    help: t('Leave empty for the whole household'),
  };
  return (
    <FormDialog
      title={row ? t('Edit suitability') : t('Review suitability')}
      action={t('Save')}
      fields={row || contact ? fields : [person, ...fields]}
      start={row ? { ...row } : { reviewed_on: today() }}
      {...(row && { version: row.version })}
      onSave={async (body, version) => {
        const { change } = row
          ? await changing.patch<AnyRecord>(`/suitability-profiles/${row.id}`, body, version)
          : await changing.post<AnyRecord>('/suitability-profiles', {
              ...body,
              ...(contact && { contact_id: contact.id }),
              household_id: household.id,
            });
        void queryClient.invalidateQueries({ queryKey: ['suitability_profile'] });
        offerUndo(t('Suitability saved'), change, String(contact?.name ?? ''));
      }}
      onClose={onClose}
    />
  );
}
