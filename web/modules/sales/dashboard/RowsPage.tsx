import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { NoRightsPage } from '../../../platform/page/NoRightsPage.tsx';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { api, type Page } from '../../../platform/query/api.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { pathOf } from '../../../platform/query/resources.ts';
import { findDefinition } from '../../../platform/record/definitions.ts';
import type { Named } from '../../../platform/record/field.ts';
import type { Money, MoneyTotal } from '../../../platform/record/money.ts';
import { Total } from '../../../platform/record/Sums.tsx';
import { plainText } from '../../../platform/record/timeline/plainText.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatPercent } from '../../../ui/format.ts';
import { MoneyText } from '../../../ui/MoneyText.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { usePipelines } from '../deal/pipelines.ts';
import type { Rows } from './dashboard.ts';
import type { RowsSearch } from './rowsSearch.ts';
import { WithoutRate } from './WithoutRate.tsx';

/** A row of any of the lists. */
interface Row {
  id: string;
  name?: string;
  title?: string;
  subject?: string;
  body?: string | null;
  amount?: string | null;
  currency?: string;
  owner?: Named | null;
  author?: Named | null;
  assignee?: Named | null;
  product?: Named | null;
  stage?: Named | null;
  stage_id?: string;
  deal?: Named | null;
  company?: Named | null;
  contact?: Named | null;
  closed_on?: string | null;
  expected_close_on?: string | null;
  occurred_at?: string;
  completed_at?: string | null;
  created_at: string;
}

interface Kind {
  path: string;
  /** The right that it takes to read the rows, where that is the right of another type. */
  right?: string;
  count: (count: number) => string;
  /** Where the sum of amounts is read. */
  totalPath?: string;
  at?: keyof typeof dateLabels;
}

const dateLabels = {
  closed_on: t('Closed'),
  expected_close_on: t('Expected close'),
  occurred_at: t('When'),
  created_at: t('Created'),
  completed_at: t('Done'),
};

const kinds: Record<Rows['resource'], Kind> = {
  deal: {
    path: '/deals',
    totalPath: '/deal-totals',
    count: (count) => t('{count, plural, one {# deal} other {# deals}}', { count }),
    at: 'closed_on',
  },
  deal_product: {
    right: 'deal',
    path: '/deal-products',
    totalPath: '/deal-product-totals',
    count: (count) => t('{count, plural, one {# deal} other {# deals}}', { count }),
  },
  contact: { path: '/contacts', count: (count) => t('{count, plural, one {# contact} other {# contacts}}', { count }) },
  company: {
    path: '/companies',
    count: (count) => t('{count, plural, one {# company} other {# companies}}', { count }),
  },
  activity: {
    path: '/activities',
    count: (count) => t('{count, plural, one {# activity} other {# activities}}', { count }),
    at: 'occurred_at',
  },
  note: {
    path: '/notes',
    count: (count) => t('{count, plural, one {# note} other {# notes}}', { count }),
    at: 'created_at',
  },
  task: {
    path: '/tasks',
    count: (count) => t('{count, plural, one {# task} other {# tasks}}', { count }),
    at: 'completed_at',
  },
};

export default function RowsPage() {
  const search = useSearch({ strict: false }) as RowsSearch;
  const may = useMay();
  const resource = search.resource && search.resource in kinds ? (search.resource as Rows['resource']) : 'deal';
  if (!may(kinds[resource].right ?? resource, 'read'))
    return <NoRightsPage title={t('Your role does not let you see this')} />;
  return <RowsOf resource={resource} search={search} />;
}

/** The rows behind a figure: as many as it says, and adding up to it. */
function RowsOf({ resource, search }: { resource: Rows['resource']; search: RowsSearch }) {
  const { path, count, totalPath } = kinds[resource];
  const title = search.title ?? t('Rows behind a figure');
  usePageTitle(title);
  const filter = search.where && JSON.stringify(search.where);
  const weighted = search.weighted === true;
  const likely = useProbabilities(weighted);
  const { data: total } = useQuery({
    enabled: totalPath !== undefined,
    queryKey: ['dashboard', 'rows', resource, search.where, 'total', weighted],
    queryFn: ({ signal }) => api.get<MoneyTotal>(String(totalPath), { filter, weighted: String(weighted) }, signal),
  });
  const list = useInfiniteQuery({
    queryKey: ['dashboard', 'rows', resource, search.where],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Row> & { sums?: { amount: Money[] } }>(
        path,
        {
          filter,
          cursor: pageParam,
          limit: 100,
          ...(!pageParam && { count: 'exact', ...(totalPath && { sums: 'amount' }) }),
        },
        signal,
      ),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  const first = list.data?.pages[0];
  const rows = list.data?.pages.flatMap(({ data }) => data) ?? [];
  const at = dayOf(resource, rows);
  return (
    <>
      <PageBar
        title={
          <>
            <Link
              to="/dashboard"
              aria-label={t('Back to the dashboard')}
              className="-ms-1 rounded-md p-1 text-muted hover:bg-hover hover:text-ink"
            >
              <ChevronLeft size={16} className="rtl:rotate-180" />
            </Link>
            <h1 className="truncate">{title}</h1>
          </>
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        {first ? (
          <div className="mx-auto max-w-5xl px-4 py-4 md:px-6">
            <p role="status" className="mb-3 text-14 tabular-nums">
              {count(first.total ?? rows.length)}
              {total && first.sums && first.sums.amount.length > 0 && (
                <>
                  {' '}
                  · <Total sums={weighted ? [] : first.sums.amount} total={total} />
                </>
              )}
              {weighted && <span className="text-muted"> {t('weighted by the probability of their stages')}</span>}
            </p>
            {total && (
              <div className="-mt-2 mb-3 empty:hidden">
                <WithoutRate amounts={total.without_rate} />
              </div>
            )}
            {rows.length === 0 ? (
              <EmptyState title={t('No rows')}>{t('They may have changed since the figure was read.')}</EmptyState>
            ) : (
              <table className="w-full table-fixed text-13">
                <thead>
                  <tr className="border-b border-line text-12 text-muted">
                    <th scope="col" className="py-1.5 pe-3 text-start font-medium">
                      {t('Name')}
                    </th>
                    <th scope="col" className="px-3 py-1.5 text-start font-medium max-sm:hidden">
                      {t('Details')}
                    </th>
                    <th scope="col" className="w-28 px-3 py-1.5 text-start font-medium max-sm:hidden">
                      {at && dateLabels[at]}
                    </th>
                    {rows.some(({ currency }) => currency) && (
                      <th scope="col" className="w-32 py-1.5 ps-3 text-end font-medium">
                        {t('Amount')}
                      </th>
                    )}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <RowLine
                      key={row.id}
                      resource={resource}
                      row={row}
                      at={at}
                      likely={likely.get(row.stage_id ?? '')}
                    />
                  ))}
                </tbody>
              </table>
            )}
            {list.hasNextPage && (
              <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('Show more')}
              </Button>
            )}
          </div>
        ) : list.isPending ? (
          <SkeletonRows label={t('Loading the rows')} />
        ) : (
          <QueryError title={t('The rows could not be read')} query={list} />
        )}
      </div>
    </>
  );
}

/** When each was done. Of deals that are all open, when they are expected to be. */
const dayOf = (resource: Rows['resource'], rows: readonly Row[]): Kind['at'] =>
  resource === 'deal' && rows.every(({ closed_on }) => !closed_on) ? 'expected_close_on' : kinds[resource].at;

/** How likely a deal is in each stage, for rows that are weighted by it. */
function useProbabilities(weighted: boolean): ReadonlyMap<string, number> {
  const { data: pipelines = [] } = usePipelines();
  const stages = weighted ? pipelines.flatMap((pipeline) => pipeline.stages) : [];
  return new Map(stages.map(({ id, probability_percent }) => [id, probability_percent]));
}

interface RowLineProps {
  resource: Rows['resource'];
  row: Row;
  at: Kind['at'];
  /** The probability in percent. */
  likely: number | undefined;
}

function RowLine({ resource, row, at, likely }: RowLineProps) {
  const record = recordOf(resource, row);
  const name = nameOf(row) || record?.name || t('No name');
  const company = row.company?.name;
  const about = [row.product, row.company, row.stage, row.owner ?? row.author ?? row.assignee]
    .flatMap((named) => named?.name ?? [])
    .join(' · ');
  const when = at ? (row[at] as string | null | undefined) : null;
  return (
    <tr className="border-b border-line">
      <th scope="row" className="py-2 pe-3 font-medium max-sm:wrap-anywhere sm:truncate">
        {record ? (
          <Link to={record.to} className="hover:underline">
            <bdi>{name}</bdi>
          </Link>
        ) : (
          <bdi>{name}</bdi>
        )}
        {company && <bdi className="block text-12 font-normal text-muted sm:hidden">{company}</bdi>}
        {when && <DateText value={when} className="block text-12 font-normal text-muted sm:hidden" />}
      </th>
      <td className="truncate px-3 py-2 text-muted max-sm:hidden">{about}</td>
      <td className="w-28 px-3 py-2 text-muted max-sm:hidden">{when && <DateText value={when} />}</td>
      {row.currency && (
        <td className="w-32 py-2 ps-3 text-end">
          <MoneyText amount={row.amount ?? null} currency={row.currency} />
          {likely !== undefined && <span className="text-muted"> × {formatPercent(likely)}</span>}
        </td>
      )}
    </tr>
  );
}

/** The name of a row; of a note, its text without markup. */
const nameOf = ({ name, deal, title, subject, body }: Row) =>
  name ?? title ?? subject ?? (body ? plainText(body) : deal?.name);

/** The page of the record, or of what an activity hangs on. */
function recordOf(resource: Rows['resource'], row: Row): { to: string; name: string } | null {
  const definition = findDefinition(resource);
  if (definition) return { to: `${definition.path}/${row.id}`, name: row.name ?? '' };
  const subject = (['deal', 'company', 'contact'] as const).find((type) => row[type]);
  return subject ? { to: `${pathOf(subject)}/${row[subject]!.id}`, name: row[subject]!.name } : null;
}
