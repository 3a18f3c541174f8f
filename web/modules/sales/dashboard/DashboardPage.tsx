import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { overview } from '../../../../src/modules/sales/overview/contract.ts';
import { NoRightsPage } from '../../../platform/page/NoRightsPage.tsx';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { viewLink } from '../../../platform/page/viewLink.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { Retry } from '../../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { BoardMenu } from './BoardMenu.tsx';
import { DashboardFilters } from './DashboardFilters.tsx';
import { useUnanswered } from './dashboard.ts';
import type { DashboardSearch } from './dashboardSearch.ts';
import { alone, halves } from './pairs.ts';
import { TileCard } from './TileCard.tsx';
import { TilePanel } from './TilePanel.tsx';
import { isByRegion, type TileForm, useBoards, useTiles } from './tiles.ts';
import { useTargets } from './useTargets.ts';
import { actionsOf, newDraft, useTileDraft } from './useTileDraft.tsx';

export default function DashboardPage() {
  usePageTitle(t('Dashboard'));
  const may = useMay();
  const search = useSearch({ strict: false }) as DashboardSearch;
  const navigate = useNavigate();
  const boards = useBoards();
  const board = boards.data?.find(({ id }) => id === search.board);
  const tiles = useTiles(board?.id);
  const targets = useTargets().data ?? [];
  const own = tiles.data ?? [];
  const editing = useTileDraft(board?.id, own);
  const { draft, added, setDraft, replace, save, questions } = editing;
  if (!may('dashboard', 'read')) return <NoRightsPage title={t('Your role does not let you see the dashboard')} />;
  const mayChange = board !== undefined && may('dashboard', 'update', board.owner_id);
  const go = (change: DashboardSearch) =>
    void navigate({ to: '/dashboard', search: { ...search, ...change }, replace: true });
  const open = (id: string | undefined) => void navigate({ to: '/dashboard', search: { board: id } });
  const shown = board ? own : overview;
  const drawn = (tile: (typeof shown)[number]): TileForm => (draft?.tile?.id === tile.id ? draft.form : tile);
  const isAlone = alone(shown.map(drawn));
  const isHalf = halves(shown.map(drawn));

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
      <DashboardFilters
        search={search}
        byRegion={(draft ? [...shown.map(drawn), draft.form] : shown).some(isByRegion)}
        onChange={go}
      />
      <div className="flex min-h-0 flex-1">
        <div className="@container min-h-0 min-w-0 flex-1 overflow-y-auto bg-canvas">
          <Unanswered />
          {search.board && !board ? (
            boards.isPending ? (
              <SkeletonRows label={t('Loading the figures')} />
            ) : boards.isError ? (
              <QueryError title={t('The dashboard could not be read')} query={boards} />
            ) : (
              <EmptyState
                title={t('This dashboard does not exist, or it is not shared with you')}
                action={<Button onClick={() => open(undefined)}>{t('Show the overview')}</Button>}
              />
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
                  fresh={tile.id === added}
                  actions={mayChange ? actionsOf(board.id, own, place, editing) : undefined}
                />
              ))}
              {draft?.tile === null && (
                <TileCard id="new" tile={draft.form} search={search} targets={targets} editing />
              )}
            </Grid>
          )}
          {board && tiles.data?.length === 0 && !draft && (
            <EmptyState
              title={t('Nothing on this dashboard yet')}
              action={
                mayChange && (
                  <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => replace(newDraft(board.id))}>
                    {t('Add tile')}
                  </Button>
                )
              }
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
      {questions}
    </>
  );
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
