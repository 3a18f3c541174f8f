import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { formatList, formatNumber } from '../../../ui/format.ts';
import type { ImportDetail } from './import.ts';

const severities = {
  fatal: { label: t('Stop the import'), meaning: 'bad' },
  error: { label: t('Problem'), meaning: 'bad' },
  warning: { label: t('Warning'), meaning: 'attention' },
} as const;

type Sample = ImportDetail['problem_samples'][number];

/** Its count is that of its kind. */
const kindOf = ({ file_id, code, column }: Sample) => `${file_id}/${code}/${column}`;

/** What is said once, of however many rows. */
const saidOf = (sample: Sample) => `${kindOf(sample)}/${sample.message}/${sample.value}`;

/** Some samples of each kind of problem, and how often it comes up. */
export function ProblemList({ detail }: { detail: ImportDetail }) {
  const samples = [...Map.groupBy(detail.problem_samples, saidOf).values()].map((alike) => ({
    ...alike[0]!,
    rows: alike.flatMap(({ row }) => row ?? []),
  }));
  if (samples.length === 0) return null;
  const fileName = (id: string) => detail.files.find((file) => file.id === id)?.name ?? '';
  return (
    <section aria-label={t('Problems and notes')}>
      <h3 className="mb-2 text-14">{t('Problems and notes')}</h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {samples.map((sample, index) => {
          const isFirst = samples.findIndex((other) => kindOf(other) === kindOf(sample)) === index;
          const { label, meaning } = severities[sample.severity];
          return (
            <li key={saidOf(sample)} className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2.5 text-13">
              <Badge meaning={meaning}>{label}</Badge>
              <span className="min-w-0 flex-1 basis-60">
                {translateServerText(sample.message)}
                <span className="block text-12 wrap-anywhere text-muted">
                  {[
                    fileName(sample.file_id),
                    sample.rows.length > 0 &&
                      t('{count, plural, one {row {rows}} other {rows {rows}}}', {
                        count: sample.rows.length,
                        rows: formatList(sample.rows.map((row) => formatNumber(row))),
                      }),
                    sample.column,
                    sample.value && `“${sample.value}”`,
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              {isFirst && sample.count > 1 && (
                <span className="shrink-0 text-muted tabular-nums">
                  {t('{count, plural, one {# such row} other {# such rows}}', { count: sample.count })}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
