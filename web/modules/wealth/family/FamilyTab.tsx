import { ChevronDown } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { Menu } from '../../../ui/Menu.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { chartOf } from '../family-chart/chartOf.ts';
import { FamilyChart } from '../family-chart/FamilyChart.tsx';
import { FamilyTable } from '../family-chart/FamilyTable.tsx';
import { circlesOf } from '../family-chart/layout.ts';
import { useDeaths, useFamily } from './useFamily.ts';
import { type EventKind, events } from './words.ts';

const EventDialog = lazyPart(() => import('./EventDialog.tsx'));
const HandoverDialog = lazyPart(() => import('./HandoverDialog.tsx'));

/** A family and what it owns, drawn and as a table, and what may happen to it. */
export default function FamilyTab({ record }: { record: AnyRecord }) {
  const may = useMay();
  const [happening, setHappening] = useState<EventKind | 'handover' | null>(null);
  const { members, relationships, entities } = useFamily(record.id);
  const { nodes, links } = chartOf(members.rows, entities.rows, relationships.rows);
  const deaths = useDeaths(nodes.flatMap(({ id, kind }) => (kind === 'person' ? [id] : [])));
  const lists = [members, relationships, entities];
  if (lists.some(({ isPending }) => isPending)) return <SkeletonRows label={t('Loading')} />;
  if (lists.some(({ isError }) => isError))
    return (
      <div className="p-4">
        <NotRead />
      </div>
    );
  const circles = circlesOf(links);
  const nameOf = (id: string) => nodes.find((node) => node.id === id)!.name;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="flex-1 text-14">{t('Family and ownership')}</h2>
        {may('household', 'update') && !record.deleted_at && (
          <Menu
            align="end"
            trigger={
              <Button size="small" className="print:hidden" icon={<ChevronDown size={14} />}>
                {t('Record a change')}
              </Button>
            }
            actions={[
              ...(Object.keys(events) as EventKind[]).map((kind) => ({
                label: events[kind].action,
                onSelect: () => setHappening(kind),
              })),
              { label: t('Hand over household'), group: true as const, onSelect: () => setHappening('handover') },
            ]}
          />
        )}
      </div>
      {circles.map((circle) => (
        <Banner key={circle.join()} meaning="attention">
          {t('Circular ownership: {names}', {
            names: [...circle, circle[0]!].map(nameOf).join(' → '),
          })}
        </Banner>
      ))}
      {nodes.length === 0 ? (
        <EmptyState compact title={t('Nobody yet')}>
          {t('Add members and relationships under Related.')}
        </EmptyState>
      ) : (
        // On a phone the table comes first: the chart is wider than that.
        <div className="flex flex-col gap-4 max-sm:flex-col-reverse">
          <FamilyChart nodes={nodes} links={links} deaths={deaths} circular={new Set(circles.flat())} />
          <FamilyTable members={members.rows} relationships={relationships.rows} />
        </div>
      )}
      <Suspense>
        {happening === 'handover' && <HandoverDialog record={record} onClose={() => setHappening(null)} />}
        {happening && happening !== 'handover' && (
          <EventDialog kind={happening} record={record} onClose={() => setHappening(null)} />
        )}
      </Suspense>
    </div>
  );
}
