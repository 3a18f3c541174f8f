import { useQuery } from '@tanstack/react-query';
import { formatDecimal } from '../../ui/format.ts';
import { api } from '../query/api.ts';
import { pathOf } from '../query/resources.ts';
import type { RecordDefinition } from './definition.ts';
import type { Filter } from './filter/filter.ts';
import type { Money } from './money.ts';
import { Sums } from './Sums.tsx';
import { useSummed, useTotal } from './useSummed.ts';

/** At the foot of a list: sums over all that match, not only over what was scrolled to. */
export function ListSums({ definition, filter }: { definition: RecordDefinition; filter: Filter | null }) {
  const { resource } = definition;
  const summed = useSummed(definition);
  const sums = summed.map(({ key }) => key).join(',');
  const { data } = useQuery({
    queryKey: [resource, 'sums', filter, sums],
    enabled: sums !== '',
    queryFn: ({ signal }) =>
      api.get<{ sums: Record<string, string | Money[]> }>(
        pathOf(resource),
        { filter: filter && JSON.stringify(filter), limit: 1, sums },
        signal,
      ),
  });
  const total = useTotal(definition, filter, data?.sums);
  return summed.map(({ key, label }) => {
    const sum = data?.sums[key];
    if (sum === undefined) return null;
    return (
      <span key={key} className="max-sm:hidden">
        {label}:{' '}
        <span className="font-medium text-ink">
          {typeof sum === 'string' ? (
            formatDecimal(sum)
          ) : (
            <Sums sums={sum} total={definition.summed.includes(key) ? total : undefined} />
          )}
        </span>
      </span>
    );
  });
}
