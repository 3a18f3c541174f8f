export const importSteps = ['found', 'columns', 'check'] as const;
export type ImportStep = (typeof importSteps)[number];

export interface ImportSearch {
  step?: ImportStep;
}

export interface NewImportSearch {
  /** The import whose files were not the right ones. */
  instead_of?: string;
}

export function newImportSearch(search: Record<string, unknown>): NewImportSearch {
  return { instead_of: typeof search.instead_of === 'string' ? search.instead_of : undefined };
}

export function importSearch(search: Record<string, unknown>): ImportSearch {
  return { step: importSteps.find((step) => step === search.step) };
}
