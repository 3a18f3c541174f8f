import { Check, Pencil } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatDate, today } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { Section } from '../figures/Section.tsx';
import type { Review } from './rows.ts';

const ReviewDialog = lazyPart(() => import('./ReviewDialog.tsx'));

/** When a household was reviewed, what came of it, and when the next review is due. */
export function Reviews({ household }: { household: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState<Review | 'new' | null>(null);
  const found = useRecords<Review>('client_review', {
    filter: { field: 'household_id', op: 'eq', value: household.id },
    sort: '-held_on',
    limit: 5,
  });
  const editable = may('household', 'update') && !household.deleted_at;
  const due = household.next_review_on as string | null;
  return (
    <Section
      title={t('Reviews')}
      actions={
        editable && (
          <Button size="small" icon={<Check size={14} />} onClick={() => setEditing('new')}>
            {t('Reviewed today')}
          </Button>
        )
      }
    >
      <p className="mb-2 flex flex-wrap items-center gap-2 text-13 text-muted">
        {due ? t('Next review due {date}.', { date: formatDate(due) }) : t('No review scheduled.')}
        {due && due < today() && <Badge meaning="attention">{t('Overdue')}</Badge>}
      </p>
      {found.isPending && <SkeletonRows label={t('Loading')} count={2} />}
      {found.isError && <NotRead />}
      {found.isSuccess && found.rows.length === 0 && <p className="text-13 text-muted">{t('No reviews yet.')}</p>}
      <ul className="flex flex-col divide-y divide-line">
        {found.rows.map((review) => (
          <li key={review.id} className="flex items-start gap-2 py-2 text-13">
            <div className="min-w-0 flex-1">
              <p className="text-12 text-muted">
                {[review.held_on && formatDate(review.held_on), review.author?.name].filter(Boolean).join(' · ')}
              </p>
              {review.note && <p className="break-words whitespace-pre-wrap">{review.note}</p>}
            </div>
            {editable && (
              <IconButton size="small" label={t('Edit review')} onClick={() => setEditing(review)}>
                <Pencil size={12} />
              </IconButton>
            )}
          </li>
        ))}
        {found.hasNextPage && <MoreRows list={found} />}
      </ul>
      <Suspense>
        {editing && (
          <ReviewDialog
            household={household}
            review={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        )}
      </Suspense>
    </Section>
  );
}
