import { Brush } from 'lucide-react';
import { useState } from 'react';
import type { Table } from '../../../../src/operations/console/database/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { formatBytes, formatPercent, formatRelative } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { operate, reasonField } from './installation.ts';

/** From this share on, the unused part of a table is marked, unless the table is small. */
const unused_share_bad = 0.4;
const unused_bytes_bad = 50e6;

const isBloated = ({ unused_bytes, bytes }: Table): boolean =>
  unused_bytes !== null && unused_bytes > unused_bytes_bad && unused_bytes > bytes * unused_share_bad;

/** What the data takes, and whether it is cleaned up. */
export function TableSection({ tables }: { tables: Table[] }) {
  const [vacuumed, setVacuumed] = useState<Table | null>(null);
  return (
    <>
      <Panel label={t('Tables')}>
        {tables.map((table) => (
          <PanelRow
            key={table.name}
            title={
              <>
                <span className="font-mono text-12 wrap-anywhere">{table.name}</span>
                <span className="font-normal text-muted">{formatBytes(table.bytes)}</span>
                {isBloated(table) && <Badge meaning="attention">{t('Bloated')}</Badge>}
              </>
            }
            detail={detailOf(table)}
            end={
              <IconButton label={t('Vacuum and analyze')} onClick={() => setVacuumed(table)}>
                <Brush size={14} />
              </IconButton>
            }
          />
        ))}
      </Panel>
      {vacuumed && (
        <FormDialog
          title={t('Vacuum and analyze {table}?', { table: vacuumed.name })}
          description={t('A worker does it in the background, while everybody works on. Your reason is recorded.')}
          action={t('Vacuum and analyze')}
          fields={[reasonField]}
          start={{}}
          onSave={async (body) => {
            await operate('/database/vacuums', { ...body, table: vacuumed.name });
            toast(t('A worker will vacuum it.'));
          }}
          onClose={() => setVacuumed(null)}
        />
      )}
    </>
  );
}

function detailOf({ rows, partitions, index_bytes, dead_rows, unused_bytes, vacuumed_at, analyzed_at }: Table): string {
  const dead = dead_rows !== null && dead_rows + rows > 0 ? (100 * dead_rows) / (dead_rows + rows) : 0;
  return [
    t('{rows, plural, one {# row} other {# rows}}', { rows }),
    partitions > 0 && t('{partitions, plural, one {# partition} other {# partitions}}', { partitions }),
    t('{size} of indexes', { size: formatBytes(index_bytes) }),
    dead >= 1 && t('{share} dead rows', { share: formatPercent(Math.round(dead)) }),
    unused_bytes !== null && unused_bytes > 1e6 && t('about {size} unused', { size: formatBytes(unused_bytes) }),
    vacuumed_at ? t('vacuumed {when}', { when: formatRelative(vacuumed_at) }) : t('not vacuumed yet'),
    analyzed_at ? t('analyzed {when}', { when: formatRelative(analyzed_at) }) : t('not analyzed yet'),
  ]
    .filter(Boolean)
    .join(' · ');
}
