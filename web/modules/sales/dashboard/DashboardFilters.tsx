import {
  type Range,
  type RegionSource,
  ranges,
  regionSources,
} from '../../../../src/modules/sales/figures/contract.ts';
import { t } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import { usePipelines } from '../deal/pipelines.ts';
import { type DashboardSearch, rangeLabels, regionSourceLabels } from './dashboardSearch.ts';

interface DashboardFiltersProps {
  search: DashboardSearch;
  /** Whether any tile is grouped or filtered by region. */
  byRegion: boolean;
  onChange: (change: DashboardSearch) => void;
}

/** The period, pipeline and kind of region for all tiles. */
export function DashboardFilters({ search, byRegion, onChange }: DashboardFiltersProps) {
  return (
    <div className="flex min-h-11 shrink-0 items-center gap-2 border-b max-sm:flex-wrap border-line bg-surface px-4 py-1.5 md:px-5">
      <Select
        label={t('Period')}
        className="w-auto! min-w-0 max-sm:flex-auto"
        options={[
          { value: 'own', label: t('Use each tile’s period') },
          ...ranges.map((value) => ({ value, label: rangeLabels[value] })),
        ]}
        value={search.range ?? 'own'}
        onChange={(value) => onChange({ range: value === 'own' ? undefined : (value as Range) })}
      />
      <PipelineSelect value={search.pipeline} onChange={(pipeline) => onChange({ pipeline })} />
      {byRegion && (
        <Select
          label={t('Regions')}
          className="w-auto! min-w-0 max-sm:flex-auto"
          options={regionSources.map((value) => ({ value, label: regionSourceLabels[value] }))}
          value={search.region_of ?? 'company'}
          onChange={(value) => onChange({ region_of: value === 'company' ? undefined : (value as RegionSource) })}
        />
      )}
    </div>
  );
}

function PipelineSelect({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}) {
  const { data: pipelines = [] } = usePipelines();
  if (pipelines.length < 2) return null;
  return (
    <Select
      label={t('Pipeline')}
      className="w-auto! min-w-0 max-sm:flex-auto"
      options={[
        { value: 'all', label: t('All pipelines') },
        ...pipelines.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      value={value ?? 'all'}
      onChange={(id) => onChange(id === 'all' ? undefined : id)}
    />
  );
}
