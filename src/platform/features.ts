import type { Feature } from '../kernel/features/registry.ts';

export const platformFeatures: readonly Feature[] = [
  { name: 'imports', title: 'Imports', description: 'Importing records from files' },
  { name: 'exports', title: 'Exports', description: 'Exporting records to files' },
];
