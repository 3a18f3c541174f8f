import type { GoalProgress } from '../../../../src/modules/wealth/goal/contract.ts';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';

interface GoalAccountsDialogProps {
  household: AnyRecord;
  goal: GoalProgress;
  onClose: () => void;
}

/** Which accounts of the household serve a goal, each with its part. */
export default function GoalAccountsDialog({ household, goal, onClose }: GoalAccountsDialogProps) {
  const accounts = useRecords<AnyRecord>('financial_account', {
    filter: { field: 'household_id', op: 'eq', value: household.id },
    sort: 'name',
    limit: 50,
  });
  if (!accounts.isSuccess) return null;
  const fields: FieldDef[] = accounts.rows.map(({ id, name }) => ({
    key: id,
    label: String(name),
    kind: 'text',
    placeholder: t('None'),
    help: t('1 for all of it, 1/3 for a third'),
  }));
  const start = Object.fromEntries(
    goal.accounts.map(({ id, share_numerator: parts, share_denominator: of }) => [
      id,
      parts === of ? '1' : `${parts}/${of}`,
    ]),
  );
  return (
    <FormDialog
      title={t('Accounts for {name}', { name: goal.name })}
      description={
        fields.length === 0
          ? t('This household has no accounts yet.')
          : t('An account can serve several goals, a share for each.')
      }
      action={t('Save')}
      fields={fields}
      start={start}
      onSave={async (body) => {
        const data = Object.entries(body).flatMap(([account_id, share]) =>
          typeof share === 'string' && share.trim() ? [{ account_id, ...readShare(share) }] : [],
        );
        const { change } = await changing.put<AnyRecord>(`/goals/${goal.id}/accounts`, { data });
        void queryClient.invalidateQueries({ queryKey: ['goal_progress'] });
        offerUndo(t('Goal accounts saved'), change, goal.name);
      }}
      onClose={onClose}
    />
  );
}

/** What is no fraction is sent as none, which the server refuses. */
function readShare(text: string): { share_numerator: number | null; share_denominator: number | null } {
  const [, parts, of = '1'] = /^\s*(\d{1,10})\s*(?:\/\s*(\d{1,10})\s*)?$/.exec(text) ?? [];
  return parts === undefined
    ? { share_numerator: null, share_denominator: null }
    : { share_numerator: Number(parts), share_denominator: Number(of) };
}
