import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { type Dispatch, type SetStateAction, useState } from 'react';
import {
  type Range,
  type RegionSource,
  ranges,
  regionSources,
} from '../../../../src/modules/sales/figures/contract.ts';
import { overview } from '../../../../src/modules/sales/overview/contract.ts';
import { attempt } from '../../../app/attempt.ts';
import { NoRightsPage } from '../../../app/NoRightsPage.tsx';
import { PageBar } from '../../../app/PageBar.tsx';
import { messageOf } from '../../../app/problem.ts';
import { QueryError } from '../../../app/QueryError.tsx';
import { useMay } from '../../../app/session.tsx';
import { usePageTitle } from '../../../app/usePageTitle.ts';
import { viewLink } from '../../../app/viewLink.ts';
import { DiscardDialog } from '../../../record/DiscardDialog.tsx';
import { differ } from '../../../record/field.ts';
import { currentOf } from '../../../record/saveField.ts';
import { useUnsaved } from '../../../record/useUnsaved.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { Retry } from '../../../ui/ErrorState.tsx';
import { Select } from '../../../ui/Select.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { usePipelines } from '../deal/pipelines.ts';
import { BoardMenu } from './BoardMenu.tsx';
import { useUnanswered } from './dashboard.ts';
import { type DashboardSearch, rangeLabels, regionSourceLabels } from './dashboardSearch.ts';
import { alone, halves } from './pairs.ts';
import { TileCard } from './TileCard.tsx';
import { TilePanel } from './TilePanel.tsx';
import {
  addTile,
  arrange,
  changeTile,
  formOf,
  isByRegion,
  moved,
  removeTile,
  type Tile,
  type TileForm,
  useBoards,
  useTiles,
} from './tiles.ts';
import { useTargets } from './useTargets.ts';

const newTile: TileForm = {
  title: null, figure: 'won_value', grouping: 'period', chart: 'bar', range: 'last_12_months', period: 'month', filter: {}, width: 2, height: 2,
}; // biome-ignore format: facts

interface Draft {
  board_id: string;
  /** As it stood when its panel was opened; null for one that is not there yet. */
  tile: Tile | null;
  form: TileForm;
  /** What its panel began with. */
  begun: TileForm;
}

const isTyped = ({ form, begun }: Draft) => differ({ ...form }, { ...begun });

const draftOf = (board_id: string, tile: Tile | null, form: TileForm): Draft => ({ board_id, tile, form, begun: form });
const newDraft = (board_id: string) => draftOf(board_id, null, newTile);

/** Whether one is the other, typed on; what has just begun is another one. */
const goesOn = (now: Draft, then: Draft) =>
  now.tile?.id === then.tile?.id && now.board_id === then.board_id && now.form !== newTile;

const sameForm = (a: TileForm, b: TileForm) => JSON.stringify(formOf(a)) === JSON.stringify(formOf(b));

/** What others change of a tile while its panel is open is a conflict; another place among the tiles is none. */
const versionToChange = (opened: Tile, tiles: readonly Tile[]): Tile =>
  tiles.find((tile) => tile.id === opened.id && sameForm(tile, opened)) ?? opened;

export default function DashboardPage() {
  usePageTitle(t('Dashboard'));
  const may = useMay();
  const search = useSearch({ strict: false }) as DashboardSearch;
  const navigate = useNavigate();
  const boards = useBoards();
  const board = boards.data?.find(({ id }) => id === search.board);
  const tiles = useTiles(board?.id);
  const targets = useTargets().data ?? [];
  const [kept, setDraft] = useState<Draft | null>(null);
  /** What is to come in place of what was typed, once that has been asked. */
  const [wanted, setWanted] = useState<{ draft: Draft | null } | null>(null);
  const leavingQuestion = useUnsaved(kept !== null && isTyped(kept));
  const replace = (next: Draft | null) => (kept && isTyped(kept) ? setWanted({ draft: next }) : setDraft(next));
  // Whoever looks at another dashboard meanwhile does not change that one.
  const draft = kept?.board_id === board?.id ? kept : null;
  if (!may('dashboard', 'read')) return <NoRightsPage title={t('Your role does not let you see the dashboard')} />;
  const mayChange = board !== undefined && may('dashboard', 'update', board.owner_id);
  const go = (change: DashboardSearch) =>
    void navigate({ to: '/dashboard', search: { ...search, ...change }, replace: true });
  const open = (id: string | undefined) => void navigate({ to: '/dashboard', search: { board: id } });
  const own = tiles.data ?? [];
  const shown = board ? own : overview;
  const drawn = (tile: (typeof shown)[number]): TileForm => (draft?.tile?.id === tile.id ? draft.form : tile);
  const isAlone = alone(shown.map(drawn));
  const isHalf = halves(shown.map(drawn));
  const save = async () => {
    if (!board || !draft) return;
    const { tile: opened, form } = draft;
    try {
      const tile = await (opened ? changeTile(versionToChange(opened, own), form) : addTile(board.id, form));
      // What was changed or opened while it was sent stays, and of a new tile it is now a change of that one.
      setDraft((now) => (now === draft ? null : now && goesOn(now, draft) ? { ...now, tile, begun: form } : now));
    } catch (error) {
      // Somebody else changed it: saving again replaces that.
      const tile = currentOf(error) as Tile | null;
      if (tile) setDraft((now) => now && (now.tile?.id === tile.id ? { ...now, tile } : now));
      throw error;
    }
  };

  return (
    <>
      <PageBar
        title={<h1>{t('Dashboard')}</h1>}
        views={<BoardTabs boards={boards.data ?? []} current={board?.id} />}
        actions={
          <>
            {mayChange && (
              <Button icon={<Plus size={14} />} onClick={() => replace(newDraft(board.id))}>
                {t('Add tile')}
              </Button>
            )}
            <BoardMenu board={board} tiles={board ? own : overview} onOpen={open} />
          </>
        }
      />
      <div className="flex min-h-11 shrink-0 items-center gap-2 border-b max-sm:flex-wrap border-line bg-surface px-4 py-1.5 md:px-5">
        <Select
          label={t('Period')}
          className="w-auto! min-w-0 max-sm:flex-auto"
          options={[
            { value: 'own', label: t('Use each tile’s period') },
            ...ranges.map((value) => ({ value, label: rangeLabels[value] })),
          ]}
          value={search.range ?? 'own'}
          onChange={(value) => go({ range: value === 'own' ? undefined : (value as Range) })}
        />
        <PipelineSelect value={search.pipeline} onChange={(pipeline) => go({ pipeline })} />
        {(draft ? [...shown.map(drawn), draft.form] : shown).some(isByRegion) && (
          <Select
            label={t('Regions')}
            className="w-auto! min-w-0 max-sm:flex-auto"
            options={regionSources.map((value) => ({ value, label: regionSourceLabels[value] }))}
            value={search.region_of ?? 'company'}
            onChange={(value) => go({ region_of: value === 'company' ? undefined : (value as RegionSource) })}
          />
        )}
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="@container min-h-0 min-w-0 flex-1 overflow-y-auto bg-canvas">
          <Unanswered />
          {search.board && !board ? (
            boards.isPending ? (
              <SkeletonRows label={t('Loading the figures')} />
            ) : boards.isError ? (
              <QueryError title={t('The dashboard could not be read')} query={boards} />
            ) : (
              <EmptyState title={t('There is no such dashboard, or it is not shared with you')} action={<Button onClick={() => open(undefined)}>{t('Show the overview')}</Button>} />
            )
          ) : (
            <Grid>
              {shown.map((tile, place) => (
                <TileCard
                  key={tile.id}
                  id={tile.id}
                  tile={drawn(tile)}
                  alone={isAlone[place]}
                  half={isHalf[place]}
                  search={search}
                  targets={targets}
                  editing={draft?.tile?.id === tile.id}
                  actions={mayChange ? actionsOf(board.id, own, place, { draft, setDraft, replace }) : undefined}
                />
              ))}
              {draft?.tile === null && <TileCard id="new" tile={draft.form} search={search} targets={targets} editing />}
            </Grid>
          )}
          {board && tiles.data?.length === 0 && !draft && (
            <EmptyState
              title={t('Nothing on this dashboard yet')}
              action={mayChange && <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => replace(newDraft(board.id))}>{t('Add tile')}</Button>}
            >
              {t('Bring together the figures you look at every day.')}
            </EmptyState>
          )}
        </div>
        {draft && (
          <TilePanel
            key={draft.tile?.id}
            tile={draft.form}
            isNew={draft.tile === null}
            onChange={(form) => setDraft({ ...draft, form })}
            onSave={save}
            onClose={() => replace(null)}
          />
        )}
      </div>
      {leavingQuestion}
      <DiscardDialog
        open={wanted !== null}
        onClose={() => setWanted(null)}
        onDiscard={() => {
          setDraft(wanted?.draft ?? null);
          setWanted(null);
        }}
      />
    </>
  ); // biome-ignore format: reads as a page
}

/** What tiles have in common that could not be read. */
function Unanswered() {
  const { error, readAgain } = useUnanswered();
  if (!error) return null;
  return (
    <div className="mx-auto max-w-360 px-3 pt-3 @xl:px-4 @xl:pt-4">
      <Banner meaning="bad" action={<Retry size="small" onRetry={readAgain} />}>
        {t('The figures could not be read.')} {messageOf(error)}
      </Banner>
    </div>
  );
}

const Grid = ({ children }: { children: React.ReactNode }) => (
  <div data-rows="" className="mx-auto grid max-w-360 grid-cols-2 gap-3 p-3 @xl:p-4 @4xl:grid-cols-4">
    {children}
  </div>
);

interface DraftState {
  draft: Draft | null;
  setDraft: Dispatch<SetStateAction<Draft | null>>;
  /** Asks first where something was typed. */
  replace: (next: Draft) => void;
}

function actionsOf(board: string, tiles: readonly Tile[], place: number, { draft, setDraft, replace }: DraftState) {
  const tile = tiles[place]!;
  const moveTo = (from: number, to: number) => {
    if (to >= 0 && to < tiles.length && from !== to) void attempt(() => arrange(board, moved(tiles, from, to)));
  };
  return {
    // One that is open already stays as it is.
    edit: () => draft?.tile?.id !== tile.id && replace(draftOf(board, tile, formOf(tile))),
    remove: () =>
      void attempt(async () => {
        await removeTile(tile);
        setDraft((now) => (now?.tile?.id === tile.id ? null : now));
      }),
    move: (by: number) => moveTo(place, place + by),
    // Part of what its panel, when it is open, will save.
    resize: (size: Partial<TileForm>) =>
      draft?.tile?.id === tile.id
        ? setDraft({ ...draft, form: { ...draft.form, ...size } })
        : void attempt(() => changeTile(tile, size)),
    dropHere: (id: string) =>
      moveTo(
        tiles.findIndex((other) => other.id === id),
        place,
      ),
  };
}

function BoardTabs({
  boards,
  current,
}: {
  boards: readonly { id: string; name: string }[];
  current: string | undefined;
}) {
  return [{ id: undefined, name: t('Overview') }, ...boards].map(({ id, name }) => (
    <Link key={id ?? 'overview'} to="/dashboard" search={{ board: id }} {...viewLink(id === current)}>
      <bdi className="max-w-44 truncate">{name}</bdi>
    </Link>
  ));
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
