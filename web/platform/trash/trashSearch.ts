import { attachedTypes, definitions, wordsOf } from '../record/definitions.ts';

/** What can lie in the trash, and how each is called. */
export const kinds = (): { value: string; label: string }[] =>
  [
    ...definitions()
      .filter(({ contract }) => contract.trash)
      .map(({ resource }) => resource),
    ...attachedTypes(),
  ].map((resource) => ({ value: resource, label: wordsOf(resource).Type }));

interface TrashSearch {
  view?: 'changes';
  kind?: string;
}

export function trashSearch(search: Record<string, unknown>): TrashSearch {
  return {
    view: search.view === 'changes' ? 'changes' : undefined,
    kind: kinds().find(({ value }) => value === search.kind)?.value,
  };
}
