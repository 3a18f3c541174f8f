export type { ExportColumn } from './column.ts';
export type { ExportTarget, RecordFormat } from './format.ts';
export { exportJobs } from './jobs.ts';
export { exportRoutes } from './routes.ts';
export { failLostExports, streamExport } from './service.ts';
