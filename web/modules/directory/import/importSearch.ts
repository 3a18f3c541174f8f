export const importSteps = ['found', 'columns', 'check'] as const;
export type ImportStep = (typeof importSteps)[number];

export interface ImportSearch {
  step?: ImportStep;
}

export function importSearch(search: Record<string, unknown>): ImportSearch {
  return { step: importSteps.find((step) => step === search.step) };
}
