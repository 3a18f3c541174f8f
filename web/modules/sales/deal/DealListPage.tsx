import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { NoRightsPage } from '../../../app/NoRightsPage.tsx';
import { PageSkeleton } from '../../../app/PageSkeleton.tsx';
import { useMay } from '../../../app/session.tsx';
import type { ListSearch } from '../../../record/listSearch.ts';
import { LayoutSwitch } from './LayoutSwitch.tsx';

const DealBoardPage = lazy(() => import('./DealBoardPage.tsx'));
const DealTablePage = lazy(() => import('./DealTablePage.tsx'));

const kept_key = 'holdfast.deals.as';

/** Deals as a board or as a table; the choice is kept. */
export default function DealListPage() {
  const may = useMay();
  const search = useSearch({ strict: false }) as ListSearch;
  const as = search.as ?? (window.localStorage.getItem(kept_key) === 'table' ? 'table' : 'board');
  window.localStorage.setItem(kept_key, as);
  if (!may('deal', 'read')) return <NoRightsPage what="see deals" />;
  const layout = <LayoutSwitch as={as} />;
  return (
    <Suspense fallback={<PageSkeleton />}>
      {as === 'board' ? <DealBoardPage actions={layout} /> : <DealTablePage actions={layout} />}
    </Suspense>
  );
}
