import { Link, useSearch } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { attempt } from '../../../app/attempt.ts';
import { PageBar } from '../../../app/PageBar.tsx';
import { useMay } from '../../../app/session.tsx';
import { usePageTitle } from '../../../app/usePageTitle.ts';
import { viewLink } from '../../../app/viewLink.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { toast } from '../../../ui/toast.ts';
import { company } from '../company/definition.ts';
import { contact } from '../contact/definition.ts';
import { SuspectList } from './SuspectList.tsx';

const nouns = [
  { of: undefined, label: t('Contacts'), definition: contact },
  { of: 'company', label: t('Companies'), definition: company },
] as const;

/** Pairs of records that may be one. */
export default function DuplicatePage() {
  usePageTitle(t('Duplicates'));
  const { of } = useSearch({ from: '/shell/duplicates' });
  const may = useMay();
  const [busy, setBusy] = useState(false);
  async function search() {
    setBusy(true);
    await attempt(async () => {
      await api.post('/duplicates/search');
      toast(t('Looking for duplicates'), { description: t('What is found appears here in a moment.') });
    });
    setBusy(false);
  }
  const { definition } = nouns.find((noun) => noun.of === of)!;
  return (
    <>
      <PageBar
        title={<h1>{t('Duplicates')}</h1>}
        views={nouns.map((noun) => (
          <Link key={noun.label} to="/duplicates" search={{ of: noun.of }} {...viewLink(noun.of === of)}>
            {noun.label}
          </Link>
        ))}
        actions={
          may('contact', 'update') && (
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
