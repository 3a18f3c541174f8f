export { digestTables, exportTenant, hashTenant } from './export.ts';
export { importTenant } from './import.ts';
