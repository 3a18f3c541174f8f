import { useNavigate, useSearch } from '@tanstack/react-router';
import { PageBar } from '../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../platform/page/usePageTitle.ts';
import { t } from '../../text/text.ts';
import { Switch } from '../../ui/Switch.tsx';
import { ActionParts } from './ActionParts.tsx';
import { DataParts } from './DataParts.tsx';
import { DisplayParts } from './DisplayParts.tsx';
import type { DesignSearch } from './designSearch.ts';
import { InputParts } from './InputParts.tsx';
import { LayerParts } from './LayerParts.tsx';
import { MessageParts } from './MessageParts.tsx';
import { Tokens } from './Tokens.tsx';

/**
 * Each part of the design system in each state it has, in the theme of the page. A test finds the part that is missing
 * here.
 */
export default function DesignPage() {
  const { dir } = useSearch({ strict: false }) as DesignSearch;
  const navigate = useNavigate();
  usePageTitle(t('Design'));
  return (
    <>
      <PageBar
        title={<h1>{t('Design')}</h1>}
        actions={
          <span className="flex items-center gap-2 text-13">
            {t('Right to left')}
            <Switch
              label={t('Right to left')}
              checked={dir === 'rtl'}
              onChange={(on) => void navigate({ to: '/design', search: on ? { dir: 'rtl' } : {} })}
            />
          </span>
        }
      />
      <div dir={dir} className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto flex max-w-5xl flex-col gap-12 px-4 py-6 md:px-8">
          <Tokens />
          <ActionParts />
          <InputParts />
          <DisplayParts />
          <MessageParts />
          <LayerParts />
          <DataParts />
        </div>
      </div>
    </>
  );
}
