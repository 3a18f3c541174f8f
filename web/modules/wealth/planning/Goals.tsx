import { useQuery } from '@tanstack/react-query';
import { Pencil, Plus } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { GoalProgress } from '../../../../src/modules/wealth/goal/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDate } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { formatShare, wholeMoney } from '../figures/amount.ts';
import { Section } from '../figures/Section.tsx';
import { RecordLink } from '../RecordLink.tsx';

const GoalDialog = lazyPart(() => import('./GoalDialog.tsx'));
const GoalAccountsDialog = lazyPart(() => import('./GoalAccountsDialog.tsx'));

interface Goals {
  data: GoalProgress[];
  more: boolean;
}

type Editing = { what: 'goal'; goal?: GoalProgress } | { what: 'accounts'; goal: GoalProgress };

/** What a household saves for, and how far it is. */
export function Goals({ household }: { household: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState<Editing | null>(null);
  const goals = useQuery({
    queryKey: ['goal_progress', household.id],
    queryFn: ({ signal }) => api.get<Goals>(`${pathOf('household')}/${household.id}/goal-progress`, {}, signal),
  });
  const editable = may('household', 'update') && !household.deleted_at;
  const add = editable && (
    <Button size="small" icon={<Plus size={14} />} onClick={() => setEditing({ what: 'goal' })}>
      {t('Add a goal')}
    </Button>
  );
  const isEmpty = goals.data?.data.length === 0;
  return (
    <Section title={t('Goals')} actions={!isEmpty && add}>
      {goals.isPending && <SkeletonRows label={t('Loading')} count={2} />}
      {goals.isLoadingError && <NotRead />}
      {isEmpty && (
        <EmptyState compact title={t('No goals yet')} action={add}>
          {t('A house, retirement, a child’s education: choose the accounts for a goal to see its progress.')}
        </EmptyState>
      )}
      <ul className="flex flex-col gap-3">
        {goals.data?.data.map((goal) => (
          <Goal key={goal.id} goal={goal} onEdit={editable ? setEditing : undefined} />
        ))}
      </ul>
      {goals.data?.more && <p className="text-12 text-muted">{t('Only the first goals are shown.')}</p>}
      <Suspense>
        {editing?.what === 'goal' && (
          <GoalDialog household={household} goal={editing.goal} onClose={() => setEditing(null)} />
        )}
        {editing?.what === 'accounts' && (
          <GoalAccountsDialog household={household} goal={editing.goal} onClose={() => setEditing(null)} />
        )}
      </Suspense>
    </Section>
  );
}

function Goal({ goal, onEdit }: { goal: GoalProgress; onEdit: ((next: Editing) => void) | undefined }) {
  const { name, currency, target_amount, target_on, value, known_value, progress, accounts, remark } = goal;
  const target = wholeMoney(target_amount, currency);
  return (
    <li className="rounded-lg border border-line p-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <p className="text-14 font-medium break-words">
            <bdi>{name}</bdi>
          </p>
          <p className="text-12 text-muted">
            {target_on ? t('{target} by {date}', { target, date: formatDate(target_on) }) : target}
          </p>
        </div>
        <p className="shrink-0 text-end text-14 tabular-nums">
          {progress === null ? '—' : formatShare(progress)}
          <span className="block text-12 text-muted">{value !== null && wholeMoney(value, currency)}</span>
        </p>
        {onEdit && (
          <IconButton size="small" label={t('Edit {name}', { name })} onClick={() => onEdit({ what: 'goal', goal })}>
            <Pencil size={12} />
          </IconButton>
        )}
      </div>
      {progress !== null && (
        <div className="mt-2">
          <ProgressBar label={t('Progress of {name}', { name })} value={Math.max(0, Math.min(100, progress * 100))} />
        </div>
      )}
      {value === null && (
        <p className="mt-2 text-12 text-attention-ink">
          {t('Missing: {names}. Without that, {amount}.', {
            names: goal.missing.map(missingText).join('; '),
            amount: wholeMoney(known_value, currency),
          })}
        </p>
      )}
      {remark && <p className="mt-2 text-13 break-words">{remark}</p>}
      <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-12 text-muted">
        {accounts.length === 0 && <span>{t('No accounts chosen yet.')}</span>}
        {accounts.map((account) => (
          <span key={account.id}>
            {account.name ? (
              <RecordLink of="financial_account" id={account.id}>
                <bdi>{account.name}</bdi>
              </RecordLink>
            ) : (
              t('Not visible to you')
            )}{' '}
            {shareText(account)}
          </span>
        ))}
        {onEdit && (
          <Button size="small" emphasis="quiet" onClick={() => onEdit({ what: 'accounts', goal })}>
            {t('Choose accounts')}
          </Button>
        )}
      </div>
    </li>
  );
}

/** "1/3"; nothing for all of it. */
function shareText({ share_numerator: parts, share_denominator: of }: GoalProgress['accounts'][number]): string {
  return parts === of ? '' : `${parts}/${of}`;
}

function missingText({ account, why, name }: GoalProgress['missing'][number]): string {
  if (why === 'not_visible' || account === null) return t('an account you can’t see');
  if (why === 'nothing_known') return t('the holdings of {account}', { account });
  return why === 'no_price'
    ? t('a price of {name} in {account}', { name: name ?? '', account })
    : t('a rate of {name} for {account}', { name: name ?? '', account });
}
