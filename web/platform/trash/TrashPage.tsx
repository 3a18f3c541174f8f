import { Link, useSearch } from '@tanstack/react-router';
import { t } from '../../text/text.ts';
import { NoRightsPage } from '../page/NoRightsPage.tsx';
import { PageBar } from '../page/PageBar.tsx';
import { usePageTitle } from '../page/usePageTitle.ts';
import { viewLink } from '../page/viewLink.ts';
import { useMay } from '../session/session.tsx';
import { ChangeList } from './ChangeList.tsx';
import { mayReadTrash } from './mayTrash.ts';
import { TrashList } from './TrashList.tsx';

const views = [
  { view: undefined, label: t('Deleted') },
  { view: 'changes', label: t('Large changes') },
] as const;

/** What can still be brought back: deleted records, and changes of many records as a whole. */
export default function TrashPage() {
  usePageTitle(t('Trash'));
  const { view, kind } = useSearch({ from: '/shell/trash' });
  const may = useMay();
  if (!view && !mayReadTrash(may)) return <NoRightsPage title={t('Your role does not let you see this')} />;
  return (
    <>
      <PageBar
        title={<h1>{t('Trash')}</h1>}
        views={views.map((each) => (
          <Link key={each.label} to="/trash" search={{ view: each.view }} {...viewLink(each.view === view)}>
            {each.label}
          </Link>
        ))}
      />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto max-w-4xl px-4 py-6 md:px-8">
          {view ? <ChangeList /> : <TrashList key={kind} kind={kind} />}
        </div>
      </div>
    </>
  );
}
