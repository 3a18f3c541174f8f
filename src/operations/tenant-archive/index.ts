export { exportTenant, hashTables, hashTenant } from './export.ts';
export { importTenant } from './import.ts';
