export type { ExportColumn } from './column.ts';
export type { ExportTarget, RecordFormat } from './format.ts';
export { exportJobs } from './jobs.ts';
export { insertExportFile } from './queries.ts';
export { exportRoutes } from './routes.ts';
export { failLostExports, streamExport } from './service.ts';
export { type ZipEntry, zipped } from './zip.ts';
