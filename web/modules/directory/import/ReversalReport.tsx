import { fieldWords } from '../../../platform/record/fieldWords.ts';
import { findType } from '../../../platform/record/recordTypes.ts';
import { reasonsOf } from '../../../platform/record/skips.ts';
import { t } from '../../../text/text.ts';
import { formatList } from '../../../ui/format.ts';
import type { ImportDetail } from './import.ts';

type Reversal = NonNullable<ImportDetail['reversal']>;

/** As the audit calls them. */
const kinds: Record<string, string> = {
  product: t('Products'),
  user: t('Members'),
  team: t('Teams'),
  team_member: t('Memberships in teams'),
  pipeline: t('Pipelines'),
  stage: t('Stages'),
  close_reason: t('Close reasons'),
  tag: t('Tags'),
  record_tag: t('Tags on records'),
  deal_line: t('Products of deals'),
};
const kindLabel = (resource: string): string => findType(resource)?.plural ?? kinds[resource] ?? t('Other records');

/** What was taken back, and what was left and why, so that it adds up with what the import had done. */
export function ReversalReport({ detail, reversal }: { detail: ImportDetail; reversal: Reversal }) {
  const { deleted, restored, kept, kept_samples, skipped, kinds: counts } = reversal;
  const ofFiles = new Set(detail.files.map(({ resource }) => resource));
  const unsaid = skipped - kept_samples.length;
  return (
    <section aria-label={t('What was reverted')} className="rounded-lg border border-line p-4 text-13">
      <h3 className="mb-1 text-14">{t('What was reverted')}</h3>
      <p>
        {t(
          '{deleted, plural, one {# record deleted} other {# records deleted}}, {restored, number} restored to earlier values, {kept, number} left unchanged.',
          { deleted, restored, kept },
        )}
      </p>
      {counts.some(({ resource }) => !ofFiles.has(resource)) && (
        <p className="mt-1 text-muted">
          {t('This includes what the import created because rows named it, such as stages or teams.')}
        </p>
      )}
      {counts.length > 0 && (
        <dl className="mt-3 divide-y divide-line border-t border-line tabular-nums">
          {counts.map((count) => (
            <div key={count.resource} className="flex flex-wrap gap-x-3 py-1.5">
              <dt className="w-full font-medium sm:w-40">{kindLabel(count.resource)}</dt>
              <dd className="text-muted">{wordsOf(count).join(' · ')}</dd>
            </div>
          ))}
        </dl>
      )}
      {kept_samples.length > 0 && (
        <>
          <h4 className="mt-4 mb-1 font-medium">{t('What was left unchanged, and why')}</h4>
          <ul className="text-muted">
            {kept_samples.map((kept) => {
              const { resource, id, name, fields, code } = kept;
              return (
                <li key={`${resource}/${id}/${code}/${fields}`}>
                  {kindLabel(resource)} · <bdi className="text-ink">{name ?? id}</bdi>
                  {fields && ` (${formatList(fields.map((field) => fieldWords(resource, field)))})`}:{' '}
                  {reasonsOf([kept]).join(' ')}
                </li>
              );
            })}
            {unsaid > 0 && <li>{t('and {count, number} more', { count: unsaid })}</li>}
          </ul>
        </>
      )}
    </section>
  );
}

function wordsOf({ deleted, restored, kept, gone }: Reversal['kinds'][number]): string[] {
  return [
    deleted > 0 && t('{count, number} deleted', { count: deleted }),
    restored > 0 && t('{count, number} restored to earlier values', { count: restored }),
    kept > 0 && t('{count, plural, other {# left unchanged}}', { count: kept }),
    gone > 0 && t('{count, number} deleted by somebody before', { count: gone }),
  ].filter((words) => words !== false);
}
