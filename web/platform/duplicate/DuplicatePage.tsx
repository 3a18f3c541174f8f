import { Link, useSearch } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { toast } from '../../ui/toast.ts';
import { NoRightsPage } from '../page/NoRightsPage.tsx';
import { PageBar } from '../page/PageBar.tsx';
import { usePageTitle } from '../page/usePageTitle.ts';
import { viewLink } from '../page/viewLink.ts';
import { api } from '../query/api.ts';
import { attempt } from '../query/attempt.ts';
import { definitions } from '../record/definitions.ts';
import { useMay } from '../session/session.tsx';
import { SuspectList } from './SuspectList.tsx';

/** Pairs of records that may be one. */
export default function DuplicatePage() {
  usePageTitle(t('Duplicates'));
  const { of } = useSearch({ from: '/shell/duplicates' });
  const may = useMay();
  const types = definitions().filter(({ hasDuplicates }) => hasDuplicates);
  const [busy, setBusy] = useState(false);
  async function search() {
    setBusy(true);
    await attempt(async () => {
      await api.post('/duplicates/search');
      toast(t('Looking for duplicates'), { description: t('Results appear here in a moment.') });
    });
    setBusy(false);
  }
  const readable = types.filter(({ resource }) => may(resource, 'read'));
  const definition = readable.find(({ resource }) => resource === of) ?? readable[0];
  if (!definition) return <NoRightsPage title={t('Your role does not let you see this')} />;
  return (
    <>
      <PageBar
        title={<h1>{t('Duplicates')}</h1>}
        views={readable.map(({ resource, plural }, index) => (
          <Link
            key={resource}
            to="/duplicates"
            search={{ of: index === 0 ? undefined : resource }}
            {...viewLink(resource === definition.resource)}
          >
            {plural}
          </Link>
        ))}
        actions={
          types.some(({ resource }) => may(resource, 'update')) && (
            <Button icon={<RefreshCw size={14} />} busy={busy} onClick={() => void search()}>
              <span className="max-sm:sr-only">{t('Search now')}</span>
            </Button>
          )
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto max-w-4xl px-4 py-6 md:px-8">
          <SuspectList key={definition.resource} definition={definition} />
        </div>
      </div>
    </>
  );
}
