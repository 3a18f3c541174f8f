import { attachedTypes, recordTypes } from '../record/recordTypes.ts';

interface TrashSearch {
  view?: 'changes';
  kind?: string;
}

export function trashSearch(search: Record<string, unknown>): TrashSearch {
  const kinds = [...recordTypes().map(({ resource }) => resource), ...attachedTypes()];
  return {
    view: search.view === 'changes' ? 'changes' : undefined,
    kind: kinds.find((kind) => kind === search.kind),
  };
}
