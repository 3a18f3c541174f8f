export { archivedTables, keptTables } from './choices.ts';
export type { TableHash } from './content.ts';
export { exportTenant, hashTables, hashTenant } from './export.ts';
export { importTenant } from './import.ts';
