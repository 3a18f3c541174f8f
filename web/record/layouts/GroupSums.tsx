import { formatDecimal, formatNumber } from '../../ui/format.ts';
import type { RecordDefinition } from '../definition.ts';
import { Sums } from '../Sums.tsx';
import type { Group } from './groups.ts';

/** The count of a group and its sums. */
export function GroupSums({ definition, group }: { definition: RecordDefinition; group: Group }) {
  return (
    <>
      <span className="tabular-nums">{formatNumber(group.count)}</span>
      {definition.summed.map((key) => {
        const sum = group.sums?.[key];
        if (sum === undefined || sum.length === 0) return null;
        return (
          <span key={key} className="tabular-nums">
            {typeof sum === 'string' ? sum !== '0' && formatDecimal(sum) : <Sums sums={sum} compact />}
          </span>
        );
      })}
    </>
  );
}
