import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { changing } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { formatMoney } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import type { Target } from './targets.ts';
import { dealsText } from './tileData.ts';
import { useTargets } from './useTargets.ts';

const fields: FieldDef[] = [
  {
    key: 'figure',
    label: t('Figure'),
    kind: 'select',
    required: true,
    options: [
      { value: 'won_value', label: t('Won value') },
      { value: 'won_count', label: t('Won deals') },
    ],
  },
  {
    key: 'period',
    label: t('In each'),
    kind: 'select',
    required: true,
    options: [
      { value: 'month', label: t('Month') },
      { value: 'quarter', label: t('Quarter') },
      { value: 'year', label: t('Year') },
    ],
  },
  {
    key: 'amount',
    label: t('Amount'),
    kind: 'money',
    currencyKey: 'currency',
    shownWhen: ({ figure }) => figure === 'won_value',
  },
  { key: 'currency', label: t('Currency'), kind: 'text', shownWhen: ({ figure }) => figure === 'won_value' },
  { key: 'deals', label: t('Deals'), kind: 'integer', shownWhen: ({ figure }) => figure === 'won_count' },
  { key: 'owner_id', label: t('Person'), kind: 'reference', of: 'user', expand: 'owner' },
  {
    key: 'team_id',
    label: t('Team'),
    kind: 'reference',
    of: 'team',
    expand: 'team',
    help: t('Leave person and team empty to make it for everybody'),
  },
];

const each: Record<Target['period'], string> = {
  month: t('each month'),
  quarter: t('each quarter'),
  year: t('each year'),
};
const reread = () => queryClient.invalidateQueries({ queryKey: ['sales_target'] });

/** What is to be won, by whom; charts of won deals show it as a line. */
export default function TargetsDialog({ onClose }: { onClose: () => void }) {
  const may = useMay();
  const { tenant } = useSession();
  const targets = useTargets();
  const [adding, setAdding] = useState(false);
  if (adding) {
    return (
      <FormDialog
        title={t('New target')}
        action={t('Add target')}
        fields={fields}
        start={{ figure: 'won_value', period: 'month', currency: tenant.default_currency }}
        onClose={() => setAdding(false)}
        onSave={async (body) => {
          const { change } = await changing.post('/sales-targets', body);
          await reread();
          offerUndo(t('Target added'), change);
        }}
      />
    );
  }
  return (
    <Dialog
      open
      title={t('Targets')}
      description={t('The value to be won. Charts and numbers of won deals show the progress.')}
      onClose={onClose}
      footer={
        may('sales_target', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setAdding(true)}>
            {t('New target')}
          </Button>
        )
      }
    >
      {targets.isError && !targets.data ? (
        <QueryError title={t('This could not be read')} query={targets} />
      ) : targets.isLoading ? (
        <SkeletonRows count={3} label={t('Loading')} />
      ) : !targets.data?.length ? (
        <p className="text-13 text-muted">{t('No targets yet.')}</p>
      ) : (
        <ul aria-label={t('Targets')} className="flex flex-col">
          {targets.data.map((target) => (
            <li key={target.id} className="flex items-center gap-3 border-b border-line py-2 text-13 last:border-0">
              <span className="min-w-0 flex-1">
                <span className="font-medium tabular-nums">
                  {target.amount === null ? dealsText(target.deals ?? 0) : formatMoney(target.amount, target.currency)}
                </span>{' '}
                {each[target.period]}
                <span className="block truncate text-muted">
                  <bdi>{target.owner?.name ?? target.team?.name ?? t('Everyone')}</bdi>
                </span>
              </span>
              {may('sales_target', 'delete') && (
                <IconButton label={t('Remove target')} onClick={() => void attempt(() => remove(target))}>
                  <Trash2 size={14} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

async function remove({ id }: Target): Promise<void> {
  const { change } = await changing.delete(`/sales-targets/${id}`);
  await reread();
  offerUndo(t('Target removed'), change);
}
