export { exportJobs } from './jobs.ts';
export { exportRoutes } from './routes.ts';
export { failLostExports, streamExport } from './service.ts';
