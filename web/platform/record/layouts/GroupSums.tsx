import { formatDecimal, formatNumber } from '../../../ui/format.ts';
import type { RecordDefinition } from '../definition.ts';
import type { Filter } from '../filter/filter.ts';
import { Sums } from '../Sums.tsx';
import { useTotal } from '../useSummed.ts';
import type { Group } from './groups.ts';

interface GroupSumsProps {
  definition: RecordDefinition;
  group: Group;
  /** Of its records. */
  filter: Filter | null;
  /** Several currencies as one, which takes a request. */
  converted?: boolean;
}

/** The count of a group and its sums. */
export function GroupSums({ definition, group, filter, converted = true }: GroupSumsProps) {
  const total = useTotal(definition, filter, converted ? group.sums : undefined);
  return (
    <>
      <span className="tabular-nums">{formatNumber(group.count)}</span>
      {definition.summed.map((key) => {
        const sum = group.sums?.[key];
        if (sum === undefined || sum.length === 0) return null;
        return (
          <span key={key} className="tabular-nums">
            {typeof sum === 'string' ? sum !== '0' && formatDecimal(sum) : <Sums sums={sum} total={total} compact />}
          </span>
        );
      })}
    </>
  );
}
