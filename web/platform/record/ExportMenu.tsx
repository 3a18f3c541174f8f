import { useNavigate } from '@tanstack/react-router';
import { Contact, Download, FileSpreadsheet, FileText, History, LockOpen } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { download, makeExport } from '../query/exports.ts';
import { useMay } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import type { Filter } from './filter/filter.ts';

const RevealingExport = lazyPart(() => import('./RevealingExport.tsx'));

interface ExportMenuProps {
  definition: RecordDefinition;
  filter: Filter | null;
  sort: string | null;
  /** The columns that are shown now, in their order. */
  columns: () => string[];
}

/** The list as it is shown, and what is below it, as a file; or all fields, as an import takes them back. */
export function ExportMenu({ definition, filter, sort, columns }: ExportMenuProps) {
  const { resource, path } = definition;
  const navigate = useNavigate();
  const may = useMay();
  const [revealing, setRevealing] = useState<string[]>();
  const hasSealed = [...definition.contract.meta.values()].some(({ type }) => type === 'secret');
  const selection = { filter: filter && JSON.stringify(filter), sort };
  // Whoever downloads it opens it in a spreadsheet.
  const file = { ...selection, byte_order_mark: 'true' };
  const menu = (
    <Menu
      align="end"
      trigger={
        <IconButton label={t('Export')}>
          <Download size={16} />
        </IconButton>
      }
      actions={[
        {
          label: t('Download as CSV'),
          icon: <FileText size={14} />,
          onSelect: () => void download(`${path}/export.csv`, { ...file, columns: columns().join(',') }),
        },
        {
          label: t('Make an Excel workbook'),
          icon: <FileSpreadsheet size={14} />,
          onSelect: () => void makeExport({ resource, format: 'xlsx', ...selection, columns: columns() }),
        },
        {
          label: t('Download all fields as CSV'),
          icon: <FileText size={14} />,
          group: true,
          onSelect: () => void download(`${path}/export.csv`, file),
        },
        {
          label: t('Make a workbook of all fields'),
          icon: <FileSpreadsheet size={14} />,
          onSelect: () => void makeExport({ resource, format: 'xlsx', ...selection }),
        },
        ...(definition.cards
          ? [
              {
                label: t('Make vCards'),
                icon: <Contact size={14} />,
                onSelect: () => void makeExport({ resource, format: 'vcf', ...selection }),
              },
            ]
          : []),
        ...(hasSealed && may('reveal', 'read')
          ? [
              {
                label: t('Export sealed values…'),
                icon: <LockOpen size={14} />,
                onSelect: () => setRevealing(columns()),
              },
            ]
          : []),
        {
          label: t('Earlier exports'),
          icon: <History size={14} />,
          group: true,
          onSelect: () => void navigate({ to: '/exports' }),
        },
      ]}
    />
  );
  return (
    <>
      {menu}
      <Suspense>
        {revealing && (
          <RevealingExport
            resource={resource}
            selection={{ ...selection, columns: revealing }}
            onClose={() => setRevealing(undefined)}
          />
        )}
      </Suspense>
    </>
  );
}
