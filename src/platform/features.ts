import type { Feature } from '../kernel/features/registry.ts';

export const platformFeatures: readonly Feature[] = [
  { name: 'imports', title: 'Imports', description: 'Taking in records from files' },
  { name: 'exports', title: 'Exports', description: 'Taking out records as files' },
];
