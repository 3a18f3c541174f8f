import { SearchCheck } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../text/lazy.ts';
import { t, translateServerText } from '../../text/text.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import type { RecordDefinition } from './definition.ts';

const SealedSearch = lazyPart(() => import('./SealedSearch.tsx'));

/** Where records have a sealed field with an index of its parts: finds them by it. */
export function SealedSearchButton({ definition }: { definition: RecordDefinition }) {
  const [isOpen, setOpen] = useState(false);
  const [key, meta] = [...definition.contract.meta].find(([, { sealed }]) => sealed?.parts) ?? [];
  if (!key || !meta) return null;
  const label = translateServerText(meta.title);
  return (
    <>
      <IconButton label={t('Find by {field}', { field: label })} onClick={() => setOpen(true)}>
        <SearchCheck size={16} />
      </IconButton>
      <Suspense>
        {isOpen && <SealedSearch definition={definition} field={{ key, label }} onClose={() => setOpen(false)} />}
      </Suspense>
    </>
  );
}
