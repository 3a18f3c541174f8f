import type { AnyRecord } from '../../../platform/record/field.ts';
import { RelatedList } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { signed, useContactPoints } from './score.ts';

/** What the rules about contacts give this one, and so its deals. Left out when none applies. */
export default function ContactPoints({ record }: { record: AnyRecord }) {
  const { data } = useContactPoints(record.id);
  if (!data || data.rules.length === 0) return null;
  return (
    <RelatedList title={t('Points for its deals: {points}', { points: signed(data.points) })}>
      {data.rules.map((rule) => (
        <p key={rule.id} className="flex gap-3 py-1 text-13">
          <span className="min-w-0 flex-1 wrap-anywhere">
            <bdi>{rule.name}</bdi>
          </span>
          <span className="tabular-nums">{signed(rule.points)}</span>
        </p>
      ))}
    </RelatedList>
  );
}
