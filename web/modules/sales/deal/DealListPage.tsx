import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { NoRightsPage } from '../../../app/NoRightsPage.tsx';
import { PageSkeleton } from '../../../app/PageSkeleton.tsx';
import { useMay } from '../../../app/session.tsx';
import { keptForm } from '../../../record/forms/listForm.ts';
import type { ListSearch } from '../../../record/listSearch.ts';
import { t } from '../../../text/text.ts';

const DealBoardPage = lazy(() => import('./DealBoardPage.tsx'));
const DealTablePage = lazy(() => import('./DealTablePage.tsx'));

/** One that somebody made says itself how it is shown. */
const saved_view = /^[0-9a-f]{8}-/;

/** Deals as a board, a table or a calendar; the choice is kept. */
export default function DealListPage() {
  const may = useMay();
  const search = useSearch({ strict: false }) as ListSearch;
  const as = search.as ?? (saved_view.test(search.view ?? '') ? undefined : (keptForm('/deals') ?? 'board'));
  if (!may('deal', 'read')) return <NoRightsPage title={t('Your role does not let you see deals')} />;
  return (
    <Suspense fallback={<PageSkeleton />}>
      {as === 'board' && (search.by ?? 'stage_id') === 'stage_id' ? <DealBoardPage /> : <DealTablePage as={as} />}
    </Suspense>
  );
}
