import { formatNumber } from '../../../ui/format.ts';
import type { ImportDetail } from './import.ts';

/** What was taken back, and what was left because somebody had changed it. */
export function ReversalReport({ reversal }: { reversal: NonNullable<ImportDetail['reversal']> }) {
  return (
    <section aria-label="What was taken back" className="rounded-lg border border-line p-4 text-13">
      <p>
        {formatNumber(reversal.deleted)} records deleted, {formatNumber(reversal.restored)} with their earlier values
        again, {formatNumber(reversal.kept)} left as they are.
      </p>
      {reversal.kept_samples.length > 0 && (
        <ul className="mt-2 text-muted">
          {reversal.kept_samples.map(({ id, name, reason }) => (
            <li key={id}>
              <bdi className="text-ink">{name ?? id}</bdi>: {reason}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
