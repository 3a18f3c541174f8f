import { Pencil, Plus } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatDate } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { Section } from '../figures/Section.tsx';
import type { Suits } from './rows.ts';
import { experienceText, levelText, objectiveText } from './words.ts';

const SuitabilityDialog = lazyPart(() => import('./SuitabilityDialog.tsx'));

interface SuitabilityProps {
  /** To which a new one belongs; none is added without it. */
  household: { id: string; deleted_at?: unknown } | undefined;
  /** Of this person alone. */
  contact?: AnyRecord;
}

/** What suits a household and its people: the last of each counts, those before it are what was thought then. */
export function Suitability({ household, contact }: SuitabilityProps) {
  const may = useMay();
  const [editing, setEditing] = useState<Suits | 'new' | null>(null);
  const found = useRecords<Suits>('suitability_profile', {
    filter: contact
      ? { field: 'contact_id', op: 'eq', value: contact.id }
      : { field: 'household_id', op: 'eq', value: household!.id },
    sort: '-reviewed_on',
    limit: 20,
  });
  const editable = may('household', 'update') && household && !household.deleted_at;
  const whose = ({ contact_id }: Suits) => contact_id ?? '';
  const lastOf = new Map(found.rows.toReversed().map((row) => [whose(row), row.id]));
  return (
    <Section
      title={t('Suitability')}
      actions={
        editable && (
          <Button size="small" icon={<Plus size={14} />} onClick={() => setEditing('new')}>
            {t('Review suitability')}
          </Button>
        )
      }
    >
      {found.isPending && <SkeletonRows label={t('Loading')} count={2} />}
      {found.isError && <NotRead />}
      {found.isSuccess && found.rows.length === 0 && (
        <p className="text-13 text-muted">{t('No suitability review yet.')}</p>
      )}
      <ul className="flex flex-col gap-3">
        {found.rows.map((row) => (
          <Line
            key={row.id}
            row={row}
            named={!contact}
            isLast={lastOf.get(whose(row)) === row.id}
            onEdit={editable ? () => setEditing(row) : undefined}
          />
        ))}
        {found.hasNextPage && <MoreRows list={found} />}
      </ul>
      <Suspense>
        {editing && household && (
          <SuitabilityDialog
            household={household}
            contact={contact}
            row={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        )}
      </Suspense>
    </Section>
  );
}

interface LineProps {
  row: Suits;
  named: boolean;
  isLast: boolean;
  onEdit: (() => void) | undefined;
}

function Line({ row, named, isLast, onEdit }: LineProps) {
  const name = row.contact_id ? (row.contact?.name ?? t('Not visible to you')) : t('The household');
  const facts: readonly [string, string][] = [
    [t('Objective'), objectiveText(row.objective)],
    [
      t('Horizon'),
      row.horizon_years === null
        ? '—'
        : t('{years, plural, one {# year} other {# years}}', { years: row.horizon_years }),
    ],
    [t('Risk tolerance'), levelText(row.risk_tolerance)],
    [t('Capacity for loss'), levelText(row.risk_capacity)],
    [t('Liquidity needs'), levelText(row.liquidity_needs)],
    [t('Experience'), experienceText(row.experience)],
  ];
  const reviewed = row.reviewed_on && t('Reviewed on {date}', { date: formatDate(row.reviewed_on) });
  return (
    <li className={isLast ? 'rounded-lg border border-line p-3' : 'px-3 text-muted'}>
      <div className="flex items-center gap-2 text-13">
        <p className="min-w-0 flex-1">
          {named && (
            <>
              <bdi className="font-medium">{name}</bdi> ·{' '}
            </>
          )}
          {reviewed}
          {!isLast && ` · ${objectiveText(row.objective)}`}
        </p>
        {onEdit && isLast && (
          <IconButton size="small" label={t('Edit the suitability of {name}', { name })} onClick={onEdit}>
            <Pencil size={12} />
          </IconButton>
        )}
      </div>
      {isLast && (
        <dl className="mt-2 grid grid-cols-2 gap-x-4 gap-y-2 text-13 sm:grid-cols-3">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt className="text-12 text-muted">{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {isLast && row.remark && <p className="mt-2 text-13 break-words">{row.remark}</p>}
    </li>
  );
}
