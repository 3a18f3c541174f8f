import { useNavigate } from '@tanstack/react-router';
import { ChartColumn, Ellipsis, GripVertical, RefreshCw, Table2 } from 'lucide-react';
import { type KeyboardEvent, Suspense, useEffect, useMemo, useState } from 'react';
import { fieldOf, tile_height_max, tile_width_max } from '../../../../src/modules/sales/figures/contract.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { isUndecided, messageOf } from '../../../platform/query/problem.ts';
import { useSession } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { isBrowsers } from '../../../ui/keys.ts';
import { Menu, type MenuAction } from '../../../ui/Menu.tsx';
import { Skeleton } from '../../../ui/Skeleton.tsx';
import { type Rows, useDashboard } from './dashboard.ts';
import { type DashboardSearch, rangeLabels } from './dashboardSearch.ts';
import { saveCsv, savePicture } from './exportTile.ts';
import { NumberTile } from './NumberTile.tsx';
import { searchOf } from './rowsSearch.ts';
import { TileTable } from './TileTable.tsx';
import { noTarget, type Target, targetOf } from './targets.ts';
import { dataOf, type TileData } from './tileData.ts';
import { isByRegion, type TileForm } from './tiles.ts';
import { useTileDrag } from './useTileDrag.ts';
import { WithoutRate } from './WithoutRate.tsx';
import { isNow, titleOf } from './words.ts';

const TileChart = lazyPart(() => import('./TileChart.tsx'));

/** What can be done with a tile by whoever may change its dashboard. */
export interface TileActions {
  edit: () => void;
  remove: () => void;
  /** By so many places; beyond the ends it stays. */
  move: (by: number) => void;
  resize: (size: Partial<Pick<TileForm, 'width' | 'height'>>) => void;
  /** Another tile was dropped here. */
  dropHere: (id: string) => void;
}

interface TileCardProps {
  id: string;
  tile: TileForm;
  search: DashboardSearch;
  targets: readonly Target[];
  actions?: TileActions;
  /** Where two stand side by side, nothing stands beside it. */
  alone?: boolean;
  /** On a phone it stands beside another one. */
  half?: boolean;
  /** Of another one that is being changed. */
  editing?: boolean;
  /** It was just added, and comes into sight. */
  fresh?: boolean;
}

/** Of the columns that there are room for: a panel beside the tiles takes from it too. */
const widths = [
  '',
  '@xl:col-span-1',
  '@xl:col-span-2',
  '@xl:col-span-2 @4xl:col-span-3',
  '@xl:col-span-2 @4xl:col-span-4',
];
const heights = ['', 'h-34', 'h-80', 'h-120'];
/** A number alone takes the room that its words need. */
const numberHeights = ['', 'min-h-34', 'min-h-80', 'min-h-120'];

export function TileCard({ id, tile: kept, search, targets, actions, alone, half, editing, fresh }: TileCardProps) {
  const { tenant } = useSession();
  const navigate = useNavigate();
  const [asTable, setAsTable] = useState(false);
  const tile = useMemo(() => (search.range ? { ...kept, range: search.range } : kept), [kept, search.range]);
  const field = fieldOf(tile);
  const query = useDashboard({
    ...tile.filter,
    ...(search.pipeline && { pipeline_id: search.pipeline }),
    range: tile.range,
    period: tile.period,
    ...(field && { field }),
    ...(isByRegion(tile) && { region_of: search.region_of }),
  });
  const data = useMemo(
    () => query.data && dataOf(query.data, tile, tenant.default_currency),
    [query.data, tile, tenant.default_currency],
  );
  const drag = useTileDrag(id, actions?.dropHere);
  const title = titleOf(tile, query.data?.by_field?.label);
  const when = isNow(tile.figure) ? t('Now') : rangeLabels[tile.range];
  const note = [when, data?.unit === 'money' && !data.empty ? data.currency : null].filter(Boolean).join('\u00a0· ');
  const { value: target, without: targetsWithout } =
    query.data && !search.pipeline
      ? targetOf(targets, tile, { own: tenant.default_currency, rates: query.data.rates })
      : noTarget;
  const drawn = tile.chart === 'bar' || tile.chart === 'line' || tile.chart === 'funnel';
  const openRows = (label: string, rows: Rows) =>
    void navigate({ to: '/dashboard/rows', search: searchOf(rows, `${title}: ${label}`, tile.figure) });
  const { tile: place } = drag;
  useEffect(() => {
    if (fresh) place.current?.scrollIntoView({ block: 'nearest' });
  }, [fresh, place]);

  return (
    <section
      ref={drag.tile}
      data-row=""
      aria-label={title}
      aria-busy={query.isPending}
      className={cx(
        'relative flex min-w-0 flex-col break-inside-avoid rounded-lg border border-line bg-surface p-3 @xl:p-4',
        half ? 'col-span-1' : 'col-span-2',
        alone ? '@xl:col-span-2 @4xl:col-span-1' : widths[tile.width],
        (tile.chart === 'number' ? numberHeights : heights)[tile.height],
        drag.dragging && 'opacity-40',
        drag.over && 'border-accent',
        editing && 'border-accent ring-1 ring-accent',
      )}
    >
      <header className="flex items-start gap-0.5 @xl:gap-1">
        {actions && <MoveHandle ref={drag.handle} title={title} tile={kept} actions={actions} />}
        <div className="min-w-0 flex-1">
          <h2 className="line-clamp-2 text-13 hyphens-auto wrap-anywhere">{title}</h2>
          <p className="text-12 text-muted">{note}</p>
        </div>
        {drawn && data && !data.empty && (
          <IconButton
            label={asTable ? t('Show as a chart') : t('Show as a table')}
            size="small"
            className="pointer-coarse:-mt-2"
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? <ChartColumn size={14} /> : <Table2 size={14} />}
          </IconButton>
        )}
        {data && (
          <Menu
            align="end"
            trigger={
              <IconButton
                data-heir=""
                label={t('More about {title}', { title })}
                size="small"
                className="pointer-coarse:-me-2 pointer-coarse:-mt-2"
              >
                <Ellipsis size={14} />
              </IconButton>
            }
            actions={menuOf({ title, note, data, tile, target, drawn, actions })}
          />
        )}
      </header>
      <div className="mt-2 flex min-h-0 flex-1 flex-col">
        {!data || !query.data ? (
          query.isPending ? (
            <Skeleton className="my-2 w-2/3" />
          ) : isUndecided(query.error) ? (
            // The page says why, once for all of them.
            <p className="m-auto text-13 text-muted">{t('Could not be read')}</p>
          ) : (
            <NotRead error={query.error} onRetry={() => void query.refetch()} />
          )
        ) : tile.chart === 'number' ? (
          <NumberTile title={title} data={data} tile={tile} target={target} dashboard={query.data} />
        ) : data.empty ? (
          <p className="m-auto max-w-60 text-center text-13 text-balance text-muted">
            {data.lacksField
              ? t('The custom field of this tile is retired, or your role does not see it.')
              : emptyText(tile)}
          </p>
        ) : tile.chart === 'table' || asTable ? (
          <TileTable title={title} data={data} tile={tile} />
        ) : (
          <Suspense fallback={<div role="status" aria-label={t('Loading the chart')} className="flex-1" />}>
            <TileChart title={title} data={data} tile={tile} target={target} onOpenRows={openRows} />
          </Suspense>
        )}
        {data && <WithoutRate amounts={data.without} targets={targetsWithout} />}
      </div>
    </section>
  );
}

const emptyText = ({ figure, range }: TileForm): string =>
  isNow(figure) ? t('There is no data yet.') : t('No data in this period: {days}.', { days: rangeLabels[range] });

function NotRead({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div role="alert" className="flex min-h-0 flex-1 items-center gap-2 text-12 text-muted">
      <p className="line-clamp-4 min-w-0 flex-1 wrap-anywhere" title={messageOf(error)}>
        {messageOf(error)}
      </p>
      <IconButton label={t('Try again')} onClick={onRetry}>
        <RefreshCw size={14} />
      </IconButton>
    </div>
  );
}

/** Dragged by mouse and touch; by keyboard the arrows move the tile, and with Shift they change its size. */
function MoveHandle({
  ref,
  title,
  tile,
  actions,
}: {
  ref: React.Ref<HTMLButtonElement>;
  title: string;
  tile: TileForm;
  actions: TileActions;
}) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!step || isBrowsers(event)) return;
    event.preventDefault();
    if (!event.shiftKey) return actions.move(step);
    const upright = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    actions.resize(upright ? { height: tile.height + step } : { width: tile.width + step });
  };
  return (
    <button
      ref={ref}
      type="button"
      aria-label={t('Move {title}: arrow keys move it, with Shift they change its size', { title })}
      onKeyDown={onKeyDown}
      className="-ms-2 pointer-coarse:-ms-3 inline-flex h-6 w-5 shrink-0 cursor-grab items-center justify-center rounded-sm text-faint hover:bg-hover hover:text-ink"
    >
      <GripVertical size={14} />
    </button>
  );
}

interface MenuParts {
  title: string;
  note: string;
  data: TileData;
  tile: TileForm;
  target: number | null;
  drawn: boolean;
  actions?: TileActions;
}

function menuOf({ actions, drawn, ...exported }: MenuParts): MenuAction[] {
  const { tile } = exported;
  const changes: MenuAction[] = actions
    ? [
        { label: t('Edit tile…'), onSelect: actions.edit },
        {
          label: t('Wider'),
          disabled: tile.width >= tile_width_max,
          onSelect: () => actions.resize({ width: tile.width + 1 }),
        },
        { label: t('Narrower'), disabled: tile.width <= 1, onSelect: () => actions.resize({ width: tile.width - 1 }) },
        {
          label: t('Taller'),
          disabled: tile.height >= tile_height_max,
          onSelect: () => actions.resize({ height: tile.height + 1 }),
        },
        {
          label: t('Shorter'),
          disabled: tile.height <= 1,
          onSelect: () => actions.resize({ height: tile.height - 1 }),
        },
        { label: t('Move earlier'), onSelect: () => actions.move(-1) },
        { label: t('Move later'), onSelect: () => actions.move(1) },
      ]
    : [];
  const picture = (kind: 'png' | 'svg') => () => void attempt(() => savePicture(kind, exported));
  return [
    ...changes,
    { label: t('Download as CSV'), group: true, onSelect: () => saveCsv(exported) },
    ...(drawn && !exported.data.empty
      ? [
          { label: t('Download as PNG'), onSelect: picture('png') },
          { label: t('Download as SVG'), onSelect: picture('svg') },
        ]
      : []),
    ...(actions ? [{ label: t('Remove tile'), danger: true, group: true as const, onSelect: actions.remove }] : []),
  ];
}
