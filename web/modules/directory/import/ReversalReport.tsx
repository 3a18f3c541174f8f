import { t, told } from '../../../text/text.ts';
import type { ImportDetail } from './import.ts';

/** What was taken back, and what was left because somebody had changed it. */
export function ReversalReport({ reversal }: { reversal: NonNullable<ImportDetail['reversal']> }) {
  return (
    <section aria-label={t('What was taken back')} className="rounded-lg border border-line p-4 text-13">
      <p>
        {t(
          '{deleted, plural, one {# record deleted} other {# records deleted}}, {restored, number} with their earlier values again, {kept, number} left as they are.',
          { deleted: reversal.deleted, restored: reversal.restored, kept: reversal.kept },
        )}
      </p>
      {reversal.kept_samples.length > 0 && (
        <ul className="mt-2 text-muted">
          {reversal.kept_samples.map(({ id, name, reason }) => (
            <li key={id}>
              <bdi className="text-ink">{name ?? id}</bdi>: {told(reason)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
