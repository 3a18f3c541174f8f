import type { GoalProgress } from '../../../../src/modules/wealth/goal/contract.ts';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';

const fields: readonly FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true, placeholder: t('Such as a house by the sea') },
  { key: 'target_amount', label: t('Target'), kind: 'money', currencyKey: 'currency', required: true },
  { key: 'currency', label: t('Currency'), kind: 'currency' },
  { key: 'target_on', label: t('Target date'), kind: 'date' },
  { key: 'remark', label: t('Remark'), kind: 'text' },
];

interface GoalDialogProps {
  household: AnyRecord;
  goal: GoalProgress | undefined;
  onClose: () => void;
}

export default function GoalDialog({ household, goal, onClose }: GoalDialogProps) {
  const { tenant } = useSession();
  return (
    <FormDialog
      title={goal ? t('Edit goal') : t('Add a goal')}
      action={t('Save')}
      fields={fields}
      start={goal ? { ...goal } : { currency: tenant.default_currency }}
      {...(goal && { version: goal.version })}
      onSave={async (body, version) => {
        const { change } = goal
          ? await changing.patch<AnyRecord>(`/goals/${goal.id}`, body, version)
          : await changing.post<AnyRecord>('/goals', { ...body, household_id: household.id });
        void queryClient.invalidateQueries({ queryKey: ['goal_progress'] });
        offerUndo(t('Goal saved'), change, String(household.name ?? ''));
      }}
      onClose={onClose}
    />
  );
}
