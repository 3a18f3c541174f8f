import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatabaseReport, Statement } from '../../../../src/operations/console/database/contract.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatPercent } from '../../../ui/format.ts';
import { readPlan, spent } from './database.ts';

const missing = {
  missing: t(
    'The extension pg_stat_statements is not in this database, so slow statements are not counted. As a superuser, in this database: create extension pg_stat_statements',
  ),
  not_loaded: t(
    'The server does not load pg_stat_statements. Add it to shared_preload_libraries in postgresql.conf and start the server again.',
  ),
};

/** What the server spends its time on. */
export function StatementSection({ statements }: { statements: NonNullable<DatabaseReport['statements']> }) {
  const { state, data } = statements;
  if (state !== 'read') return <Banner meaning="attention">{missing[state]}</Banner>;
  if (data.length === 0)
    return (
      <EmptyState compact title={t('Nothing yet')}>
        {t('No statement was counted yet.')}
      </EmptyState>
    );
  return (
    <Panel label={t('Statements')}>
      {data.map((statement) => (
        <StatementRow key={statement.id} statement={statement} />
      ))}
    </Panel>
  );
}

function StatementRow({ statement }: { statement: Statement }) {
  const [open, setOpen] = useState(false);
  const { id, share, calls, mean_ms, slow_ms, max_ms } = statement;
  return (
    <PanelRow
      title={<code className="line-clamp-2 font-mono text-12 font-normal wrap-anywhere">{statement.statement}</code>}
      detail={[
        share === null ? null : t('{share} of the time', { share: formatPercent(Math.round(share * 1000) / 10) }),
        t('{calls, plural, one {# call} other {# calls}}', { calls }),
        t('{mean} on average, about {slow} for the slow ones, {max} at most', {
          mean: spent(mean_ms),
          slow: spent(slow_ms),
          max: spent(max_ms),
        }),
      ]
        .filter(Boolean)
        .join(' · ')}
    >
      <details className="text-12" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="cursor-pointer text-muted">{t('Statement and plan')}</summary>
        <pre className="mt-1.5 max-h-60 overflow-auto rounded-md bg-sunken p-2 font-mono whitespace-pre-wrap wrap-anywhere">
          {statement.statement}
        </pre>
        {open && <Plan id={id} />}
      </details>
    </PanelRow>
  );
}

function Plan({ id }: { id: string }) {
  const plan = useQuery({ queryKey: ['installation plan', id], queryFn: () => readPlan(id), staleTime: 60_000 });
  return (
    <Loaded query={plan}>
      {({ plan: text, why }) =>
        text === null ? (
          <p className="mt-1.5 text-muted">{why && translateServerText(why)}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
          <pre tabIndex={0} className="mt-1.5 max-h-80 overflow-auto rounded-md bg-sunken p-2 font-mono">
            {text}
          </pre>
        )
      }
    </Loaded>
  );
}
