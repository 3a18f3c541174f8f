import { Download } from 'lucide-react';
import { url } from '../app/api.ts';
import { Tooltip } from '../ui/Tooltip.tsx';
import type { RecordDefinition } from './definition.ts';
import type { Filter } from './filter/filter.ts';

interface ExportLinkProps {
  path: RecordDefinition['path'];
  filter: Filter | null;
  sort: string | null;
}

/** Everything the list shows, and what is below it, as a file. */
export function ExportLink({ path, filter, sort }: ExportLinkProps) {
  return (
    <Tooltip label="Export as CSV">
      <a
        href={url(`${path}/export.csv`, { filter: filter && JSON.stringify(filter), sort })}
        download
        aria-label="Export as CSV"
        className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink max-sm:hidden"
      >
        <Download size={16} />
      </a>
    </Tooltip>
  );
}
