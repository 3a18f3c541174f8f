import { t } from '../../../text/text.ts';

export interface Sample {
  id: string;
  name: string | null;
  value: unknown;
  becomes: unknown;
}

/** Some records with the value they hold, and what it would become. */
export function PreviewTable({
  label,
  samples,
  becomes,
}: {
  label: string;
  samples: readonly Sample[];
  becomes?: boolean;
}) {
  if (samples.length === 0) return null;
  return (
    <table aria-label={label} className="w-full table-fixed text-13">
      <thead className="text-start text-12 text-muted">
        <tr className="border-b border-line">
          <th className="py-1 pe-2 text-start font-medium">{label}</th>
          <th className="py-1 pe-2 text-start font-medium">{t('Value')}</th>
          {becomes && <th className="py-1 text-start font-medium">{t('New value')}</th>}
        </tr>
      </thead>
      <tbody>
        {samples.map((sample) => (
          <tr key={sample.id} className="border-b border-line">
            <td className="truncate py-1 pe-2">
              <bdi>{sample.name ?? t('Unnamed')}</bdi>
            </td>
            <td className="truncate py-1 pe-2">
              <bdi>{shown(sample.value)}</bdi>
            </td>
            {becomes && (
              <td className="truncate py-1">
                <bdi>{shown(sample.becomes)}</bdi>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join('; ');
  if (typeof value === 'boolean') return value ? t('Yes') : t('No');
  const { amount, currency } = (value ?? {}) as { amount?: string; currency?: string };
  return amount === undefined ? String(value ?? '') : `${amount} ${currency}`;
}
