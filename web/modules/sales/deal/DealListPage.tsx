import { useSearch } from '@tanstack/react-router';
import { NoRightsPage } from '../../../app/NoRightsPage.tsx';
import { useMay } from '../../../app/session.tsx';
import type { ListSearch } from '../../../record/listSearch.ts';
import { RecordListPage } from '../../../record/RecordListPage.tsx';
import { DealBoardPage } from './DealBoardPage.tsx';
import { deal } from './definition.ts';
import { LayoutSwitch } from './LayoutSwitch.tsx';

const kept_key = 'holdfast.deals.as';

/** Deals as a board or as a table; the choice is kept. */
export default function DealListPage() {
  const may = useMay();
  const search = useSearch({ strict: false }) as ListSearch;
  const as = search.as ?? (window.localStorage.getItem(kept_key) === 'table' ? 'table' : 'board');
  window.localStorage.setItem(kept_key, as);
  if (!may('deal', 'read')) return <NoRightsPage what="see deals" />;
  const layout = <LayoutSwitch as={as} />;
  return as === 'board' ? <DealBoardPage actions={layout} /> : <RecordListPage definition={deal} actions={layout} />;
}
